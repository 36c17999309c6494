// What kind of answer a server sends, whatever it was asked for.

import Transfer

/// How the body of an answer is to be read.
public enum AnswerForm: Sendable, Hashable {
    /// A stream of events.
    case events
    /// One JSON text.
    case json
    /// Something else: a page, a plain text.
    case other

    /// Decides by the header, and if that says nothing, by the first byte that is not blank.
    /// - Parameter beginning: the bytes so far.
    /// - Returns: `nil` if more bytes must come.
    public static func of(_ head: HTTPHead, beginning: [UInt8]) -> AnswerForm? {
        let type = (head["content-type"] ?? "").lowercased().prefix { $0 != ";" && $0 != " " }
        if type == "text/event-stream" { return .events }
        if type == "application/json" || type.hasSuffix("+json") { return .json }
        let rest = beginning.starts(with: [0xEF, 0xBB, 0xBF]) ? beginning.dropFirst(3) : beginning[...]
        guard let first = rest.firstIndex(where: { $0 != 0x20 && !(0x09...0x0D ~= $0) }) else { return nil }
        switch beginning[first] {
        case UInt8(ascii: "{"), UInt8(ascii: "["): return .json
        case UInt8(ascii: ":"): return .events
        default:
            let start = beginning[first...].prefix(6)
            for name in ["data:", "event:", "id:", "retry:"] {
                if start.starts(with: name.utf8) { return .events }
                if start.count < name.utf8.count, name.utf8.starts(with: start) { return nil }
            }
            return .other
        }
    }
}
