/// How many tokens a prompt has.
public struct PromptMeasure: Sendable, Hashable {
    public var tokenCount: Int
    /// False if it is estimated, because only the server can count.
    public var isExact: Bool

    public init(tokenCount: Int, isExact: Bool) {
        self.tokenCount = tokenCount
        self.isExact = isExact
    }
}
