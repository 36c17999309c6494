// The example of each option for command line, templates and studio: documents show it, error messages end with it, and
// tests run it.

extension SamplingOption {
    /// `-o top_p=0.8`; a list has one `-o` for each part.
    public var commandLineExample: String {
        parts(of: example).map { "-o \(name)=\(ShellWord.of($0))" }.joined(separator: " ")
    }

    /// Only the first part of it.
    public var shortCommandLineExample: String {
        "-o \(name)=\(ShellWord.of(parts(of: example).first ?? ""))"
    }

    /// `top_p: 0.8`, as within `sampling: {…}`.
    public var templateExample: String {
        let value: String =
            switch example {
            case .number, .count: line(of: example)
            case .text(let text): Self.yamlText(text ?? "")
            case .texts(let texts): "[\(texts.map(Self.yamlText).joined(separator: ", "))]"
            case .biases(let biases):
                "{\(Self.pairs(biases).map { $0.replacing(":", with: ": ") }.joined(separator: ", "))}"
            }
        return "\(name): \(value)"
    }

    /// As typed into a row of the studio's dialog.
    public var dialogExample: String { line(of: example) }

    /// The parts of a value, one for each `-o`.
    public func parts(of value: SamplingValue) -> [String] {
        switch value {
        case .number, .count: [line(of: value)]
        case .text(let text): [text ?? ""]
        case .texts(let texts): texts
        case .biases(let biases): Self.pairs(biases)
        }
    }

    /// A text in YAML's double quotes.
    private static func yamlText(_ text: String) -> String {
        "\"" + OptionLine.escaped(text).map { $0 == "\"" ? "\\\"" : String($0) }.joined() + "\""
    }
}
