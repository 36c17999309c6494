import Generation

/// What a template wants other than the user's own sampling options; `nil` leaves an option as it is.
public struct SamplingOverrides: Sendable, Hashable {
    public var temperature: Float?
    public var topK: Int?
    public var topP: Float?
    public var minP: Float?
    public var repetitionPenalty: Float?
    public var penaltyWindow: Int?
    public var presencePenalty: Float?
    public var frequencyPenalty: Float?
    public var maxTokens: Int?
    public var stop: [String]?

    public init() {}

    public func applied(to base: SamplingOptions) -> SamplingOptions {
        var options = base
        if let temperature { options.temperature = temperature }
        if let topK { options.topK = topK }
        if let topP { options.topP = topP }
        if let minP { options.minP = minP }
        if let repetitionPenalty { options.repetitionPenalty = repetitionPenalty }
        if let penaltyWindow { options.penaltyWindow = penaltyWindow }
        if let presencePenalty { options.presencePenalty = presencePenalty }
        if let frequencyPenalty { options.frequencyPenalty = frequencyPenalty }
        if let maxTokens { options.maxTokens = maxTokens }
        if let stop { options.stop = stop }
        return options
    }
}
