// The labels of a form that a model continues: "Product:", "Audience:", "Headline:".
// - A form shows examples, each with its fields and its text behind labels, and then the fields of the draft. The last
//   line is the label behind which the draft begins.

/// The labels with which a form's next example would begin.
enum FormLabels {
    /// Label and colon, such as "Product:", of the fields and of the draft.
    /// - Parameter form: the whole text that the model continues.
    static func find(in form: String) -> [String] {
        let lines = form.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        guard let last = lines.last(where: { !$0.allSatisfy(\.isWhitespace) }), let own = label(of: last),
            last.allSatisfy({ $0.isWhitespace }) || isOnlyLabel(last)
        else { return [] }
        let places = lines.indices.filter { label(of: lines[$0]) == own }
        guard let first = places.first, places.count > 1, let lastBut = places.dropLast().last else { return [own] }
        // The fields' labels stand before the first text and before the draft; labels inside a text or an input do not
        // stand before both.
        let before = lines[..<first].compactMap(label)
        let behind = Set(lines[(lastBut + 1)...].compactMap(label))
        var found: [String] = []
        for label in before where behind.contains(label) && !found.contains(label) { found.append(label) }
        return found + [own]
    }

    private static func isOnlyLabel(_ line: String) -> Bool { line.last { !$0.isWhitespace } == ":" }

    /// The label at the beginning of a line: a few words and a colon.
    private static func label(of line: String) -> String? {
        guard let colon = line.firstIndex(of: ":"), colon > line.startIndex, line.first?.isLetter ?? false else {
            return nil
        }
        let words = line[..<colon]
        guard words.count <= 40, words.split(separator: " ").count <= 5,
            !words.contains(where: { [".", ",", "\"", "!", "?"].contains($0) })
        else { return nil }
        return String(line[...colon])
    }
}
