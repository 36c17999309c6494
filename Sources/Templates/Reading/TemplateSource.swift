// The text of a template's file, cut into front matter and body.
// - Line n of the file is line n here, because nothing is dropped before lines are counted.
// - Line ends are line feeds; a byte order mark at the start is dropped.

import YAMLReading

/// A file's text in two parts, each with the number of its first line.
struct TemplateSource {
    /// Larger files are not read. Even a prompt of this size is too long for every model.
    static let byteLimit = 256 << 10

    /// The complete text.
    let text: String
    /// The YAML between the two fences; its first line is line 2 of the file.
    let frontMatter: String
    let body: String
    /// The first line of the body, counted from 1 in the file.
    let bodyLine: Int

    /// - Throws: the problem if the file cannot be cut.
    init(bytes: [UInt8], file: String) throws(TemplateProblem) {
        guard bytes.count <= Self.byteLimit else {
            let error = SourceFile.tooLarge(bytes.count, Self.byteLimit, "a template")
            throw TemplateProblem(file: file, line: 0, column: 0, reason: error.reason)
        }
        var text: String
        do {
            text = try SourceFile.text(of: bytes)
        } catch {
            throw TemplateProblem(
                file: file, line: error.place?.line ?? 0, column: error.place?.column ?? 0, reason: error.reason)
        }
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        if text.utf8.contains(13) { text = String(text.map { $0 == "\r\n" ? "\n" : $0 }) }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard Self.isFence(lines[0]) else {
            throw TemplateProblem(
                file: file, line: 1, column: 1,
                reason: "A template starts with a line '---', and its name and fields follow. Put that line first.")
        }
        guard let end = lines.dropFirst().firstIndex(where: Self.isFence) else {
            throw TemplateProblem(
                file: file, line: 1, column: 1,
                reason:
                    "The front matter that starts here has no end. Put a line '---' between the fields and the prompt.")
        }
        self.text = text
        frontMatter = lines[1..<end].map { $0 + "\n" }.joined()
        body = lines[(end + 1)...].joined(separator: "\n")
        bodyLine = end + 2
    }

    private static func isFence(_ line: Substring) -> Bool {
        line.hasPrefix("---") && line.dropFirst(3).allSatisfy(\.isWhitespace)
    }
}
