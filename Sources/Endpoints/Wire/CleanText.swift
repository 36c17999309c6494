// What a server wrote, made harmless.
// - Only characters that show something are left, and line feeds and tabs.
// - A line has no line ends, no more than 300 characters, and no key.

/// Cleans text that came from a server.
public enum CleanText {
    /// The most characters of a message that are shown.
    public static let longestLine = 300

    /// Bytes of UTF-8 without control characters; lines end with a line feed.
    /// - Parameter endedWithReturn: true if the text before ended with CR, so that LF at the beginning belongs to it.
    static func bytes(_ bytes: some Collection<UInt8>, endedWithReturn: inout Bool) -> [UInt8] {
        // Most pieces have nothing to clean and are copied in one step.
        if !endedWithReturn, bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != 0xC2 || $0 == 0x0A }) {
            return Array(bytes)
        }
        var clean: [UInt8] = []
        clean.reserveCapacity(bytes.count)
        for byte in bytes {
            let followsReturn = endedWithReturn
            endedWithReturn = byte == 0x0D
            switch byte {
            case 0x0D: clean.append(0x0A)
            case 0x0A: if !followsReturn { clean.append(byte) }
            case 0x09, 0x20..<0x7F: clean.append(byte)
            // C1 controls are two bytes: U+009B is another beginning of a terminal's commands.
            case 0x80..<0xA0 where clean.last == 0xC2: clean.removeLast()
            case 0x80...: clean.append(byte)
            default: break
            }
        }
        return clean
    }

    /// A text without control characters; lines end with a line feed.
    public static func text(_ text: String) -> String {
        var endedWithReturn = false
        return String(decoding: bytes(text.utf8, endedWithReturn: &endedWithReturn), as: UTF8.self)
    }

    /// True if a text has a character that shows something.
    static func isVisible(_ text: String) -> Bool {
        text.unicodeScalars.contains { !$0.properties.isWhitespace && !$0.properties.isDefaultIgnorableCodePoint }
    }

    /// A text as one line for a message: shortened, spaces collapsed.
    public static func line(_ text: String, most: Int = longestLine) -> String {
        // Cutting first bounds the work: a page may have megabytes.
        let words = Self.text(String(text.prefix(20 * most))).split(whereSeparator: \.isWhitespace)
        let line = words.joined(separator: " ")
        return line.count > most ? line.prefix(most - 1) + "…" : line
    }
}
