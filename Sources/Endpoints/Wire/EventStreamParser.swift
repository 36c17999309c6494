// Takes the events out of a stream of server-sent events.
// - It reads bytes, so it does not matter where the network cuts them: inside a line end or inside a character.
// - Lines end with LF, CR LF or CR. An event is the data of all its `data` lines, joined with LF; `event`, `id` and
//   `retry` mean nothing here; a line that begins with a colon is a comment.
// - An event has at most 8 MiB, and so much memory is used at most.
// WHATWG HTML, section 9.2.6, "Interpreting an event stream".

/// Reads a stream of server-sent events.
public struct EventStreamParser: Sendable {
    /// In bytes.
    public static let longestEvent = 8 << 20

    /// How many comments came; servers send them as signs of life.
    public private(set) var commentCount = 0
    /// How many events came.
    public private(set) var eventCount = 0

    /// The bytes of a line whose end has not come.
    private var line: [UInt8] = []
    /// The data of an event whose end has not come; `nil` if it has no data yet.
    private var data: [UInt8]?
    /// True if the last byte was CR, so that LF belongs to the same line end.
    private var endedWithReturn = false
    private var isFirstLine = true

    public init() {}

    /// The data of the events that these bytes complete.
    public mutating func read(_ bytes: UnsafeRawBufferPointer) throws(EventStreamError) -> [[UInt8]] {
        try read(Array(bytes))
    }

    /// The data of the events that these bytes complete.
    public mutating func read(_ bytes: [UInt8]) throws(EventStreamError) -> [[UInt8]] {
        var events: [[UInt8]] = []
        var start = 0
        while start < bytes.count {
            if endedWithReturn, bytes[start] == 0x0A {
                endedWithReturn = false
                start += 1
                continue
            }
            endedWithReturn = false
            let end = Self.lineEnd(bytes, from: start)
            guard line.count + (end - start) <= Self.longestEvent else { throw .tooLong }
            line += bytes[start..<end]
            guard end < bytes.count else { break }
            endedWithReturn = bytes[end] == 0x0D
            try endLine(&events)
            start = end + 1
        }
        return events
    }

    /// The data of an event whose end is the end of the stream; `nil` if there is none. Its last line may be cut off.
    public mutating func finish() throws(EventStreamError) -> [UInt8]? {
        var events: [[UInt8]] = []
        if !line.isEmpty { try endLine(&events) }
        line = []
        try endLine(&events)
        return events.first
    }

    /// The place of the next LF or CR; the count of bytes if there is none.
    private static func lineEnd(_ bytes: [UInt8], from start: Int) -> Int {
        let span = bytes.span
        var place = start
        while place < span.count, span[place] != 0x0A, span[place] != 0x0D { place += 1 }
        return place
    }

    private mutating func endLine(_ events: inout [[UInt8]]) throws(EventStreamError) {
        var line = line[...]
        if isFirstLine, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
        isFirstLine = false
        defer { self.line.removeAll(keepingCapacity: true) }
        guard !line.isEmpty else {
            if let data {
                events.append(data)
                eventCount += 1
            }
            data = nil
            return
        }
        if line.first == UInt8(ascii: ":") {
            commentCount += 1
            return
        }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        guard line[..<colon].elementsEqual("data".utf8) else { return }
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        guard var data else {
            data = Array(value)
            return
        }
        guard data.count + value.count < Self.longestEvent else { throw .tooLong }
        self.data = nil
        data.append(0x0A)
        data += value
        self.data = data
    }
}

/// Why a stream cannot be read on.
public enum EventStreamError: Error, Sendable, Hashable, CustomStringConvertible {
    /// An event has more than `EventStreamParser.longestEvent` bytes.
    case tooLong

    public var description: String {
        "The server sent a single event of more than 8 MiB, and no answer has such. What came before it is kept. "
            + "Check that the address is one of a server for language models."
    }
}
