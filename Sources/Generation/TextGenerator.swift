/// The model that wrote a text, identified precisely enough to replay it.
public struct ModelIdentity: Sendable, Hashable, Codable {
    /// The user's name for it: `built-in`, a file's name without folder, or a server's model id.
    public var name: String
    /// Hash of the file's header and size, or of the server's address; hexadecimal.
    public var hash: String
    /// The program that runs it: `copydesk 0.1.0`, or a server's address.
    public var engine: String

    public init(name: String, hash: String, engine: String) {
        self.name = name
        self.hash = hash
        self.engine = engine
    }
}

/// Anything that writes text: a request in, events out. The studio and the commands know only this.
public protocol TextGenerator: Sendable {
    var identity: ModelIdentity { get }
    /// Callers check a request against this before they send it; see `GeneratorCapabilities.missing(for:)`.
    var capabilities: GeneratorCapabilities { get }
    /// The options that the author of the model recommends. Callers lay everything else over them.
    var authorSampling: SamplingOverrides { get }

    /// Writes the drafts of a request.
    ///
    /// If `stopSignal` is raised, every open variant ends at the next token as `.stopped`. If the stream is dropped, the
    /// work ends without a report.
    /// - Throws: through the stream, errors whose `description` is a sentence for the user.
    func generate(
        _ request: GenerationRequest, stopSignal: StopSignal
    ) -> AsyncThrowingStream<GenerationEvent, any Error>

    /// Counts the tokens of the exact prompt that a request would send, its answer aside.
    /// - Returns: `nil` if it cannot even be estimated.
    /// - Throws: if the request cannot be made a prompt; `description` is a sentence for the user.
    func measure(_ request: GenerationRequest) async throws -> PromptMeasure?
}

extension TextGenerator {
    /// None.
    public var authorSampling: SamplingOverrides { SamplingOverrides() }

    /// Unknown.
    public func measure(_ request: GenerationRequest) async throws -> PromptMeasure? { nil }
}
