// The names that a character card leaves open: {{user}}, {{char}}, <USER>, <CHAR>, <BOT>, whatever their case.

struct CardMacros {
    let user: String
    let character: String

    /// The text with the names in their places. Comments (`{{// …}}`) go; macros that are not known stay as they are.
    func replaced(in text: String) -> String { replaced(in: text, others: [:]) }

    /// - Parameter others: texts by the names of more macros, in small letters.
    func replaced(in text: String, others: [String: String]) -> String {
        guard text.utf8.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "<") }) else { return text }
        let bytes = Array(text.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if let (length, value) = macro(bytes, index, others) {
                result += value.utf8
                index += length
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The names in pointed brackets, which TavernAI had first.
    private static let pointed = ["user", "char", "bot"]

    private func macro(_ bytes: [UInt8], _ index: Int, _ others: [String: String]) -> (length: Int, value: String)? {
        if bytes[index] == UInt8(ascii: "<") {
            let beginning = String(decoding: bytes[(index + 1)...].prefix(5), as: UTF8.self).lowercased()
            guard let name = Self.pointed.first(where: { beginning.hasPrefix($0 + ">") }) else { return nil }
            return (name.utf8.count + 2, name == "user" ? user : character)
        }
        let isOpen = bytes[index] == UInt8(ascii: "{") && index + 1 < bytes.count && bytes[index + 1] == bytes[index]
        guard isOpen else { return nil }
        let inside = bytes[(index + 2)...]
        if inside.starts(with: "//".utf8) {
            guard let end = Self.close(inside) else { return nil }
            return (end + 2 - index, "")
        }
        guard let end = Self.close(inside.prefix(30)) else { return nil }
        let name = String(decoding: bytes[(index + 2)..<end], as: UTF8.self).lowercased()
            .split(separator: " ").joined(separator: " ")
        let length = end + 2 - index
        switch name {
        case "user": return (length, user)
        case "char", "bot", "charifnotgroup", "group": return (length, character)
        case "trim", "noop": return (length, "")
        case "newline": return (length, "\n")
        default: return others[name].map { (length, $0) }
        }
    }

    /// The place of the two closing braces.
    private static func close(_ bytes: ArraySlice<UInt8>) -> Int? {
        var index = bytes.startIndex
        while index + 1 < bytes.endIndex {
            if bytes[index] == UInt8(ascii: "}"), bytes[index + 1] == UInt8(ascii: "}") { return index }
            index += 1
        }
        return nil
    }
}
