import Foundation
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

    /// `-0.62 = mean log-probability -1.37, complete +0.50, named +0.25`
    static func reasons(of score: DraftScore) -> String {
        let parts = score.parts.sorted { ($1.value.magnitude, $0.key) < ($0.value.magnitude, $1.key) }
        let reasons = parts.map { "\($0.key) \($0.value < 0 ? "" : "+")\(number($0.value))" }
        return "\(number(score.sum)) = "
            + (["mean log-probability \(number(score.meanLogProbability))"] + reasons).joined(separator: ", ")
    }

    private static func line(of draft: SavedDraft) -> String {
        let name = draft.id == 0 ? "" : " draft \(draft.id):"
        let flat = draft.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let short = flat.count > 60 ? flat.prefix(59) + "…" : flat[...]
        return "  \(draft.ordinal + 1).\(name) \(draft.details.score.map(reasons(of:)) ?? "no score")\n     \(short)\n"
    }

    private static func number(_ value: Double) -> String { String(format: "%.2f", value) }
}
