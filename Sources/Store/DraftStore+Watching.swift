// What others do to the store while it is open: another process that writes, a file that is moved away.

import GRDB

extension DraftStore {
    /// A number that changes whenever another connection than our writing one, so another process, has changed the store.
    ///
    /// Cheap enough to be asked every second: SQLite compares counters in shared memory.
    public func foreignChangeMark() throws -> Int {
        try mapped { try connections.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA data_version") ?? 0 } }
    }

    /// Whether the file that was opened still stands at its path; SQLite itself goes on writing into a deleted one.
    func checkInPlace() throws {
        guard Disk.identity(of: path) == current.identity else { throw StoreError.gone(path: path) }
    }
}
