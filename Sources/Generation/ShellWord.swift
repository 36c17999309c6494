/// Writes a text as one word of bash and zsh, for examples in documents and error messages.
public enum ShellWord {
    /// The text itself if a shell does not change it, else in quotes: `'science fiction'`, `$'two\nlines'`.
    public static func of(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"),
                UInt8(ascii: ","), UInt8(ascii: "/"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        if isPlain, !text.isEmpty { return text }
        let line = OptionLine.escaped(text)
        if line == text, !text.contains("'") { return "'\(text)'" }
        return "$'" + line.map { $0 == "'" ? "\\'" : String($0) }.joined() + "'"
    }
}
