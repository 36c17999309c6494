// The name in the value of a field that names a product or a person.
// - `Kettle & Vine, a subscription for loose-leaf tea` names Kettle & Vine, `a bookstore called Lantern` names Lantern, and
//   `a desk lamp` names nothing.

/// Finds the name in a field's value.
enum NamedValue {
    /// Words behind which a name stands.
    private static let introductions = [" called ", " named ", " genannt ", " namens ", " appelé ", " llamado "]
    private static let ends: Set<Character> = [",", ";", "(", ":", "–", "—", "，", "、", "（"]
    private static let longestWordCount = 5

    /// The name; `nil` if the value only describes something.
    static func name(in value: String) -> String? {
        for introduction in introductions {
            if let range = value.firstRange(of: introduction) { return head(of: value[range.upperBound...]) }
        }
        return head(of: value[...])
    }

    /// The text before the first mark that ends a name, if it reads as one.
    private static func head(of text: Substring) -> String? {
        let head = text.prefix { !ends.contains($0) }
        let name = (head.firstRange(of: " - ").map { head[..<$0.lowerBound] } ?? head).drop { $0.isWhitespace }
        let words = name.split(whereSeparator: \.isWhitespace)
        // A description begins with a small letter, as `a desk lamp` and `handmade boots` do; so do few names (`iPhone`).
        guard let first = name.first, !words.isEmpty, words.count <= longestWordCount else { return nil }
        let hasCase = first.isLowercase || first.isUppercase
        let isName = first.isUppercase || first.isNumber || words[0].dropFirst().contains(where: \.isUppercase)
        let startsWithArticle = ["A", "An", "The", "Our", "My", "Your"].contains(String(words[0])) && words.count > 1
        let isProper = isName && !(startsWithArticle && !words.dropFirst().contains { $0.first?.isUppercase == true })
        return isProper || (!hasCase && first.isLetter) ? words.joined(separator: " ") : nil
    }
}
