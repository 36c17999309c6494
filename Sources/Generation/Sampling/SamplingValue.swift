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
