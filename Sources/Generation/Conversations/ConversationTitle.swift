// The title that a conversation has before it is given one: the first words of its user.

public enum ConversationTitle {
    private static let limitCharacters = 60

    /// The first line that is not blank, cut between words.
    /// - Returns: "" if there is no such line.
    public static func firstWords(of text: String) -> String {
        let beginning = text.prefix(2000)
        guard let line = beginning.split(whereSeparator: \.isNewline).first(where: { !$0.allSatisfy(\.isWhitespace) })
        else { return "" }
        let words = line.split(whereSeparator: \.isWhitespace)
        let whole = words.joined(separator: " ")
        if whole.count <= limitCharacters { return whole }
        var title = ""
        for word in words {
            guard title.count + 1 + word.count < limitCharacters else { break }
            title += title.isEmpty ? String(word) : " " + word
        }
        // A first word longer than a title, as in writing without spaces.
        return (title.isEmpty ? String(whole.prefix(limitCharacters - 1)) : title) + "…"
    }
}
