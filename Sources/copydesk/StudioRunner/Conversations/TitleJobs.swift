// Titles and summaries of conversations, which the model writes for the studio as jobs.
// - Until the end of a job nothing is changed: a title or a summary that fails leaves the old one.

import Chat
import Drafting
import Generation
import Store
import Studio

extension EffectRunner {
    /// Asks the model for a conversation's title. The studio keeps it.
    func title(_ request: TitleRequest, _ job: Int) {
        jobs.start(job) { [generators, store, reads] control in
            try control.begin()
            let generator = try await generators.generator()
            let id = request.conversation.id
            let turns = try await reads.run { try store.openTurns(of: id) }
            let title = try await ChatTitle.ask(
                request.conversation, turns: turns, generator: generator, stopSignal: control.stopSignal)
            try control.checkCancellation()
            guard let title else { throw Failure("The model wrote no title.") }
            return .titled(title)
        }
    }

    /// Writes a summary once more, as another version beside the one that is there.
    func summarize(_ request: SummaryRequest, _ job: Int) {
        jobs.start(job, isAwaited: true) { [generators, store, reads] control in
            try control.begin()
            let generator = try await generators.generator()
            let id = request.conversation.id
            let turns = try await reads.run { try store.openTurns(of: id) }
            let summary = ChatSummary(
                request.conversation, turns: turns, generator: generator, store: store, stopSignal: control.stopSignal)
            let written = try await summary.write(before: request.turn, besides: request.draft) { event in
                if let progress = JobProgress(event) { control.report(progress) }
            }
            guard let written else { throw CancellationError() }
            return .summarized(draft: written.draftId)
        }
    }
}
