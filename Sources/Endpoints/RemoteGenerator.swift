// A model behind an OpenAI-compatible server that writes drafts.
// - It works on threads of its own; callers never wait for the network.
// - The key goes to the endpoint's address alone, and into nothing that is kept, shown or thrown.
// - An answer is complete only if the server says why it ended. Otherwise its text is kept and marked as cut off.

import Foundation
import Generation
import Transfer

/// Writes text with a model of a server.
public final class RemoteGenerator: TextGenerator {
    public let endpoint: EndpointSettings
    public let model: String
    public let identity: ModelIdentity
    public let capabilities: GeneratorCapabilities
    let key: String?
    let pace: RemotePace
    private let counter: PromptCounter

    /// - Parameters:
    ///   - endpoint: the server, as the settings describe it.
    ///   - model: the server's name for the model; it may hold slashes.
    ///   - key: `nil` if the server asks for none.
    ///   - contextLength: the most tokens of prompt and answer together, if it is known.
    ///   - pace: how long the waits between tries are.
    public init(
        endpoint: EndpointSettings, model: String, key: String?, contextLength: Int? = nil,
        pace: RemotePace = RemotePace()
    ) {
        self.endpoint = endpoint
        self.model = model
        self.key = key.flatMap { $0.isEmpty ? nil : $0 }
        self.pace = pace
        counter = PromptCounter(endpoint, model: model, key: self.key)
        let address = try? ServerAddress(endpoint)
        var hash = FNV1a((address?.base ?? endpoint.url).utf8)
        hash.mix([0])
        hash.mix(model.utf8)
        identity = ModelIdentity(
            name: "\(endpoint.name)/\(model)", hash: hash.hexadecimal,
            engine: address?.base ?? "a server")
        capabilities = GeneratorCapabilities(
            replaysExactly: false, keepsHardLimits: true, followsGrammars: true, reportsAlternatives: true,
            takesRawPrompts: true, continuesAnswers: true, writesSeveralVariants: true,
            options: Self.options, contextLength: contextLength, takesSeeds: true,
            writesCandidates: false)
        TransferLibrary.loadSoon()
    }

    /// The options that servers may know, those that are kept here, and those whose lack is said.
    static let options: Set<String> = RequestBody.options.union(RequestBody.optionsOfNoServer)
        .union(["must_include", "banned_phrase", "tidy", "distinct", "best_of"])

    /// The server's own count if it can tell it (`PromptCounter`), else an estimate by the length of the texts.
    public func measure(_ request: GenerationRequest) async throws -> PromptMeasure? {
        await withCheckedContinuation { continuation in
            // The server may be slow, and the pool's threads are few.
            Thread.detachNewThread { [counter] in
                let count = counter.count(request).map { PromptMeasure(tokenCount: max($0, 1), isExact: true) }
                continuation.resume(
                    returning: count ?? PromptMeasure(tokenCount: TokenBudget.estimate(request), isExact: false))
            }
        }
    }

    public func generate(
        _ request: GenerationRequest, stopSignal: StopSignal
    ) -> AsyncThrowingStream<GenerationEvent, any Error> {
        AsyncThrowingStream { continuation in
            let abandoned = StopSignal()
            continuation.onTermination = { _ in abandoned.raise() }
            Thread.detachNewThread { [self] in
                do {
                    let writing = try RemoteWriting(
                        self, request, isStopped: { stopSignal.isRaised || abandoned.isRaised },
                        report: { continuation.yield($0) })
                    try writing.run()
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
        }
    }
}
