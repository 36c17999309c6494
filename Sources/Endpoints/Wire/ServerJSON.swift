// Reads JSON as servers write it, which is not always JSON.
// - What is JSON is read as it is. Otherwise it is repaired once: bytes that are not UTF-8 become U+FFFD, control
//   characters inside strings are dropped, and NaN and infinities, which Python writes, become null.

import Generation

/// JSON of a server.
enum ServerJSON {
    /// `nil` if it is not JSON, even if repaired.
    static func value(_ bytes: [UInt8]) -> JSONValue? {
        if let value = try? JSONValue(parsing: bytes) { return value }
        let repaired = repaired(Array(String(decoding: bytes, as: UTF8.self).utf8))
        return repaired == bytes ? nil : try? JSONValue(parsing: repaired)
    }

    private static let wordsOfPython = ["-Infinity", "Infinity", "NaN"].map { Array($0.utf8) }

    private static func repaired(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var isInString = false
        var isEscaped = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if !isInString, byte == UInt8(ascii: "-") || byte == UInt8(ascii: "I") || byte == UInt8(ascii: "N"),
                let word = wordsOfPython.first(where: { bytes[index...].starts(with: $0) })
            {
                result += Array("null".utf8)
                index += word.count
                continue
            }
            index += 1
            if isInString, byte < 0x20 {
                if [0x09, 0x0A, 0x0D].contains(byte) { result.append(0x20) }
                isEscaped = false
                continue
            }
            if byte == UInt8(ascii: "\""), !isEscaped { isInString.toggle() }
            isEscaped = isInString && byte == UInt8(ascii: "\\") && !isEscaped
            result.append(byte)
        }
        return result
    }
}

extension JSONValue {
    /// A count of tokens: a whole number that fits 32 bits and is not negative.
    var count: Int? { int.flatMap { 0...Int(Int32.max) ~= $0 ? $0 : nil } }

    /// A string that is not empty, as one line without control characters.
    var line: String? {
        guard let text, case let line = CleanText.line(text), !line.isEmpty else { return nil }
        return line
    }

    /// A member that is there and not null.
    func present(_ name: String) -> JSONValue? { self[name].flatMap { $0.isNull ? nil : $0 } }
}
