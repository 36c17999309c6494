// Turns the bytes of tokens into text while they arrive.
// - Only the bytes of one unfinished scalar (at most 3) are ever held back.
// - The pieces together equal the decoding of all bytes at once.

/// Gives out whole characters from bytes that come in pieces; broken bytes become U+FFFD.
public struct StreamingTextDecoder: Sendable {
    private var pending: [UInt8] = []

    public init() {}

    /// The text that is complete with these bytes.
    public mutating func append(_ bytes: [UInt8]) -> String {
        let all = pending + bytes
        let whole = all.count - Self.unfinishedByteCount(all)
        pending = Array(all[whole...])
        return String(decoding: all[..<whole], as: UTF8.self)
    }

    /// What is left when no more bytes come: U+FFFD for an unfinished character.
    public mutating func finish() -> String {
        defer { pending = [] }
        return String(decoding: pending, as: UTF8.self)
    }

    /// How many bytes at the end begin a scalar that is not there in full.
    private static func unfinishedByteCount(_ bytes: [UInt8]) -> Int {
        for count in 1...3 where count <= bytes.count {
            let start = bytes.count - count
            if bytes[start] & 0xC0 == 0x80 { continue }
            let step = UTF8Step(bytes, at: start, end: bytes.count)
            return step.isUnfinished && step.length == count ? count : 0
        }
        return 0
    }
}
