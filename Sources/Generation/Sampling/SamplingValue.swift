/// The value of a sampling option of any type.
public enum SamplingValue: Sendable, Hashable {
    case number(Float)
    case count(Int)
    /// `nil`: none.
    case text(String?)
    case texts([String])
    /// By token id.
    case biases([Int: Float])
}

extension SamplingValue {
    /// The parts that a shell gives one by one: of a list its elements, `42:-5` for a bias; none for no text.
    public var parts: [String] {
        switch self {
        case .number(let number): [SamplingValue.text(of: number)]
        case .count(let count): [String(count)]
        case .text(let text): text.map { [$0] } ?? []
        case .texts(let texts): texts
        case .biases(let biases): SamplingOption.pairs(biases)
        }
    }

    /// A list with the parts of another added; any other value gives way to the later one.
    public func joined(with more: SamplingValue) -> SamplingValue {
        switch (self, more) {
        case (.texts(let texts), .texts(let more)): .texts(texts + more)
        case (.biases(let biases), .biases(let more)): .biases(biases.merging(more) { $1 })
        default: more
        }
    }
}

extension SamplingValue: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let number): try container.encode(number)
        case .count(let count): try container.encode(count)
        case .text(let text): try container.encode(text)
        case .texts(let texts): try container.encode(texts)
        case .biases(let biases): try container.encode(biases)
        }
    }

    /// `0.9`, `1`: the shortest decimal number that reads back the same.
    public static func text(of number: Float) -> String {
        let text = "\(number)"
        return number.isFinite && text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
