// A field of a file with columns as it is written (RFC 4180).

/// Puts a text into quotation marks if a reader would else take it for something else.
public enum CSVField {
    /// - Parameter delimiter: the byte between two fields: a comma, a semicolon, a tab.
    public static func text(of text: String, delimiter: UInt8 = UInt8(ascii: ",")) -> String {
        // Bytes, not characters, because Swift reads CR LF as one character that equals neither.
        let needsQuotes = text.utf8.contains { $0 == 0x22 || $0 == delimiter || $0 == 0x0D || $0 == 0x0A }
        guard needsQuotes || text.hasPrefix(" ") || text.hasSuffix(" ") else { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted.unicodeScalars.append("\"") }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
