// A template's source as bytes, and the line and column of a byte.
// - Line feeds are the only line ends: "\r\n" and "\r" are replaced first.
// - Tokens and nodes have byte offsets; lines and columns are counted only if an error needs them.

struct SourceText: Sendable {
    let name: String
    let bytes: [UInt8]

    init(_ source: String, name: String, keepTrailingNewline: Bool) {
        self.name = name
        var bytes: [UInt8] = []
        bytes.reserveCapacity(source.utf8.count)
        var previousIsReturn = false
        for byte in source.utf8 {
            if byte == UInt8(ascii: "\r") {
                bytes.append(UInt8(ascii: "\n"))
            } else if !(byte == UInt8(ascii: "\n") && previousIsReturn) {
                bytes.append(byte)
            }
            previousIsReturn = byte == UInt8(ascii: "\r")
        }
        if !keepTrailingNewline, bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        self.bytes = bytes
    }

    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    /// The error with its place, unless a node deeper inside has set one already.
    func placed(_ error: JinjaError, at offset: Int) -> JinjaError {
        guard error.line == 0 else { return error }
        var line = 1
        var column = 1
        for byte in bytes.prefix(max(0, offset)) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        var error = error
        error.template = name
        error.line = line
        error.column = column
        return error
    }

    func error(_ reason: String, at offset: Int) -> JinjaError {
        placed(JinjaError(reason), at: offset)
    }
}
