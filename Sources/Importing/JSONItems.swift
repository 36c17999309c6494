// The values in a file of JSON, one after another, so that a file of any size is read one conversation at a time.
// - Only brackets and strings are looked at to find the end of a value; then it is parsed as a whole.
// - A mistake is reported with its line and column, the first one of the file.

import Generation

/// Reads the values of a document, from the first to the last.
struct JSONItems {
    enum Layout: Equatable {
        /// One value.
        case single
        /// The elements of one list; also of the list `conversations` in one object.
        case list
        /// A value a line.
        case lines
    }

    private(set) var layout: Layout
    /// How many bytes of the source were used so far.
    var usedBytes: Int { cursor.usedBytes }
    private var cursor: ByteCursor
    private var state = State.beginning
    /// True if the list is the value of `conversations` in an object.
    private var isWrapped = false

    /// Where the last value begins in the buffer.
    private var lastStart = 0

    /// The place of the last value, for sentences: `line 3`; "" for a value of a list.
    var place: String { layout == .list ? "" : "line \(cursor.line(at: lastStart))" }

    private enum State { case beginning, inside, ended }

    /// - Throws: `ImportError` if the origin cannot be read.
    init(_ origin: ByteOrigin) throws(ImportError) {
        cursor = try ByteCursor(origin)
        layout = .single
        if try cursor.lookAhead(3).elementsEqual([0xEF, 0xBB, 0xBF]) { _ = try cursor.skip(3) }
        try cursor.skipSpace()
        // Enough for the name of a list, however it is indented.
        let start = try cursor.lookAhead(400)
        if start.first == UInt8(ascii: "[") {
            layout = .list
            cursor.index += 1
        } else if let length = Self.wrapper(start) {
            layout = .list
            isWrapped = true
            cursor.index += length
        }
    }

    /// The next value; `nil` behind the last one.
    /// - Throws: `ImportError.damaged` with line and column, and the errors of the origin.
    mutating func next() throws(ImportError) -> JSONValue? {
        switch state {
        case .ended: return nil
        case .inside: return layout == .lines ? try nextLine() : try nextElement()
        case .beginning:
            state = .inside
            guard layout == .list else { return try first() }
            try cursor.skipSpace()
            guard try byte() == UInt8(ascii: "]") else { return try nextElement() }
            cursor.index += 1
            try endList()
            return nil
        }
    }

    /// The length of the beginning `{"conversations": [`; `nil` if a document begins otherwise.
    private static func wrapper(_ start: ArraySlice<UInt8>) -> Int? {
        var rest = start
        for word in ["{", "\"conversations\"", ":", "["] {
            rest = rest.drop { $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
            guard rest.starts(with: word.utf8) else { return nil }
            rest = rest.dropFirst(word.utf8.count)
        }
        return rest.startIndex - start.startIndex
    }

    private mutating func byte() throws(ImportError) -> UInt8? {
        try cursor.hasByte() ? cursor.buffer[cursor.index] : nil
    }

    // MARK: One value, or the first of many lines

    private mutating func first() throws(ImportError) -> JSONValue? {
        var start = cursor.index
        try skipValue(&start)
        let hasLineFeed = cursor.buffer[start..<cursor.index].contains(0x0A)
        // A value with line feeds in it is no line, even if something follows it.
        if !hasLineFeed {
            guard try restIsSpace(&start) else {
                layout = .lines
                return try line(from: start)
            }
        }
        let value = try parse(start..<cursor.index)
        try cursor.skipSpace()
        guard try !cursor.hasByte() else {
            throw cursor.damaged(at: cursor.index, "there is more text after the value")
        }
        state = .ended
        return value
    }

    /// Whether only space follows, up to the end of the file. The index stays where it is.
    private mutating func restIsSpace(_ mark: inout Int) throws(ImportError) -> Bool {
        let length = cursor.index - mark
        defer { cursor.index = mark + length }
        while true {
            while cursor.index < cursor.buffer.count {
                switch cursor.buffer[cursor.index] {
                case 0x20, 0x0A, 0x0D, 0x09: cursor.index += 1
                default: return false
                }
            }
            guard try cursor.fill(keepingFrom: &mark) else { return true }
        }
    }

    // MARK: Lines

    private mutating func nextLine() throws(ImportError) -> JSONValue? {
        try cursor.skipSpace()
        guard try cursor.hasByte() else {
            state = .ended
            return nil
        }
        return try line(from: cursor.index)
    }

    private mutating func line(from place: Int) throws(ImportError) -> JSONValue {
        var start = place
        while true {
            if let end = cursor.buffer[cursor.index...].firstIndex(of: 0x0A) {
                cursor.index = end
                break
            }
            cursor.index = cursor.buffer.count
            try checkLength(from: start)
            guard try cursor.fill(keepingFrom: &start) else { break }
        }
        lastStart = start
        return try parse(start..<cursor.index)
    }

    // MARK: Lists

    private mutating func nextElement() throws(ImportError) -> JSONValue? {
        try cursor.skipSpace()
        var start = cursor.index
        try skipValue(&start)
        let value = try parse(start..<cursor.index)
        try cursor.skipSpace()
        switch try byte() {
        case nil: throw cursor.damaged(at: cursor.index, "the list does not end")
        case UInt8(ascii: ","): cursor.index += 1
        case UInt8(ascii: "]"):
            cursor.index += 1
            try endList()
        default: throw cursor.damaged(at: cursor.index, "a comma or a closing bracket is missing")
        }
        return value
    }

    /// Reads what follows the list.
    private mutating func endList() throws(ImportError) {
        state = .ended
        try cursor.skipSpace()
        while isWrapped {
            guard let byte = try byte() else { throw cursor.damaged(at: cursor.index, "a closing brace is missing") }
            cursor.index += 1
            if byte == UInt8(ascii: "}") { break }
            // Other facts stand behind the list: a name, a colon, a value.
            guard byte == UInt8(ascii: ",") else {
                throw cursor.damaged(at: cursor.index - 1, "a comma or a closing brace is missing")
            }
            var mark = cursor.index
            try skipValue(&mark)
            try cursor.skipSpace()
        }
        try cursor.skipSpace()
        guard try !cursor.hasByte() else { throw cursor.damaged(at: cursor.index, "there is more text after the list") }
    }

    // MARK: Values

    /// Goes to the comma or bracket behind a value, to the end of a value that is no element, or to the end.
    /// - Parameter start: the index of its first byte, which moves with the buffer.
    private mutating func skipValue(_ start: inout Int) throws(ImportError) {
        var scanner = ValueScanner()
        repeat {
            cursor.index = scanner.scan(cursor.buffer, from: cursor.index)
            if scanner.hasEnded { return }
            try checkLength(from: start)
        } while try cursor.fill(keepingFrom: &start)
    }

    private func checkLength(from start: Int) throws(ImportError) {
        guard cursor.buffer.count - start > ByteLimits.value else { return }
        // A quotation mark that is missing leads the brackets astray: then the mistake is somewhere inside.
        do throws(JSONError) {
            _ = try JSONValue(parsing: Array(cursor.buffer[start...]))
        } catch {
            if start + error.byte < cursor.buffer.count { throw cursor.damaged(at: start + error.byte, error.reason) }
        }
        throw .tooLong(file: cursor.file)
    }

    private func parse(_ range: Range<Int>) throws(ImportError) -> JSONValue {
        do throws(JSONError) {
            return try JSONValue(parsing: Array(cursor.buffer[range]))
        } catch {
            throw cursor.damaged(at: range.lowerBound + error.byte, error.reason)
        }
    }
}

/// Finds the end of a value, through as many buffers as it takes.
private struct ValueScanner {
    private var depth = 0
    private var isInString = false
    private var isEscaped = false
    private(set) var hasEnded = false

    /// - Returns: the index behind the value, or the end of the bytes if it goes on.
    mutating func scan(_ bytes: [UInt8], from start: Int) -> Int {
        bytes.withUnsafeBufferPointer { bytes in
            var index = start
            while index < bytes.count {
                let byte = bytes[index]
                if isInString {
                    index += 1
                    if isEscaped {
                        isEscaped = false
                    } else if byte == UInt8(ascii: "\\") {
                        isEscaped = true
                    } else if byte == UInt8(ascii: "\"") {
                        isInString = false
                    }
                    continue
                }
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
                case UInt8(ascii: "]"), UInt8(ascii: "}"):
                    guard depth > 0 else {
                        hasEnded = true
                        return index
                    }
                    depth -= 1
                    if depth == 0 {
                        hasEnded = true
                        return index + 1
                    }
                case UInt8(ascii: ",") where depth == 0:
                    hasEnded = true
                    return index
                default: break
                }
                index += 1
            }
            return index
        }
    }
}
