// Reads a stream with a look ahead, and knows at which line and column it is.
// - `buffer[index...]` is what is still to be read; bytes before it are dropped when more is needed.

struct ByteCursor {
    private var stream: any ByteStream
    private(set) var buffer: [UInt8] = []
    var index = 0
    private var hasEnded = false
    /// The place of the first byte of the buffer: line and column from 1, in characters.
    private var place = (line: 1, column: 1)
    let file: String

    init(_ origin: ByteOrigin) throws(ImportError) {
        stream = try origin.begin()
        file = origin.file
    }

    /// How many bytes of the source were used so far.
    var usedBytes: Int { stream.usedBytes }

    /// Reads more behind the buffer. Bytes before `mark` are dropped, and `mark` and `index` move with the others.
    /// - Returns: false at the end of the stream.
    mutating func fill(keepingFrom mark: inout Int) throws(ImportError) -> Bool {
        guard !hasEnded else { return false }
        let more = try stream.next()
        guard !more.isEmpty else {
            hasEnded = true
            return false
        }
        if mark > 0 {
            place = Self.place(behind: buffer[..<mark], from: place)
            buffer.removeFirst(mark)
            index -= mark
            mark = 0
        }
        buffer += more
        return true
    }

    /// True if there is a byte at the index.
    mutating func hasByte() throws(ImportError) -> Bool {
        if index < buffer.count { return true }
        var mark = index
        return try fill(keepingFrom: &mark)
    }

    /// Makes the buffer hold `count` bytes from the index on if the stream has them.
    mutating func lookAhead(_ count: Int) throws(ImportError) -> ArraySlice<UInt8> {
        while buffer.count - index < count {
            var mark = index
            guard try fill(keepingFrom: &mark) else { break }
        }
        return buffer[index...].prefix(count)
    }

    mutating func skipSpace() throws(ImportError) {
        while try hasByte() {
            while index < buffer.count {
                switch buffer[index] {
                case 0x20, 0x0A, 0x0D, 0x09: index += 1
                default: return
                }
            }
        }
    }

    /// The next bytes; `nil` if there are fewer.
    mutating func take(_ count: Int) throws(ImportError) -> [UInt8]? {
        guard try lookAhead(count).count == count else { return nil }
        defer { index += count }
        return Array(buffer[index..<index + count])
    }

    /// - Returns: false if there are fewer bytes.
    mutating func skip(_ count: Int) throws(ImportError) -> Bool {
        var rest = count
        while rest > 0 {
            guard try hasByte() else { return false }
            let step = min(rest, buffer.count - index)
            index += step
            rest -= step
        }
        return true
    }

    /// What is wrong at a place of the buffer.
    func damaged(at offset: Int, _ problem: String) -> ImportError {
        let place = Self.place(behind: buffer[..<min(max(0, offset), buffer.count)], from: place)
        return .damaged(file: file, line: place.line, column: place.column, problem: problem)
    }

    /// The line of a place of the buffer, from 1.
    func line(at offset: Int) -> Int {
        Self.place(behind: buffer[..<min(max(0, offset), buffer.count)], from: place).line
    }

    private static func place(
        behind bytes: ArraySlice<UInt8>, from start: (line: Int, column: Int)
    ) -> (line: Int, column: Int) {
        var place = start
        for byte in bytes {
            if byte == 0x0A {
                place = (place.line + 1, 1)
            } else if byte & 0xC0 != 0x80 {
                // Every byte that continues no character begins one.
                place.column += 1
            }
        }
        return place
    }
}
