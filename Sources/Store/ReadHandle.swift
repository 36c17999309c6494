// A reading that can be given up, such as a search for words of which more were typed meanwhile.
// - SQLite is interrupted only while the reading has its connection, so no other reading ever ends with it.
// - A statement stays open meanwhile, because SQLite forgets an interrupt when no statement is running: a reading that is
//   given up between two of its statements ends too.

import GRDB
import GRDBSQLite
import Synchronization

/// Ends one reading of the store, from any thread. It serves one reading after another until it is cancelled.
public final class ReadHandle: Sendable {
    private struct State {
        var isCancelled = false
        /// The connection of the reading; set only while it runs.
        nonisolated(unsafe) var connection: OpaquePointer?
    }

    private let state = Mutex(State())

    public init() {}

    public var isCancelled: Bool { state.withLock(\.isCancelled) }

    /// Ends the reading, and every later one with this handle, with `StoreError.cancelled`. Returns at once.
    public func cancel() {
        state.withLock { state in
            state.isCancelled = true
            // Under the lock, so that the connection cannot go to another reading in between.
            if let connection = state.connection { sqlite3_interrupt(connection) }
        }
    }

    /// Runs a reading on a connection.
    /// - Throws: `StoreError.cancelled`, and the errors of `body`.
    func reading<Value>(on db: Database, _ body: () throws -> Value) throws -> Value {
        let holder = try Int.fetchCursor(db, sql: "SELECT 1 UNION ALL SELECT 2")
        _ = try holder.next()
        let isCancelled = state.withLock { state in
            if !state.isCancelled { state.connection = db.sqliteConnection }
            return state.isCancelled
        }
        if isCancelled { throw StoreError.cancelled }
        defer { state.withLock { $0.connection = nil } }
        do {
            let value = try body()
            _ = try holder.next()
            return value
        } catch let error as DatabaseError where error.resultCode == .SQLITE_INTERRUPT {
            throw StoreError.cancelled
        }
    }
}
