// The lines of a file of any size.
// - A line that is longer than wanted comes in pieces, each cut behind white space if there is some, and never inside a
//   character.

/// Reads lines, without their line feeds.
struct LineReader {
    struct Line {
        var bytes: [UInt8]
        /// From 1.
        var number: Int
        /// True if the line ends behind these bytes.
        var isWhole: Bool
    }

    private let chunks: FileChunks
    private var buffer: [UInt8] = []
    private var start = 0
    private var number = 1
    private var isAtEnd = false

    init(path: String) throws(CorpusError) { chunks = try FileChunks(path: path) }

    /// The next line, or a piece of it.
    /// - Parameter limit: the most bytes of a piece.
    mutating func next(atMost limit: Int) throws(CorpusError) -> Line? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: 0x0A), end - start <= limit {
                let line = Line(bytes: Array(buffer[start..<end]), number: number, isWhole: true)
                start = end + 1
                number += 1
                return line
            }
            if buffer.count - start > limit { return piece(limit) }
            searched = buffer.count
            if isAtEnd {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                return Line(bytes: Array(buffer[start...]), number: number, isWhole: true)
            }
            let chunk = try chunks.next()
            isAtEnd = chunk.isEmpty
            // What was given out is dropped once for each chunk.
            buffer.removeFirst(start)
            searched -= start
            start = 0
            buffer += chunk
        }
    }

    private mutating func piece(_ limit: Int) -> Line {
        let end = TextCut.end(in: buffer[start..<start + limit])
        defer { start = end }
        return Line(bytes: Array(buffer[start..<end]), number: number, isWhole: false)
    }
}

enum TextCut {
    /// A good end in some bytes of a text that goes on: behind the last white space of their second half, else in front
    /// of the last character that may be cut.
    static func end(in bytes: ArraySlice<UInt8>) -> Int {
        let middle = bytes.startIndex + bytes.count / 2
        if let space = bytes[middle...].lastIndex(where: { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A }) {
            return space + 1
        }
        var end = bytes.endIndex
        // A character has at most three bytes behind its first.
        for _ in 0..<3 where end > bytes.startIndex + 1 && bytes[end - 1] & 0xC0 == 0x80 { end -= 1 }
        if end > bytes.startIndex + 1, bytes[end - 1] >= 0xC0 { end -= 1 }
        return end
    }
}
