import Generation

// What was learned from starred drafts: begun, compared blind, adopted, and turned off and on.
// - Every change is the runner's; the studio shows what it has read last.
// - Nothing here touches a draft or a text that is not sent.

/// What is known of learnings.
struct KnownLearnings: Sendable {
    /// The newest first; `nil` before they were first read.
    var items: [LearningItem]?
    /// What can be learned now; `nil` before the stars were read.
    var offer: LearningOffer?
    /// True if a new process is asked to learn, and has not answered.
    var isBeginning = false
    /// The learning whose pairs are being read.
    var opening: String?
    /// True if an adapter is being turned on or off.
    var isTurning = false
    /// True until the answer is there.
    var isAsked = false
    /// The time of the last question.
    var askedAt = -Double.infinity
    /// The learnings of which the studio has said that they are stale.
    var toldStale: Set<String> = []

    static let refreshSeconds = 1.5

    func item(_ name: String?) -> LearningItem? { items?.first { $0.name == name } }

    /// The learning that a command without a name turns on or off: one of the model in use, else the newest.
    func toTurn(on isOn: Bool, modelName: String) -> LearningItem? {
        let choice = ModelChoice(modelName)
        let found = (items ?? []).filter { $0.state == (isOn ? .off : .adopted) }
        let used = found.first { item in
            isOn ? item.base == choice.base : choice.adapters.contains { $0.name == item.name }
        }
        // What is adopted already would be turned off by turning another one on.
        if isOn, let items, items.contains(where: { $0.state == .adopted && $0.base == used?.base }) { return nil }
        return used ?? found.first
    }
}

extension StudioState {
    // MARK: Looking

    mutating func openLearnings(selecting name: String?) {
        let selected = name ?? (dialog as? LearningsDialog)?.selected
        dialog = LearningsDialog(selected: selected)
        lookAtLearnings(readsStars: true)
    }

    private mutating func lookAtLearnings(readsStars: Bool) {
        learnings.isAsked = true
        learnings.askedAt = now
        ask(.lookAtLearnings(readsStars: readsStars))
    }

    /// Asks again if the last answer is old.
    mutating func refreshLearnings() {
        guard dialog is LearningsDialog, now - learnings.askedAt >= KnownLearnings.refreshSeconds,
            // An answer that never came must not end the refreshing.
            !learnings.isAsked || now - learnings.askedAt >= 30
        else { return }
        lookAtLearnings(readsStars: false)
    }

    mutating func takeLearnings(_ items: [LearningItem], offer: LearningOffer?) {
        learnings.items = items
        learnings.isAsked = false
        if let offer { learnings.offer = offer }
        for item in items where item.state == .adopted {
            guard let stale = item.stale, learnings.toldStale.insert(item.name).inserted else { continue }
            // The dialog says so itself.
            if dialog is LearningsDialog { continue }
            sayInTurn(
                "\(onOneLine(item.name)) is stale: of the drafts that it learned from \(stale). “\(Action.showLearned.title)” "
                    + "among the commands (\(label(.palette))) shows it.")
        }
    }

    // MARK: Learning

    mutating func askToLearn() {
        guard case .drafts(let count, let edited, let base, let minutes) = learnings.offer else { return }
        let time =
            minutes.map { " That is roughly \(StudioState.words(ofMinutes: $0)) of computing on this machine." } ?? ""
        confirm(
            "Learn from stars",
            "Train an adapter of \(onOneLine(base)) on \(count) starred drafts, \(edited == 0 ? "none" : "\(edited)") of them "
                + "edited, and write pairs of drafts with and without it for you to compare?\n"
                + "It goes on in the background with one thread, waits while you draft, and outlives the studio.\(time)",
            .init(key: "n", title: "Not now", answer: .openLearnings(selecting: nil)),
            .init(key: "y", title: "Learn", answer: .learn(goingOnWith: nil)))
    }

    private static func words(ofMinutes minutes: Int) -> String {
        switch minutes {
        case ..<2: "a minute or two"
        case ..<120: "\(minutes) minutes"
        case ..<2880: "\(minutes / 60) hours"
        default: "\(minutes / 1440) days"
        }
    }

    /// - Parameter name: of a learning that was stopped; `nil` for a new one.
    mutating func learn(goingOnWith name: String?) {
        openLearnings(selecting: name)
        guard !learnings.isBeginning else { return }
        learnings.isBeginning = true
        ask(.learn(goingOnWith: name))
    }

    mutating func takeLearningBegin() {
        learnings.isBeginning = false
        say("It learns in the background")
        if var open = dialog as? LearningsDialog {
            // The new one is the first of the list.
            open.selectNewest()
            dialog = open
            lookAtLearnings(readsStars: true)
        }
    }

    mutating func refuseLearning(_ sentence: String) {
        learnings.isBeginning = false
        if dialog == nil || dialog is LearningsDialog {
            dialog = MessageDialog(title: "Nothing is learned", text: sentence)
        } else {
            say(sentence, isFailure: true)
        }
    }

    // MARK: Comparing

    mutating func compareLearning(_ name: String) {
        learnings.opening = name
        ask(.openComparison(name: name))
    }

    mutating func takeComparison(_ pairs: BlindPairs) {
        guard learnings.opening == pairs.name, dialog is LearningsDialog else { return }
        learnings.opening = nil
        guard let dialog = BlindDialog(pairs) else {
            return say("All pairs of \(onOneLine(pairs.name)) have an answer.")
        }
        self.dialog = dialog
    }

    mutating func takeAnswer(ofPairIn name: String, answeredCount: Int, next: Int?) {
        guard var open = dialog as? BlindDialog, open.name == name else { return }
        guard let next else {
            // Now, and not before, the result may be seen.
            var result = LearningsDialog(selected: name)
            result.showAlone()
            dialog = result
            lookAtLearnings(readsStars: true)
            return
        }
        open.show(next, answeredCount: answeredCount)
        dialog = open
    }

    mutating func refuseAnswer(ofPairIn name: String, _ sentence: String) {
        if var open = dialog as? BlindDialog, open.name == name {
            open.allowAnswer()
            dialog = open
        }
        say("The answer is not kept: \(sentence)", isFailure: true)
    }

    // MARK: Adopting, off and on

    mutating func askToAdopt(_ item: LearningItem) {
        let isBetter = item.verdict == .better
        confirm(
            "Adopt",
            "Write with \(onOneLine(item.base)) + \(onOneLine(item.name)) from now on?\n"
                + (isBetter ? "" : "The comparison does not show that it is better. ")
                + "One key turns it off again; your drafts stay as they are.",
            .init(key: "n", title: "Leave it", answer: .openLearnings(selecting: item.name)),
            .init(
                key: "y", title: isBetter ? "Adopt" : "Adopt anyway",
                answer: .turnLearned(name: item.name, isOn: true, isFirst: true)))
    }

    /// Turns on or off what fits best.
    mutating func turnLearned(on isOn: Bool) {
        guard let item = learnings.toTurn(on: isOn, modelName: modelOpenedAs ?? modelName) else { return }
        turnLearned(item.name, isOn: isOn, isFirst: false)
    }

    mutating func turnLearned(_ name: String, isOn: Bool, isFirst: Bool) {
        if isFirst { openLearnings(selecting: name) }
        guard draft.running == nil else { return say("The model is writing. Stop it first.", isFailure: true) }
        guard !learnings.isTurning else { return }
        learnings.isTurning = true
        ask(.turnLearned(name: name, isOn: isOn, isFirst: isFirst))
    }

    mutating func refuseTurn(_ sentence: String) {
        learnings.isTurning = false
        say(sentence, isFailure: true)
    }

    mutating func takeTurn(_ sentence: String, model: String?) {
        learnings.isTurning = false
        lookAtLearnings(readsStars: false)
        say(sentence)
        guard let model else { return }
        guard draft.running == nil else {
            return say("\(sentence) The model that is writing stays; \(label(.models)) chooses \(onOneLine(model)).")
        }
        useModel(model)
    }
}
