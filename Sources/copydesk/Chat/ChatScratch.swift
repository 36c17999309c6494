// A store for a conversation that is not kept: in a folder that only its owner may read, and that is removed at the end.

import Foundation
import Store
import Synchronization

enum ChatScratch {
    private static let folder = Mutex<String?>(nil)

    /// Opens an empty store, in memory if the system has a folder there.
    static func open() throws -> DraftStore {
        let places = [ProcessInfo.processInfo.environment["XDG_RUNTIME_DIR"], "/dev/shm", NSTemporaryDirectory()]
        for place in places.compactMap(\.self) where !place.isEmpty {
            let path = "\(place)/copydesk-\(UUID().uuidString)"
            guard mkdir(path, 0o700) == 0 else { continue }
            folder.withLock { $0 = path }
            atexit { ChatScratch.remove() }
            return try DraftStore.open(path: path + "/chat.db")
        }
        throw Failure(
            "No folder for temporary files can be made in \(NSTemporaryDirectory()). Set TMPDIR to another one.")
    }

    static func remove() {
        folder.withLock { path in
            if let path { try? FileManager.default.removeItem(atPath: path) }
            path = nil
        }
    }
}
