/// Names of several parts that a sign joins, such as `Kettle & Vine`.
///
/// A text that ends with a beginning of such a name was cut inside the name.
public struct JoinedNames: Sendable {
    /// The words and joints of each name, folded.
    private let names: [[String]]

    private static let joints: Set<String> = ["&", "+", "×"]

    /// Collects the names that occur in texts: words with a capital first letter, joined by `&`, `+` or `×`.
    public init(in texts: [String]) { names = texts.flatMap(Self.names(in:)) }

    /// True if a text ends with a beginning of a name, and not with the whole of it.
    public func endsInside(_ text: String) -> Bool {
        guard !names.isEmpty else { return false }
        let words = Self.words(of: text)
        guard let last = words.last, last.first?.isUppercase == true || Self.joints.contains(last) else { return false }
        let folded = words.suffix(8).map { $0.lowercased() }
        return names.contains { name in
            (1..<name.count).contains { folded.ends(with: name.prefix($0)) }
        } && !names.contains { folded.ends(with: $0[...]) }
    }

    private static func names(in text: String) -> [[String]] {
        var names: [[String]] = []
        var name: [String] = []
        func close() {
            if let last = name.last, joints.contains(last) { name.removeLast() }
            if name.count > 2 { names.append(name.map { $0.lowercased() }) }
            name = []
        }
        for word in words(of: text) {
            if joints.contains(word) {
                if !name.isEmpty { name.append(word) }
            } else if word.first?.isUppercase == true {
                if let last = name.last, !joints.contains(last) { close() }
                name.append(word)
            } else {
                close()
            }
        }
        close()
        return names
    }

    /// The words of a text, without the marks around them.
    private static func words(of text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).compactMap { word in
            if joints.contains(String(word)) { return String(word) }
            let trimmed = word.drop { !$0.isLetter && !$0.isNumber }.reversed().drop { !$0.isLetter && !$0.isNumber }
            return trimmed.isEmpty ? nil : String(trimmed.reversed())
        }
    }
}

extension Array where Element: Equatable {
    fileprivate func ends(with other: ArraySlice<Element>) -> Bool {
        count >= other.count && suffix(other.count) == other
    }
}
