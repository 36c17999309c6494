// Writes a persona as a template's file.
// - Reading the file gives the same persona, whatever its texts contain: Jinja's braces are escaped, and a text that YAML
//   would read in another way stands in double quotes.
// - What is not kept: white space around a text, byte order marks in front of it, carriage returns (they become line
//   feeds), and texts that are empty.

import Generation

/// The text of a template's file for a persona that came from elsewhere, such as a character card.
public enum PersonaFile {
    /// The most bytes of a file that is read as a template; a longer text is no use as a file.
    public static let byteLimit = TemplateSource.byteLimit

    /// - Parameters:
    ///   - title: the name in lists; the persona's own if it is blank.
    ///   - summary: one line; may be empty.
    public static func text(persona: Persona, title: String, summary: String = "") -> String {
        var lines = ["---"]
        let titles = [title, persona.title, persona.speakers.assistant].map { FieldText.oneLine(cleaned($0)) }
        lines.append("name: \(YAMLText.quoted(titles.first { !$0.isEmpty } ?? "Persona"))")
        lines.append("family: \(TemplateFamily.chat)")
        let summary = FieldText.oneLine(cleaned(summary))
        if !summary.isEmpty { lines.append("summary: \(YAMLText.quoted(summary))") }
        lines += speakers(persona.speakers) + greetings(persona.greetings) + examples(persona.examples)
        lines += book(persona.book)
        lines.append("---")
        let system = source(persona.system ?? "")
        return lines.joined(separator: "\n") + "\n" + (system.isEmpty ? "" : system + "\n")
    }

    private static func speakers(_ speakers: Persona.Speakers) -> [String] {
        let names = [("user", speakers.user), ("assistant", speakers.assistant)].map { key, name in
            (key, source(FieldText.oneLine(name)))
        }
        let lines = names.filter { !$0.1.isEmpty }.map { "  \($0): \(YAMLText.quoted($1))" }
        return lines.isEmpty ? [] : ["speakers:"] + lines
    }

    private static func greetings(_ greetings: [String]) -> [String] {
        let sources = greetings.map(source).filter { !$0.isEmpty }
        if sources.count == 1 { return ["greeting: \(YAMLText.value(sources[0], indentation: 2))"] }
        return sources.isEmpty ? [] : ["greeting:"] + sources.map { "  - \(YAMLText.value($0, indentation: 4))" }
    }

    /// Words of the user and the answer that follows are one element.
    private static func examples(_ messages: [Message]) -> [String] {
        var lines: [String] = []
        var previous: Message.Role?
        for message in messages where message.role != .system {
            let text = source(message.content)
            guard !text.isEmpty else { continue }
            let mark = previous == .user && message.role == .assistant ? "    " : "  - "
            lines.append("\(mark)\(message.role.rawValue): \(YAMLText.value(text, indentation: 6))")
            previous = message.role
        }
        return lines.isEmpty ? [] : ["examples:"] + lines
    }

    private static func book(_ entries: [Persona.BookEntry]) -> [String] {
        let lines = entries.flatMap { entry in self.lines(of: entry) }
        return lines.isEmpty ? [] : ["book:"] + lines
    }

    private static func lines(of entry: Persona.BookEntry) -> [String] {
        let text = source(entry.content)
        guard !text.isEmpty else { return [] }
        let keys = entry.keys.map(source).filter { !$0.isEmpty }
        let secondaryKeys = entry.secondaryKeys.map(source).filter { !$0.isEmpty }
        var values: [String] = []
        if !keys.isEmpty { values.append("keys: \(YAMLText.list(keys))") }
        if !secondaryKeys.isEmpty { values.append("secondary: \(YAMLText.list(secondaryKeys))") }
        if entry.isConstant { values.append("always: true") }
        if entry.isCaseSensitive { values.append("case: true") }
        // Without keys it would never be told, which the reader would take for a mistake.
        if !entry.isEnabled || (keys.isEmpty && !entry.isConstant) { values.append("enabled: false") }
        let order = min(max(entry.order, TemplateReader.orderRange.lowerBound), TemplateReader.orderRange.upperBound)
        if order != 0 { values.append("order: \(order)") }
        values.append("text: \(YAMLText.value(text, indentation: 6))")
        return values.enumerated().map { ($0.offset == 0 ? "  - " : "    ") + $0.element }
    }

    /// A text as the Jinja source that gives it.
    private static func source(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var previous: Unicode.Scalar?
        for scalar in cleaned(text).unicodeScalars {
            if previous == "{", scalar == "{" || scalar == "%" || scalar == "#" {
                result.removeLast()
                result.append(contentsOf: "{{ '{\(scalar)' }}".unicodeScalars)
                previous = nil
            } else {
                result.append(scalar)
                previous = scalar
            }
        }
        return String(result)
    }

    /// The text without carriage returns, white space around it and marks in front of it.
    private static func cleaned(_ text: String) -> String {
        var text = text
        if text.utf8.contains(13) { text = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n") }
        text = FieldText.trimmed(text)
        while text.unicodeScalars.first == "\u{FEFF}" {
            text.unicodeScalars.removeFirst()
            text = FieldText.trimmed(text)
        }
        return text
    }
}

/// Texts as YAML.
enum YAMLText {
    /// A text after a key: a literal block if it has several lines that such a block can hold, else in double quotes.
    /// - Parameter indentation: of the lines of a block.
    static func value(_ text: String, indentation: Int) -> String {
        guard text.utf8.contains(10), fitsInBlock(text) else { return quoted(text) }
        let margin = String(repeating: " ", count: indentation)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        return "|-\n" + lines.map { $0.isEmpty ? "" : margin + $0 }.joined(separator: "\n")
    }

    static func list(_ texts: [String]) -> String { "[\(texts.map(quoted).joined(separator: ", "))]" }

    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result.unicodeScalars.append(contentsOf: ["\\", scalar])
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            default:
                if isPlain(scalar) {
                    result.unicodeScalars.append(scalar)
                } else {
                    let code = String(scalar.value, radix: 16, uppercase: true)
                    result += "\\U" + String(repeating: "0", count: 8 - code.count) + code
                }
            }
        }
        return result + "\""
    }

    private static func fitsInBlock(_ text: String) -> Bool {
        // The first line gives the indentation, and a line of spaces alone could be cut.
        guard text.first != " ", text.first != "\n" else { return false }
        return text.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\t" || isPlain($0) }
    }

    /// True if the scalar can stand as it is. An ampersand is escaped, because the reader counts what looks like YAML's
    /// anchors and aliases (`&name`, `*name`) also in texts.
    private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x26: false
        case 0x20...0x7E, 0xA0...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF:
            ![0x2028, 0x2029].contains(scalar.value)
        default: false
        }
    }
}
