// Changes by others while the store is open: another process writes, or the file is moved away.

import GRDB

extension DraftStore {
    /// A number that changes if another process has changed the store.
    ///
    /// Cheap enough to ask every second, because SQLite compares counters in shared memory.
    public func foreignChangeMark() throws -> Int {
        try mapped { try connections.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 } }
    }

    /// Checks that the opened file still is at its path, because SQLite itself would write into a deleted one.
    func checkInPlace() throws {
        guard Disk.identity(of: path) == current.identity else { throw StoreError.gone(path: path) }
    }
}
