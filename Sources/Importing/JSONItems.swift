// The places of the values in a file of JSON, so that a file of any size is read one conversation at a time.
// - Only brackets and strings are looked at; each value is checked when it is read.

import Generation
import Text

/// The bytes of a file, and where its values are.
struct JSONItems {
    enum Layout: Equatable {
        /// One value.
        case single
        /// The elements of one list.
        case list
        /// A value a line.
        case lines
    }

    let bytes: [UInt8]
    let file: String
    let layout: Layout
    /// The values, in their order.
    let ranges: [Range<Int>]

    /// - Throws: `ImportError.damaged` if a list does not end, or text follows it.
    init(bytes: [UInt8], file: String) throws(ImportError) {
        self.bytes = bytes
        self.file = file
        let start = Self.skipSpace(bytes, from: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0)
        var scanner = Scanner(bytes: bytes, index: start)
        guard start < bytes.count, bytes[start] == UInt8(ascii: "[") else {
            scanner.skipValue()
            let isWhole = Self.skipSpace(bytes, from: scanner.index) >= bytes.count
            // A value with line feeds in it is no line, even if something follows it.
            let hasLineFeed = bytes[start..<scanner.index].contains(0x0A)
            layout = isWhole || hasLineFeed ? .single : .lines
            ranges = isWhole || hasLineFeed ? [start..<bytes.count] : Self.lines(bytes, from: start)
            return
        }
        layout = .list
        ranges = try Self.elements(&scanner, file: file)
    }

    /// The value at an index.
    /// - Throws: `ImportError.damaged`.
    func value(_ index: Int) throws(ImportError) -> JSONValue {
        let range = ranges[index]
        do throws(JSONError) {
            return try JSONValue(parsing: Array(bytes[range]))
        } catch {
            throw Self.damaged(at: range.lowerBound + error.byte, error.reason, in: bytes, file: file)
        }
    }

    private static func elements(_ scanner: inout Scanner, file: String) throws(ImportError) -> [Range<Int>] {
        let bytes = scanner.bytes
        var ranges: [Range<Int>] = []
        scanner.index += 1
        scanner.index = skipSpace(bytes, from: scanner.index)
        if scanner.index < bytes.count, bytes[scanner.index] == UInt8(ascii: "]") {
            scanner.index += 1
        } else {
            var goesOn = true
            while goesOn {
                let start = scanner.index
                scanner.skipValue()
                ranges.append(start..<scanner.index)
                guard scanner.index < bytes.count else {
                    // If the last value is whole, the list is not.
                    let last = Array(bytes[start...])
                    if (try? JSONValue(parsing: last)) == nil { return ranges }
                    throw damaged(at: bytes.count, "the list does not end", in: bytes, file: file)
                }
                goesOn = bytes[scanner.index] == UInt8(ascii: ",")
                guard goesOn || bytes[scanner.index] == UInt8(ascii: "]") else {
                    throw cause(
                        in: ranges, bytes, file,
                        otherwise: damaged(
                            at: scanner.index, "a comma or a closing bracket is missing", in: bytes, file: file))
                }
                scanner.index += 1
            }
        }
        let rest = skipSpace(bytes, from: scanner.index)
        guard rest >= bytes.count else {
            throw cause(
                in: ranges, bytes, file,
                otherwise: damaged(at: rest, "there is more text after the list", in: bytes, file: file))
        }
        return ranges
    }

    /// The first problem inside the values: a quotation mark that is missing leads the brackets astray much later.
    private static func cause(
        in ranges: [Range<Int>], _ bytes: [UInt8], _ file: String, otherwise error: ImportError
    ) -> ImportError {
        for range in ranges {
            do throws(JSONError) {
                _ = try JSONValue(parsing: Array(bytes[range]))
            } catch {
                return damaged(at: range.lowerBound + error.byte, error.reason, in: bytes, file: file)
            }
        }
        return error
    }

    private static func lines(_ bytes: [UInt8], from start: Int) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var lineStart = start
        while lineStart < bytes.count {
            let end = bytes[lineStart...].firstIndex(of: 0x0A) ?? bytes.count
            if skipSpace(bytes, from: lineStart) < end { ranges.append(lineStart..<end) }
            lineStart = end + 1
        }
        return ranges
    }

    static func damaged(at offset: Int, _ problem: String, in bytes: [UInt8], file: String) -> ImportError {
        let before = bytes[..<min(max(0, offset), bytes.count)]
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        // Every byte that continues no character begins one.
        let column = before[lineStart...].count { $0 & 0xC0 != 0x80 } + 1
        return .damaged(file: file, line: before.count { $0 == 0x0A } + 1, column: column, problem: problem)
    }

    private static func skipSpace(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start
        while index < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[index]) { index += 1 }
        return index
    }

    private struct Scanner {
        let bytes: [UInt8]
        var index: Int

        /// Goes to the comma or bracket behind the value, to the end of a value that is no element, or to the end.
        mutating func skipValue() {
            var depth = 0
            while index < bytes.count {
                switch bytes[index] {
                case UInt8(ascii: "\""): skipString()
                case UInt8(ascii: "["), UInt8(ascii: "{"):
                    depth += 1
                    index += 1
                case UInt8(ascii: "]"), UInt8(ascii: "}"):
                    if depth == 0 { return }
                    depth -= 1
                    index += 1
                    if depth == 0 {
                        index = JSONItems.skipSpaceOnLine(bytes, from: index)
                        let next = JSONItems.skipSpace(bytes, from: index)
                        if next < bytes.count, bytes[next] == UInt8(ascii: ",") || bytes[next] == UInt8(ascii: "]") {
                            index = next
                        }
                        return
                    }
                case UInt8(ascii: ",") where depth == 0: return
                default: index += 1
                }
            }
        }

        private mutating func skipString() {
            index += 1
            while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
            }
            index = min(index + 1, bytes.count)
        }
    }

    private static func skipSpaceOnLine(_ bytes: [UInt8], from start: Int) -> Int {
        var index = start
        while index < bytes.count, [0x20, 0x0D, 0x09].contains(bytes[index]) { index += 1 }
        return index
    }
}
