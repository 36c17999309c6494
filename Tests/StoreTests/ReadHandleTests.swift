// Giving up a reading: it ends, and no other reading ends with it.

import Dispatch
import Foundation
import GRDB
import Generation
import Testing

@testable import Store

@Suite struct `A reading that is given up` {
    let folder: TemporaryFolder
    let store: DraftStore

    init() throws {
        folder = try TemporaryFolder()
        store = try DraftStore.open(path: folder.store)
        try store.keep("a lamp")
    }

    /// Counts for hours.
    private static let endless = """
        WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) SELECT count(*) FROM number
        """

    @Test func `ends with its own sentence before it has begun`() throws {
        let handle = ReadHandle()
        handle.cancel()
        #expect(handle.isCancelled)
        #expect(throws: StoreError.cancelled) { try store.search(HistoryQuery(), limit: 9, handle: handle) }
        #expect(throws: StoreError.cancelled) { try store.history(HistoryPageRequest(), handle: handle) }
        #expect(throws: StoreError.cancelled) { try store.count(HistoryQuery(text: "lamp"), handle: handle) }
        #expect(try store.found("lamp") == ["a lamp"])
    }

    @Test func `ends while SQLite computes, and others go on`() async throws {
        let handle = ReadHandle()
        let store = store
        let outcome: Result<Int, any Error> = await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                let result = Result {
                    try store.searching(handle) { _, db in
                        // It is cancelled only while the statement runs, from another connection's reading.
                        db.add(
                            function: DatabaseFunction("giveUp", argumentCount: 0) { _ in
                                handle.cancel()
                                return 1
                            })
                        let sql = Self.endless.replacing("n + 1 FROM", with: "n + giveUp() FROM")
                        return try Int.fetchOne(db, sql: sql) ?? 0
                    }
                }
                continuation.resume(returning: result)
            }
        }
        #expect(throws: StoreError.cancelled) { try outcome.get() }
        #expect(try store.found("lamp") == ["a lamp"])
        #expect(try store.search(HistoryQuery(), limit: 9, handle: ReadHandle()).count == 1)
    }

    @Test func `ends between two statements of the same reading too`() throws {
        let handle = ReadHandle()
        #expect(throws: StoreError.cancelled) {
            try store.searching(handle) { _, db in
                handle.cancel()
                return try Int.fetchOne(db, sql: Self.endless)
            }
        }
        #expect(try store.found("lamp") == ["a lamp"])
    }

    @Test func `serves one reading after another until it is cancelled`() throws {
        let handle = ReadHandle()
        for _ in 0..<3 { #expect(try store.search(HistoryQuery(), limit: 9, handle: handle).count == 1) }
        handle.cancel()
        #expect(throws: StoreError.cancelled) { try store.search(HistoryQuery(), limit: 9, handle: handle) }
    }
}
