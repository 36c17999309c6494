/// How a server answered one request: kept with the draft, so that a reader knows what wrote it.
public struct ServerReport: Sendable, Hashable, Codable {
    /// The name of the endpoint in the settings.
    public var endpoint: String
    /// The model that was asked for.
    public var askedModel: String
    /// The model that the server says it used; it may be another one.
    public var answeredModel: String?
    /// The seed that was sent; `nil` if none was, or if the server refused it.
    public var seed: UInt64?
    /// The fields that the server refused, so that they were left out: `top_k`.
    public var droppedFields: [String] = []
    /// Why the text ended, in the server's word; `nil` if the stream ended without one.
    public var finishReason: String?
    /// Why the draft failed or was cut off, as a sentence.
    public var failure: String?
    public var promptTokens: Int?
    public var completionTokens: Int?
    /// True if the server told no count of tokens, so that `SavedDraft.tokenCount` is an estimate.
    public var countsAreEstimated = false
    /// What the answer cost, if the server says so, in the server's unit.
    public var cost: Double?
    /// From the request to the end of the answer.
    public var seconds: Double = 0

    public init(endpoint: String, askedModel: String) {
        self.endpoint = endpoint
        self.askedModel = askedModel
    }
}
