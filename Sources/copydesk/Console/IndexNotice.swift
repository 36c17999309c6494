// Words about a search index that is made anew while a store is opened.

import Store
import Synchronization

final class IndexNotice: Sendable {
    /// Fewer drafts than this are indexed before a person would ask.
    private static let smallest = 20_000
    private let showsProgress: Bool
    private let isTold = Mutex(false)

    /// - Parameter showsProgress: false if the last line of the terminal belongs to a text that is being written.
    init(showsProgress: Bool = true) { self.showsProgress = showsProgress }

    var listener: IndexListener {
        { [self] progress in
            if progress.indexedDrafts >= progress.allDrafts {
                if showsProgress { Console.clearProgress() }
                return
            }
            guard showsProgress, Console.errorIsTerminal else { return tellOnce(progress) }
            Console.showProgress(
                "making the search index anew: \(progress.indexedDrafts) of \(progress.allDrafts) drafts")
        }
    }

    private func tellOnce(_ progress: IndexProgress) {
        guard progress.allDrafts >= Self.smallest else { return }
        let isFirst = isTold.withLock { isTold in
            defer { isTold = true }
            return !isTold
        }
        guard isFirst else { return }
        Console.printError(
            "copydesk: The search index of \(progress.allDrafts) drafts is made anew; that may take minutes. If it is "
                + "interrupted, it goes on at the next start.")
    }
}
