/// The progress of writing a model.
public struct WritingProgress: Sendable, Equatable {
    /// GGUF's name of the next tensor.
    public var tensor: String
    /// Of the next tensor, from 0.
    public var index: Int
    public var count: Int
}
