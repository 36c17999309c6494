/// Which model wrote a text, precisely enough to write it again.
public struct ModelIdentity: Sendable, Hashable, Codable {
    /// What the user calls it: `built-in`, a file's name without folder, or a server's model id.
    public var name: String
    /// Hash of the file's header and size, or of the server's address; hexadecimal.
    public var hash: String
    /// What runs it: `copydesk 0.1.0`, or a server's address.
    public var engine: String

    public init(name: String, hash: String, engine: String) {
        self.name = name
        self.hash = hash
        self.engine = engine
    }
}

/// The seam between those who ask for text and those who write it: a request in, events out.
public protocol TextGenerator: Sendable {
    var identity: ModelIdentity { get }
    /// The most tokens prompt and answer may have together.
    var contextLength: Int { get }

    /// Writes the drafts of a request.
    ///
    /// Raising `stopSignal` ends every open variant at the next token, as `.stopped`; abandoning the
    /// stream ends the work without a report.
    /// - Throws: through the stream, errors whose `description` is a sentence for the user.
    func generate(
        _ request: GenerationRequest, stopSignal: StopSignal
    ) -> AsyncThrowingStream<GenerationEvent, any Error>
}
