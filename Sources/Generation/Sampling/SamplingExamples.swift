// The example of each option for command line, templates and studio: documents show it, error messages end with it, and
// tests run it.

extension SamplingOption {
    /// `-o top_p=0.8`; a list has one `-o` for each part.
    public var commandLineExample: String {
        example.parts.map { "-o \(name)=\(ShellWord.of($0))" }.joined(separator: " ")
    }

    /// Only the first part of it.
    public var shortCommandLineExample: String {
        "-o \(name)=\(ShellWord.of(example.parts.first ?? ""))"
    }

    /// `top_p: 0.8`, as within `sampling: {…}`.
    public var templateExample: String { "\(name): \(Self.yamlText(of: example))" }

    /// A value on one line of YAML: `0.8`, `["one", "two"]`, `{42: -5}`.
    public static func yamlText(of value: SamplingValue) -> String {
        switch value {
        case .number(let number): SamplingValue.text(of: number)
        case .count(let count): String(count)
        case .text(let text): yamlText(text ?? "")
        case .texts(let texts): "[\(texts.map(yamlText).joined(separator: ", "))]"
        case .biases(let biases): "{\(pairs(biases).map { $0.replacing(":", with: ": ") }.joined(separator: ", "))}"
        }
    }

    /// As typed into a row of the studio's dialog.
    public var dialogExample: String { line(of: example) }

    /// A text in YAML's double quotes.
    private static func yamlText(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\\", "\"": quoted += "\\\(scalar)"
            // YAML allows these, or reads them back, in no other way.
            case "\0"..<" ", "\u{7F}"..."\u{A0}", "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}":
                let digits = String(scalar.value, radix: 16, uppercase: true)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
