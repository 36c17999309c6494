// Why nothing can be learned, compared or adopted.

/// An error of a learning; its description is a sentence that says what, why and what to do.
public enum LearningError: Error, Equatable, Sendable, CustomStringConvertible {
    case tooFewKeeps(count: Int, duplicates: Int)
    case onePrompt(count: Int)
    case none
    case missing(name: String)
    case unknown(name: String, known: [String])
    case badName(String)
    case taken(name: String)
    case damaged(path: String, reason: String)
    case newer(path: String)
    case notReady(name: String, state: LearningRecord.State)
    case fewPrompts(found: Int, needed: Int)
    case changedKeeps(name: String, changes: LearningRecord.Changes)
    case changedBase(name: String, base: String)
    case damagedAdapter(path: String)

    public var description: String {
        switch self {
        case .tooFewKeeps(let count, let duplicates):
            "You have kept \(Self.drafts(count)); learning begins at \(LearningRows.leastKeeps)."
                + (duplicates == 0 ? "" : " \(duplicates) more \(duplicates == 1 ? "says" : "say") the same as others.")
        case .onePrompt(let count):
            "The \(count) drafts that you have kept all answer the same prompt, so none can be held out to see whether "
                + "anything was learned. Keep drafts of other prompts too."
        case .none: "Nothing has been learned yet."
        case .missing(let name): "There is no learning '\(name)' any more."
        case .unknown(let name, let known):
            "There is no learning '\(name)'. There \(known.count == 1 ? "is" : "are"): \(known.joined(separator: ", "))."
        case .badName(let name):
            "'\(name)' cannot be the name of a learning. Take letters, digits, '-', '_' and '.', at most 64, and begin "
                + "with a letter or a digit."
        case .taken(let name): "There is a learning '\(name)' already. Take another name, or remove that one."
        case .damaged(let path, let reason):
            "\(path) cannot be used: \(reason). Correct it, or remove the learning and learn again."
        case .newer(let path): "\(path) was written by a newer version of this program. Use that version."
        case .notReady(let name, let state): "'\(name)' cannot be compared: \(Self.words(state))"
        case .fewPrompts(let found, let needed):
            "The comparison needs \(needed) prompts that nothing was learned from, and there are \(found). Draft a few "
                + "more texts with other fields first; they need no star."
        case .changedKeeps(let name, let changes):
            "'\(name)' cannot go on, because its drafts have changed since it began: \(Self.words(changes)). Learn anew."
        case .changedBase(let name, let base):
            "'\(name)' was begun with another file of the model \(base), so it cannot go on with this one. Use that file, "
                + "or learn anew."
        case .damagedAdapter(let path):
            "\(path) is not the adapter that was trained: it is missing or was changed. Learn anew."
        }
    }

    /// `2 have no star any more, 1 was edited`.
    public static func words(_ changes: LearningRecord.Changes) -> String {
        var facts: [String] = []
        if changes.unstarred > 0 {
            let words = changes.unstarred == 1 ? "has no star any more or is gone" : "have no star any more or are gone"
            facts.append("\(changes.unstarred) \(words)")
        }
        if changes.edited > 0 {
            facts.append("\(changes.edited) \(changes.edited == 1 ? "was" : "were") edited")
        }
        return facts.joined(separator: ", ")
    }

    private static func words(_ state: LearningRecord.State) -> String {
        switch state {
        case .training: "its adapter is not trained yet."
        case .writing: "its pairs are not written yet."
        case .declined: "its adapter is not offered, because it learned nothing or forgot too much."
        case .ready: "another window compares it."
        case .compared, .adopted, .off: "all its pairs have an answer, and a second look would change the chances."
        }
    }

    private static func drafts(_ count: Int) -> String { count == 1 ? "1 draft" : "\(count) drafts" }
}
