import Generation

/// Why candidates were chosen or left out, for people.
enum ChoiceText {
    /// A line for each candidate, the best first: its place, its id if it is kept, its score, and the beginning of its text.
    static func report(of generation: SavedGeneration) -> String {
        guard generation.drafts.contains(where: { $0.details.score != nil }) else {
            return "No candidates were compared, so there are no reasons: only best_of makes a choice.\n"
        }
        let (chosen, leftOut) = (generation.withoutCandidates.drafts, generation.drafts.filter(\.isCandidate))
        var text = "Chosen:\n" + chosen.map { line(of: $0) }.joined()
        if !leftOut.isEmpty { text += "Left out:\n" + leftOut.map { line(of: $0) }.joined() }
        return text
    }

    private static func line(of draft: SavedDraft) -> String {
        let name = draft.id == 0 ? "" : " draft \(draft.id):"
        let flat = draft.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let short = flat.count > 60 ? flat.prefix(59) + "…" : flat[...]
        return "  \(draft.ordinal + 1).\(name) \(draft.details.score?.explanation ?? "no score")\n     \(short)\n"
    }
}
