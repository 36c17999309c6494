// The session files of a data folder: `session-<id>.json`, one for each studio, with `.lock` and `.tmp` beside it.
// - Only the holder of its lock touches a session.
// - Sessions of dead studios are claimed, read, and removed once their texts are written elsewhere.
// - A file that cannot be understood is set aside as `session-<id>.damaged`, never deleted.

import Files
import Foundation
import Studio

struct SessionFolder: Sendable {
    let path: String
    /// The store that is open, as sessions name it.
    let store: String

    private static let largestBytes = 1 << 28

    /// - Parameter storePath: from the root.
    init(path: String, storePath: String) {
        self.path = path
        let prefix = path.hasSuffix("/") ? path : path + "/"
        store = storePath.hasPrefix(prefix) ? String(storePath.dropFirst(prefix.count)) : storePath
    }

    func sessionPath(_ id: String) -> String { "\(path)/session-\(id).json" }
    func lockPath(_ id: String) -> String { "\(path)/session-\(id).lock" }
    /// Earlier versions wrote a session under this name first.
    private func temporaryPath(_ id: String) -> String { "\(path)/session-\(id).tmp" }

    static func newId() -> String { String(UInt64.random(in: .min ... .max), radix: 16) }

    /// A session of a dead studio, ours as long as `lock` lives.
    struct Claimed: Sendable {
        let id: String
        let lock: SessionLock
        /// `nil` if there are only leftovers, or if its file was set aside.
        var session: StudioSession?
        /// The rest that stays in its place: the file of an editor that still runs.
        private(set) var remainder: StudioSession?

        /// Leaves the editor's file to the next start.
        mutating func waitForEditor() {
            remainder = StudioSession(
                editorFile: session?.editorFile, savedAt: session?.savedAt ?? 0, store: session?.store)
            session?.editorFile = nil
        }
    }

    struct Sweep: Sendable {
        var claimed: [Claimed] = []
        /// The new paths of files that could not be understood.
        var setAside: [String] = []
    }

    /// Claims the sessions of dead studios, also the one session file of earlier versions.
    func claimDead(except own: String) -> Sweep {
        var sweep = Sweep()
        AbandonedFiles.remove(in: path)
        takeOldSession()
        for id in ids() where id != own {
            guard let lock = SessionLock(path: lockPath(id)) else { continue }
            var claimed = Claimed(id: id, lock: lock)
            var isOfOtherStore = false
            if let found = PrivateFile.read(sessionPath(id), atMost: Self.largestBytes) {
                if var session = try? JSONDecoder().decode(StudioSession.self, from: found.data) {
                    if session.savedAt == 0 { session.savedAt = found.changedAt }
                    isOfOtherStore = belongsElsewhere(session)
                    claimed.session = session
                } else if let place = setAside(id) {
                    sweep.setAside.append(place)
                }
            }
            if !isOfOtherStore { sweep.claimed.append(claimed) }
        }
        return sweep
    }

    /// Removes the files of a claimed session; its texts must be written elsewhere by now.
    func remove(_ claimed: Claimed) {
        let path = sessionPath(claimed.id)
        unlink(temporaryPath(claimed.id))
        if let remainder = claimed.remainder, let data = try? JSONEncoder().encode(remainder) {
            // If this fails, the old file stays: its texts come twice rather than never.
            try? PrivateFile.replace(path, with: data)
        } else if claimed.session != nil {
            unlink(path)
        }
    }

    /// The ids of all sessions and leftovers.
    private func ids() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let ids = names.compactMap { name -> String? in
            guard name.hasPrefix("session-") else { return nil }
            return [".json", ".lock", ".tmp"].lazy.compactMap { ending in
                name.hasSuffix(ending) ? String(name.dropFirst("session-".count).dropLast(ending.count)) : nil
            }.first
        }
        return Set(ids.filter { !$0.isEmpty }).sorted()
    }

    /// Gives the one session file of earlier versions a name of the present kind.
    private func takeOldSession() {
        let old = path + "/session.json"
        guard PrivateFile.read(old, atMost: Self.largestBytes) != nil else { return }
        rename(old, sessionPath(Self.newId()))
    }

    /// True if its ids belong to another store that still exists: then it waits for a studio on that store.
    private func belongsElsewhere(_ session: StudioSession) -> Bool {
        guard let other = session.store, other != store else { return false }
        return FileManager.default.fileExists(atPath: other.hasPrefix("/") ? other : "\(path)/\(other)")
    }

    /// One sentence for all files that could not be understood, with their number and names; empty if there are none.
    func problems(ofSetAside places: [String]) -> [String] {
        guard let first = places.first else { return [] }
        guard places.count > 1 else {
            return [
                "A file with unsent text cannot be read and was set aside as \(first). Look into it with a text editor."
            ]
        }
        let names = places.map { String($0.dropFirst(path.count + 1)) }
        // A few names fit the screen; all begin and end alike.
        let shown = names.prefix(3).joined(separator: ", ") + (names.count > 3 ? ", …" : "")
        return [
            "\(places.count) files with unsent text cannot be read and were set aside in \(path) as \(shown). "
                + "Look into them with a text editor."
        ]
    }

    /// - Returns: its new name; `nil` if it could not be moved.
    private func setAside(_ id: String) -> String? {
        let place = "\(path)/session-\(id).damaged"
        return rename(sessionPath(id), place) == 0 ? place : nil
    }
}
