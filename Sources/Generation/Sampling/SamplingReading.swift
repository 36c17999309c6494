// Reads the values of options from text, and makes the sentences for invalid text.
// - The ranges of `SamplingOption.Kind` are checked here and nowhere else.

/// A value that an option does not take. Command line, templates and studio add their hint to its sentence.
public struct SamplingOptionError: Error, Hashable, CustomStringConvertible {
    public var name: String
    /// The valid values, as in "takes a number from 0 to 5".
    public var takes: String
    /// The invalid value: a text in quotes, or a word such as "a list".
    public var found: String

    public init(name: String, kind: SamplingOption.Kind, found: String) {
        self.name = name
        takes = kind.takes
        self.found = found
    }

    public init(name: String, kind: SamplingOption.Kind, foundText text: String) {
        self.init(name: name, kind: kind, found: OptionLine.quoted(text))
    }

    public var description: String { "\(name) takes \(takes), and \(found) is not one." }
}

extension SamplingOption.Kind {
    /// The valid values, after "takes": `a number from 0 to 5`.
    public var takes: String {
        switch self {
        case .number(let range): "a number \(Self.words(range))"
        case .count(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .oneOf(let values): "one of the numbers \(values.map(String.init).joined(separator: " and "))"
        case .choice(let words): "one of the words \(words.joined(separator: ", "))"
        case .text: "a text with more than spaces in it"
        case .texts(allowsBlank: true): "texts that are not empty"
        case .texts(allowsBlank: false): "texts with more than spaces in them"
        case .biases(let range): "pairs of a token's id and a number \(Self.words(range)), such as 42:-5"
        }
    }

    /// True if a value has several parts, which the command line gives one by one.
    public var isList: Bool {
        switch self {
        case .texts, .biases: true
        case .number, .count, .oneOf, .choice, .text: false
        }
    }

    /// True if a value is one text, not a number.
    public var isText: Bool {
        switch self {
        case .text, .choice: true
        case .number, .count, .oneOf, .texts, .biases: false
        }
    }

    /// Reads one value, or one part of a list, from a shell or a YAML file; `nil` if it is invalid.
    public func value(of text: String) -> SamplingValue? {
        switch self {
        case .number(let range): Self.decimal(text, in: range).map(SamplingValue.number)
        case .count(let range): Int(text).flatMap { range.contains($0) ? .count($0) : nil }
        case .oneOf(let values): Int(text).flatMap { values.contains($0) ? .count($0) : nil }
        case .choice(let words): words.contains(text.lowercased()) ? .text(text.lowercased()) : nil
        case .text: Self.isBlank(text) ? nil : .text(text)
        case .texts(let allowsBlank): (allowsBlank ? text.isEmpty : Self.isBlank(text)) ? nil : .texts([text])
        case .biases(let range): Self.bias(text, in: range).map { .biases([$0.token: $0.bias]) }
        }
    }

    /// A decimal number, finite and in its range: no `inf`, `nan` or `0x1p3`.
    private static func decimal(_ text: String, in range: ClosedRange<Float>) -> Float? {
        guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let number = Float(text) else {
            return nil
        }
        return range.contains(number) ? number : nil
    }

    private static func bias(_ text: String, in range: ClosedRange<Float>) -> (token: Int, bias: Float)? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let token = TokenID(parts[0]), token >= 0,
            let bias = decimal(String(parts[1]), in: range)
        else { return nil }
        return (Int(token), bias)
    }

    private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

    private static func words(_ range: ClosedRange<Float>) -> String {
        "from \(SamplingValue.text(of: range.lowerBound)) to \(SamplingValue.text(of: range.upperBound))"
    }
}

extension SamplingOption {
    /// Reads one value, or one part of a list: `0.9`, `42:-5`, a phrase.
    public func read(_ text: String) throws(SamplingOptionError) -> SamplingValue {
        guard let value = kind.value(of: text) else {
            throw SamplingOptionError(name: name, kind: kind, foundText: text)
        }
        return value
    }

    /// Reads a complete value from one line; an empty line is an empty list, or no text.
    public func readLine(_ line: String) throws(SamplingOptionError) -> SamplingValue {
        switch kind {
        case .number:
            // People type decimal commas.
            let text = line.filter { !$0.isWhitespace }.map { $0 == "," ? "." : $0 }
            guard let value = kind.value(of: String(text)) else {
                throw SamplingOptionError(name: name, kind: kind, foundText: line)
            }
            return value
        case .count, .oneOf, .choice: return try read(String(line.filter { !$0.isWhitespace }))
        case .text: return line.isEmpty ? .text(nil) : try read(OptionLine.unescaped(line))
        case .texts:
            var texts: [String] = []
            for item in OptionLine.items(of: line) {
                if case .texts(let more) = try read(item) { texts += more }
            }
            return .texts(texts)
        case .biases:
            var biases: [Int: Float] = [:]
            for item in OptionLine.items(of: line) {
                if case .biases(let more) = try read(item) { biases.merge(more) { $1 } }
            }
            return .biases(biases)
        }
    }

    /// A value on one line, as `readLine` reads it.
    public func line(of value: SamplingValue) -> String {
        switch value {
        case .number(let number): SamplingValue.text(of: number)
        case .count(let count): String(count)
        case .text(let text): text.map(OptionLine.escaped) ?? ""
        case .texts(let texts): OptionLine.line(of: texts)
        case .biases(let biases): OptionLine.line(of: Self.pairs(biases))
        }
    }

    /// `42:-5`, sorted by id.
    static func pairs(_ biases: [Int: Float]) -> [String] {
        biases.sorted { $0.key < $1.key }.map { "\($0.key):\(SamplingValue.text(of: $0.value))" }
    }
}
