import Export
import Foundation
import Generation

/// History as text for people: a generation with a line for each draft, and one draft in full.
enum HistoryText {
    static func lines(of generation: SavedGeneration) -> String {
        var text = "\(time(generation.createdAt))  \(beginning(of: generation.title))"
        if generation.status != .complete { text += "  (\(generation.status.rawValue))" }
        text += "\n"
        for draft in generation.drafts { text += line(of: draft) }
        return text
    }

    /// Id, star or mark of a candidate, and the beginning of the text on one line.
    static func line(of draft: SavedDraft) -> String {
        let number = String(draft.id)
        let padding = String(repeating: " ", count: max(0, 7 - number.count))
        let mark = draft.starred ? "★" : draft.isCandidate ? "·" : " "
        return "\(padding)\(number) \(mark) \(beginning(of: draft.text))\n"
    }

    /// The first words of a text on one line, at most 90 characters.
    static func beginning(of text: String) -> String {
        // A few blanks more than fit on the line; a text may have a hundred thousand characters.
        let flat = text.prefix(1000).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return flat.count > 90 ? flat.prefix(89) + "…" : flat
    }

    static func details(
        of draft: SavedDraft, in generation: SavedGeneration, tags: [String] = [], showsReasoning: Bool = false
    ) -> String {
        let estimated = draft.details.server?.countsAreEstimated == true
        var rows: [(String, String)] = [
            ("draft", "\(draft.id)\(draft.starred ? " ★" : "")\(draft.deletedAt == nil ? "" : " (in the trash)")"),
            ("written", time(generation.createdAt)),
            ("template", generation.templateName ?? "none: free prompt"),
        ]
        rows += generation.recordedFields.sorted { $0.key < $1.key }.filter { !$0.value.isEmpty }.map {
            ("· \($0.key)", $0.value)
        }
        rows += [
            ("model", generation.model.name), ("seed", String(generation.seed)),
        ]
        let options = generation.sampling.changedSettings
        if !options.isEmpty { rows.append(("options", options.joined(separator: " "))) }
        if let limits = generation.limits.summary { rows.append(("limits", limits)) }
        for part in generation.parts { rows.append(("· \(part.name)", part.limits.summary ?? "no limit")) }
        rows += [
            ("ended", end(of: draft, maxTokens: generation.sampling.maxTokens)),
            ("size", "\(draft.text.count) characters, \(estimated ? "about " : "")\(draft.tokenCount) tokens"),
        ]
        rows += DraftNotes.rows(of: draft, in: generation)
        if let failure = generation.failure { rows.append(("failure", failure)) }
        if draft.isEdited {
            rows.append(("edited", "since the model wrote it; its versions: copydesk history versions \(draft.id)"))
        }
        if let rating = draft.rating { rows.append(("rating", "\(rating) of 5")) }
        if !tags.isEmpty { rows.append(("tags", tags.joined(separator: ", "))) }
        if let note = draft.note { rows.append(("note", note)) }
        let width = rows.map(\.0.count).max() ?? 0
        let head = rows.map { label, value in
            label + String(repeating: " ", count: width - label.count + 2) + value.replacing("\n", with: " ") + "\n"
        }
        let thoughts = showsReasoning ? draft.details.reasoning.map { "\nReasoning:\n\($0)\n" } : nil
        return head.joined() + (thoughts ?? "") + "\n" + DraftNotes.text(of: draft, in: generation) + "\n"
    }

    /// The end of a draft, and its cause if the model's context was too short.
    private static func end(of draft: SavedDraft, maxTokens: Int) -> String {
        guard let reason = draft.finishReason else { return "still being written" }
        if reason == .cutOff { return "cut off: the server's stream ended before the text did" }
        guard reason == .length, let room = draft.details.contextRoom else { return reason.rawValue }
        return "\(reason.rawValue): the prompt left room for \(room) of \(maxTokens) tokens"
    }

    /// Local time, as `2026-11-21 14:02`.
    static func time(_ seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds).formatted(
            .verbatim(
                "\(year: .defaultDigits)-\(month: .twoDigits)-\(day: .twoDigits) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits)",
                timeZone: .current, calendar: .current))
    }
}
