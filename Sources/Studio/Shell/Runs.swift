import Generation

// Training runs: looked at while their dialog is open, and stopped after a question. They go on without the studio.

/// What is known of training runs.
struct Runs: Sendable {
    /// `nil` before they were first read.
    var items: [RunItem]?
    var details: RunDetails?
    /// The run whose details were asked for last.
    var asked: String?
    /// True until the answer is there.
    var isAsked = false
    /// The time of the last question.
    var askedAt = -Double.infinity

    static let refreshSeconds = 1.5

    func item(_ folder: String?) -> RunItem? { items?.first { $0.folder == folder } }
}

extension StudioState {
    mutating func openRuns() {
        dialog = RunsDialog(selected: runs.asked)
        lookAtRuns(runs.asked ?? runs.items?.first?.folder)
    }

    private mutating func lookAtRuns(_ folder: String?) {
        runs.asked = folder
        runs.isAsked = true
        runs.askedAt = now
        ask(.lookAtRuns(details: folder))
    }

    /// Asks again if another run is selected, or the last answer is old.
    mutating func refreshRuns() {
        guard let open = dialog as? RunsDialog else { return }
        let selected = open.selected ?? runs.items?.first?.folder
        let isOld = now - runs.askedAt >= Runs.refreshSeconds
        // An answer that never came must not end the refreshing.
        guard selected != runs.asked || (isOld && (!runs.isAsked || now - runs.askedAt >= 30)) else { return }
        lookAtRuns(selected)
    }

    /// - Parameter details: of the run that was asked for; `nil` if none was, or it is gone.
    mutating func takeRuns(_ items: [RunItem], details: RunDetails?) {
        runs.items = items
        runs.isAsked = false
        if let details, details.folder == runs.asked { runs.details = details }
        // The first answer tells what there is to select.
        if runs.asked == nil, let first = items.first, dialog is RunsDialog { lookAtRuns(first.folder) }
    }

    mutating func askToStopRun(_ item: RunItem) {
        confirm(
            "Stop the run",
            "Stop \(onOneLine(item.name)) at step \(item.step) of \(item.steps)?\n"
                + "It makes a checkpoint, and its own command can resume it there.",
            .init(key: "n", title: "Let it go on", answer: .openRuns),
            .init(key: "y", title: "Stop", answer: .stopRun(folder: item.folder)))
    }

    mutating func stopRun(_ folder: String) {
        ask(.stopRun(folder: folder))
        say("It stops after the update that it is in")
        openRuns()
    }
}
