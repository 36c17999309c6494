// The one place that opens generators by name.
// - A name is a model of the library, the path of a file or a folder, or ENDPOINT/MODEL for a model of a server.
// - No other module outside the inference core knows which kind of generator it has: it asks for capabilities.

import Endpoints
import Files
import Generation
import Inference

/// Opens text generators.
public struct Generators: Sendable {
    public let library: ModelLibrary
    public let endpoints: EndpointBook
    public let threadCount: Int
    private let prefixCache: PrefixCache?
    private let activity: ActivityFile?

    /// - Parameters:
    ///   - endpoints: the servers.
    ///   - threadCount: processor threads of each local model.
    ///   - prefixFolder: the folder that keeps the state of prompts for later runs; `nil` keeps none on the disk.
    ///   - activity: tells other processes when a local model works, for example a training that then waits.
    public init(
        library: ModelLibrary, endpoints: EndpointBook = EndpointBook(), threadCount: Int, prefixFolder: String?,
        activity: ActivityFile? = nil
    ) {
        self.init(
            library: library, endpoints: endpoints, threadCount: threadCount,
            prefixCache: prefixFolder.map { PrefixCache(folder: $0) }, activity: activity)
    }

    init(
        library: ModelLibrary, endpoints: EndpointBook = EndpointBook(), threadCount: Int, prefixCache: PrefixCache?,
        activity: ActivityFile? = nil
    ) {
        self.library = library.withEndpoints(endpoints.names)
        self.endpoints = endpoints
        self.threadCount = threadCount
        self.prefixCache = prefixCache
        self.activity = activity
    }

    /// Opens a generator; this reads the whole model and may take seconds. A server is asked only when something is written.
    /// - Parameter name: `nil` for the built-in model.
    /// - Throws: `ModelLibraryError` for an unknown name; an error whose `description` is a sentence if the model cannot be
    ///   used.
    public func open(_ name: String?) throws -> any TextGenerator {
        let target = try library.withoutAlias(name)
        if let target, let (endpoint, model) = endpoints.find(target) {
            if let choice = library.adapted(target) {
                throw ModelLibraryError.adapterOnServer(name: choice.base, endpoint: endpoint.name)
            }
            guard !model.isEmpty else { throw ModelLibraryError.noServerModel(endpoint: endpoint.name) }
            return RemoteGenerator(endpoint: endpoint, model: model, key: try endpoints.key(endpoint))
        }
        return try openLocal(target).generator()
    }

    /// Opens a model of this machine to look inside it.
    ///
    /// This reads the model's header; each use reads the part that it needs.
    /// - Throws: `ModelLibraryError` for an unknown name or a model of a server, `ModelFileError` for a file that is no valid
    ///   model.
    public func openLocal(_ name: String?) throws -> LocalModel {
        LocalModel(try library.open(name), threadCount: threadCount, prefixCache: prefixCache, activity: activity)
    }

    /// Waits until the state of all prompts is on the disk. Call it before the process ends.
    public func finishWriting() { prefixCache?.finishWriting() }
}
