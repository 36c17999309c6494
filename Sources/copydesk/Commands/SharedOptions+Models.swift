// Where models come from: servers with their keys, the library, and downloads.

import ArgumentParser
import Downloads
import Endpoints
import Foundation
import Generation
import Models
import Settings

/// A model that is about to write. A local one is read when the generator is made, not before.
struct WritingModel {
    /// The options that the author of the model recommends.
    var authorSampling: SamplingOverrides
    var generator: () throws -> any TextGenerator
}

extension SharedOptions {
    private var environment: [String: String] { ProcessInfo.processInfo.environment }

    private var home: String {
        environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? NSHomeDirectory()
    }

    /// The servers of config.yaml. A path in it begins at the folder of config.yaml.
    var endpoints: [EndpointSettings] {
        installation.settings.endpoints.map { endpoint in
            var endpoint = endpoint
            endpoint.authorityFile = endpoint.authorityFile.map { file in
                let path = TextFile.expand(file)
                return path.hasPrefix("/") ? path : "\(paths.config)/\(path)"
            }
            return endpoint
        }
    }

    var keyFile: KeyFile { KeyFile(path: paths.keys) }
    var keyLookup: KeyLookup { KeyLookup(environment: environment, file: keyFile) }

    /// The server of a name.
    /// - Throws: a sentence with the nearest name, or with the command that adds one.
    func endpoint(named name: String) throws -> EndpointSettings {
        if let endpoint = endpoints.first(where: { $0.name == name }) { return endpoint }
        let names = endpoints.map(\.name)
        if names.isEmpty {
            throw Failure(
                "There is no endpoint '\(name)', because none is set up. Add it with: copydesk endpoints add "
                    + "\(ShellWord.of(name)) http://127.0.0.1:8080/v1")
        }
        let nearest = NearestName.to(name, among: names).map { "Did you mean '\($0)'?" }
        throw Failure(
            "There is no endpoint '\(name)'. " + (nearest ?? "The endpoints are: \(names.joined(separator: ", "))."))
    }

    /// The servers and their keys, for opening models.
    /// - Parameter timeouts: changes the waits of every server.
    func endpointBook(_ timeouts: (inout EndpointSettings.Timeouts) -> Void = { _ in }) -> EndpointBook {
        let lookup = keyLookup
        let endpoints = endpoints.map { endpoint in
            var endpoint = endpoint
            timeouts(&endpoint.timeouts)
            return endpoint
        }
        return EndpointBook(endpoints: endpoints) { try lookup.key($0) }
    }

    /// The library of the program's own folder for models, of `models.folders`, and of other programs.
    var modelLibrary: ModelLibrary {
        let settings = installation.settings
        return ModelLibrary(
            folder: paths.models,
            moreFolders: settings.modelFolders.map { folder in
                let path = TextFile.expand(folder)
                return path.hasPrefix("/") ? path : "\(paths.config)/\(path)"
            },
            outside: settings.usesCaches ? OutsideModels(environment: environment, home: home) : .none,
            aliases: settings.aliases.mapValues(TextFile.expand), endpointNames: settings.endpoints.map(\.name),
            headersFile: paths.modelHeads)
    }

    /// The server's model that a name means; `nil` if it means one of this machine.
    func serverModel(_ name: String?) throws -> (endpoint: EndpointSettings, model: String)? {
        guard let target = try modelLibrary.withoutAlias(name) else { return nil }
        return endpointBook().find(target)
    }

    /// Opens a model for writing: one of this machine, or of a server.
    /// - Throws: as `Generators.open` does; `KeyFileError` if the file of keys cannot be read.
    func writingModel(_ name: String?, of generators: Generators) throws -> WritingModel {
        if try serverModel(name) != nil {
            let generator = try generators.open(name)
            return WritingModel(authorSampling: generator.authorSampling) { generator }
        }
        let model = try generators.openLocal(name)
        return WritingModel(authorSampling: model.authorSampling) { try model.generator() }
    }

    /// Downloads into the program's own folder for models.
    var downloads: ModelDownloads {
        let outside = modelLibrary.outside
        return ModelDownloads(
            folder: paths.models, environment: DownloadEnvironment(environment: environment, home: home),
            check: Self.checkModel, pathElsewhere: { outside.path(sha256: $0) })
    }

    /// - Throws: a sentence if the files are no complete model.
    private static let checkModel: @Sendable ([String]) throws -> Void = { try ModelFileCheck.check(paths: $0) }
}

/// `--timeout idle=60`, once for each wait.
enum TimeoutArguments {
    static let help =
        "\(EndpointSettings.Timeouts.keys.map { "\($0)=SECONDS" }.joined(separator: ", ")); 0 is no limit."

    /// - Throws: a `ValidationError` with the nearest name or the values that count.
    static func apply(_ arguments: [KeyValue], to timeouts: inout EndpointSettings.Timeouts) throws {
        for argument in arguments {
            let keys = EndpointSettings.Timeouts.keys
            guard keys.contains(argument.key) else {
                let nearest = NearestName.to(argument.key, among: keys).map { " Did you mean '\($0)'?" } ?? ""
                throw ValidationError("There is no timeout '\(argument.key)'.\(nearest) The timeouts are: \(help)")
            }
            guard let seconds = Double(argument.value), EndpointSettings.Timeouts.range.contains(seconds) else {
                throw ValidationError(
                    "--timeout \(argument.key) takes seconds from 0 to 86400, and '\(argument.value)' is not one. "
                        + "Give it as --timeout \(argument.key)=60.")
            }
            timeouts.set(argument.key, to: seconds)
        }
    }
}
