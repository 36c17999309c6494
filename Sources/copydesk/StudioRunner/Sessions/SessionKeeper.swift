// Writes this studio's session and takes over those of dead ones, on a queue of its own.
// - The newest session wins: while the disk is slow, those in between are not written.
// - Until the studio knows the texts that were taken over, they are added to each session that it saves.
// - The files of dead studios are removed only after a session with their texts is on the disk.
// - The file of an editor is removed only after the session that holds its text is on the disk.

import Dispatch
import Foundation
import Studio
import Synchronization

final class SessionKeeper: Sendable {
    private struct State {
        /// To be written; `nil` if the queue has taken it.
        var waiting: StudioSession?
        /// True if the studio had taken `restored` when it saved `waiting`.
        var waitingHasRestored = false
        /// The texts taken over from dead studios; `nil` if there were none.
        var restored: StudioSession?
        var restoredIsTaken = false
        var written: StudioSession?
        var changedAt = 0.0
        var lock: SessionLock?
        var claimed: [SessionFolder.Claimed] = []
        var failure: String?
    }

    private let folder: SessionFolder
    let id = SessionFolder.newId()
    private let queue = DispatchQueue(label: "copydesk.session")
    private let state = Mutex(State())

    init(folder: SessionFolder) { self.folder = folder }

    /// Takes over the sessions of dead studios, and delivers their texts.
    /// - Parameters:
    ///   - isInStore: true if the store has the text of an edit already.
    ///   - deliver: gets `sessionRestored`, with a sentence for each file that cannot be read; a `notice` if there are only
    ///     such files.
    func restore(
        isInStore: @escaping @Sendable (StudioSession.OpenEdit) -> Bool,
        deliver: @escaping @Sendable (StudioMessage) -> Void
    ) {
        queue.async { [self] in
            tightenFolder()
            var sweep = folder.claimDead(except: id)
            var problems = folder.problems(ofSetAside: sweep.setAside)
            for index in sweep.claimed.indices {
                guard let file = sweep.claimed[index].session?.editorFile, EditorFiles.isOpen(file.path) else {
                    continue
                }
                sweep.claimed[index].waitForEditor()
                problems.append(
                    "An editor still has \(file.path) open. Text that you save there is offered at the next start.")
            }
            let found = resolve(sweep.claimed.compactMap(\.session), &problems)
            let claimed = sweep.claimed
            state.withLock { $0.claimed = claimed }
            if var session = StudioSession.merged(found.sessions) {
                let paths = session.kept.compactMap(\.path)
                session.dropEdits(where: isInStore)
                let spentFiles = found.spentFiles + paths.filter { !session.kept.compactMap(\.path).contains($0) }
                session.savedAt = 0
                session.store = nil
                state.withLock { $0.restored = session }
                write(session)
                if state.withLock({ $0.failure == nil }) { spentFiles.forEach(EditorFiles.remove) }
                deliver(.sessionRestored(session, problems: problems))
            } else {
                releaseClaimed()
                if !problems.isEmpty { deliver(.notice(problems.joined(separator: " "), isFailure: true)) }
            }
        }
    }

    /// Reads the files of editors whose studios died.
    private func resolve(
        _ sessions: [StudioSession], _ problems: inout [String]
    ) -> (sessions: [StudioSession], spentFiles: [String]) {
        var spent: [String] = []
        let sessions = sessions.map { session in
            guard let file = session.editorFile else { return session }
            var session = session
            switch EditorFiles.read(file.path, openedWith: file.text) {
            case .missing: _ = session.takeEditorFile(nil)
            case .unreadable(let sentence):
                _ = session.takeEditorFile(nil)
                problems.append("Your text from the editor stays in its file. \(sentence)")
            case .text(let text):
                if !session.takeEditorFile(text), file.waits != true { spent.append(file.path) }
            }
            return session
        }
        return (sessions, spent)
    }

    /// Does something after `restore` has delivered its message.
    func afterRestoring(_ work: @escaping @Sendable () -> Void) { queue.async(execute: work) }

    /// The studio has the texts that `restore` delivered: sessions that it saves from now on hold them.
    func restoredWasTaken() { state.withLock { $0.restoredIsTaken = true } }

    /// Writes the session soon.
    /// - Parameter deliver: gets `sessionNotSaved` at a failure, `sessionSaved` when it works again.
    func save(_ session: StudioSession, deliver: @escaping @Sendable (StudioMessage) -> Void) {
        state.withLock { state in
            state.waiting = session
            state.waitingHasRestored = state.restoredIsTaken
        }
        queue.async { [self] in
            guard let newest = takeWaiting() else { return }
            let wasFailing = state.withLock { $0.failure != nil }
            write(newest)
            if let failure = state.withLock({ $0.failure }) {
                deliver(.sessionNotSaved(sentence: failure))
            } else if wasFailing {
                deliver(.sessionSaved)
            }
        }
    }

    /// Removes a file made for $EDITOR once everything saved before is on the disk; else it stays.
    ///
    /// If the file holds none of the texts, somebody wrote to it since: it stays too, and `deliver` gets a `notice`.
    func removeEditorFile(
        _ path: String, holding texts: [String], deliver: @escaping @Sendable (StudioMessage) -> Void
    ) {
        queue.async { [self] in
            guard state.withLock({ $0.failure == nil }) else { return }
            let holdsText = texts.contains { EditorFiles.read(path, openedWith: $0) == .text($0) }
            if holdsText { return EditorFiles.remove(path) }
            guard EditorFiles.read(path, openedWith: "") != .missing else { return }
            deliver(.notice("\(path) was changed since its text was read, so it stays. Look into it.", isFailure: true))
        }
    }

    /// Waits until everything saved before is on the disk.
    func flush() { queue.sync {} }

    /// Writes the last session and releases it.
    /// - Returns: why it could not be written; then the session is still held.
    func finish() -> String? {
        queue.sync {
            if let newest = takeWaiting() { write(newest) }
            return state.withLock { state in
                if state.failure == nil || state.written == nil { state.lock = nil }
                return state.failure
            }
        }
    }

    private func takeWaiting() -> StudioSession? {
        state.withLock { state in
            guard var session = state.waiting else { return nil }
            state.waiting = nil
            guard !state.waitingHasRestored, let restored = state.restored else { return session }
            session.savedAt = 1  // newer than the restored one
            var merged = StudioSession.merged([session, restored])
            merged?.savedAt = 0
            return merged
        }
    }

    private func write(_ session: StudioSession) {
        do {
            try writeFile(session)
            state.withLock { state in
                state.written = session
                state.failure = nil
            }
            releaseClaimed()
        } catch {
            state.withLock { $0.failure = Console.sentence(of: error) }
        }
    }

    private func writeFile(_ session: StudioSession) throws {
        if session.isEmpty {
            unlink(folder.sessionPath(id))
            return
        }
        try PrivateFile.makeFolder(folder.path)
        var stamped = session
        stamped.store = folder.store
        stamped.savedAt = state.withLock { state in
            if state.written != session { state.changedAt = Date().timeIntervalSince1970 }
            if state.lock == nil { state.lock = SessionLock(path: folder.lockPath(id)) }
            return state.changedAt
        }
        try PrivateFile.replace(folder.sessionPath(id), with: try JSONEncoder().encode(stamped))
    }

    private func releaseClaimed() {
        let claimed = state.withLock { state in
            defer { state.claimed = [] }
            return state.claimed
        }
        for session in claimed { folder.remove(session) }
    }

    /// Closes our data folder to other users. A folder without a store, or a home folder, is not ours.
    private func tightenFolder() {
        var status = stat()
        guard stat(folder.path, &status) == 0, status.st_uid == getuid(), status.st_mode & 0o077 != 0,
            folder.path != NSHomeDirectory(), FileManager.default.fileExists(atPath: folder.path + "/copydesk.db")
        else { return }
        chmod(folder.path, status.st_mode & 0o700)
    }
}
