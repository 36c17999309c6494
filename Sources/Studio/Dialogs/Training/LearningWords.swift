// Words about learnings for the screen. Keys come from the key table.

enum LearningWords {
    private static func key(_ action: Action) -> String { KeyTable.label(action, in: .learnings) }

    /// What can be learned now, and how.
    static func offerLines(_ known: KnownLearnings, columns: Int) -> [String] {
        wrappedLines(offer(known), columns: max(1, columns))
    }

    private static func offer(_ known: KnownLearnings) -> String {
        if known.isBeginning { return "It begins: the model and your drafts are read…" }
        switch known.offer {
        case nil: return "Reading your starred drafts…"
        case .drafts(let count, let edited, let base, _):
            return
                "\(count) starred drafts, \(edited == 0 ? "none" : "\(edited)") of them edited, are enough for \(onOneLine(base)) to learn from. "
                + "\(key(.learnAnew)) begins."
        case .refused(let sentence, let needsStars):
            let star = KeyTable.label(.star, in: .variants)
            let help =
                needsStars ? " \(star) stars a draft that you keep; one that you edit first counts three times." : ""
            return "\(onOneLine(sentence, limit: 1000))\(help)"
        }
    }

    /// Where it stands, in a few words.
    static func standing(_ item: LearningItem) -> String {
        switch item.state {
        case .training: item.run.map { $0.standing(isBrief: true) } ?? ""
        case .writing: "\(item.plannedPairs) pairs to write"
        case .declined: "no use in comparing"
        case .ready: "\(item.answeredPairs) of \(item.plannedPairs) pairs answered"
        case .compared: item.verdict?.words ?? ""
        case .adopted, .off: item.stale == nil ? "on \(onOneLine(item.base))" : "stale"
        case .damaged: ""
        }
    }

    /// Everything that is known of it: first what can be done now, then how it came about.
    static func lines(_ item: LearningItem, columns: Int) -> [(text: String, style: Style)] {
        let width = max(1, columns)
        var lines = wrappedLines(state(item), columns: width).map { (text: $0, style: item.sentenceStyle) }
        if let reason = item.run?.reason, item.isStopped {
            lines += wrappedLines(onOneLine(reason, limit: 1000), columns: width).map { ($0, Style(.failure)) }
        }
        if let stale = item.stale {
            let sentence =
                "Stale: of its drafts \(onOneLine(stale)). It still knows them as they were; learn anew to make it forget."
            lines += wrappedLines(sentence, columns: width).map { ($0, Style(.warning)) }
        }
        for fact in item.facts {
            lines.append(("", .plain))
            lines += wrappedLines(onOneLine(fact, limit: 1000), columns: width).map { ($0, .plain) }
        }
        return lines
    }

    /// How it stands, and the key that leads on.
    private static func state(_ item: LearningItem) -> String {
        let pause = item.run?.state == .paused ? " It waits while a draft is written." : ""
        switch item.state {
        case .training where item.goesOn:
            let standing = item.run.map { ": \($0.standing(isBrief: false))." } ?? "."
            return "It is being trained in the background\(standing)\(pause)"
        case .writing where item.goesOn: return "Its pairs are being written in the background.\(pause)"
        case .training: return "Stopped while it was trained. \(key(.goOnLearning)) goes on from there."
        case .writing: return "Stopped while its pairs were written. \(key(.goOnLearning)) goes on from there."
        case .declined: return "Not offered, and nothing has changed."
        case .ready:
            let begun = item.answeredPairs == 0 ? "begins" : "goes on"
            let needed = item.neededWins.map {
                " If you prefer the same one of the two in \($0) pairs, chance hardly explains it."
            }
            return
                "\(item.answeredPairs) of \(item.plannedPairs) pairs have an answer; \(key(.compareBlind)) \(begun). "
                + "One draft of each pair is by \(onOneLine(item.base)), the other by \(onOneLine(item.base)) with what it "
                + "has learned, and nobody tells you which before the end.\(needed ?? "")"
        case .compared where item.verdict == .better:
            return "It is better. \(key(.adoptLearned)) adopts it: then the model writes with it."
        case .compared:
            return
                "It is not used, because the comparison does not show that it is better. \(key(.adoptLearned)) adopts "
                + "it nevertheless."
        case .adopted:
            let against = item.isAgainstResult ? ", against the result" : ""
            return "Adopted\(against): \(onOneLine(item.base)) writes with it. \(key(.toggleLearned)) turns it off."
        case .off: return "Turned off: \(onOneLine(item.base)) writes without it. \(key(.toggleLearned)) turns it on."
        case .damaged: return "It cannot be read."
        }
    }
}

extension LearningItem {
    var stateWords: String {
        switch state {
        case .training: isStopped ? "stopped" : run?.state == .paused ? "paused" : "training"
        case .writing: isStopped ? "stopped" : "writing pairs"
        case .declined: "not offered"
        case .ready: "to compare"
        case .compared: "compared"
        case .adopted: "adopted"
        case .off: "off"
        case .damaged: "unreadable"
        }
    }

    var stateStyle: Style {
        switch state {
        case .training, .writing: isStopped ? .quiet : Style(.accent)
        case .ready: Style(.accent)
        case .adopted: Style(.success)
        case .damaged: Style(.failure)
        case .declined, .compared, .off: .quiet
        }
    }

    fileprivate var sentenceStyle: Style {
        switch state {
        case .damaged: Style(.failure)
        case .compared: verdict == .better ? Style(.success, bold: true) : Style(bold: true)
        default: Style(bold: true)
        }
    }
}

extension LearningItem.Verdict {
    fileprivate var words: String {
        switch self {
        case .better: "better"
        case .worse: "worse"
        case .undecided: "not shown to be better"
        }
    }
}
