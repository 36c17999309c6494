// A search index that is made anew in parts: others write between them, and what was made is not made twice.

import Foundation
import GRDB
import Generation
import Synchronization
import Testing

@testable import Store

@Suite struct `A search index that is made anew` {
    private static let count = 2 * IndexBuilding.partCount + 500
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let store = try DraftStore.open(path: folder.store)
        let first = try store.keep("the first lamp")
        // More drafts of the same generation than fit a part, without an index.
        try store.execute(
            """
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(Self.count - 1))
            INSERT INTO draft (generationId, ordinal, text, finishReason, createdAt, updatedAt)
            SELECT \(first.id), i, 'lamp number' || i, 'stop', 0, 0 FROM n;
            DROP TABLE draftSearch;
            """)
        try store.close()
    }

    @Test func `tells how far it is, and lets others write meanwhile`() throws {
        let steps = Mutex<[IndexProgress]>([])
        let path = folder.store
        let failure = Mutex<(any Error)?>(nil)
        let store = try DraftStore.open(
            path: path,
            listener: { progress in
                let isFirst = steps.withLock { steps in
                    steps.append(progress)
                    return steps.count == 1
                }
                guard isFirst else { return }
                // Another process writes, and does not wait for any lock.
                do {
                    let lock = try FileLock(path: path + "-lock", storePath: path)
                    guard lock.take(.exclusive, patienceSeconds: 0) else { throw StoreError.busy(path: path) }
                    lock.letGo()
                    var configuration = Configuration()
                    configuration.busyMode = .immediateError
                    try DatabaseQueue(path: path, configuration: configuration).inDatabase { db in
                        try db.execute(sql: "BEGIN IMMEDIATE; UPDATE draft SET note = 'x' WHERE id = -1; COMMIT")
                    }
                } catch { failure.withLock { $0 = error } }
            })
        #expect(failure.withLock { $0.map { "\($0)" } } == nil)
        let seen = steps.withLock { $0 }
        #expect(seen.map(\.indexedDrafts) == [1, 2].map { $0 * IndexBuilding.partCount } + [Self.count])
        #expect(seen.allSatisfy { $0.allDrafts == Self.count })
        #expect(store.recovery.rebuiltSearch)
        #expect(try store.found("lamp", limit: 5000).count == Self.count)
        #expect(try store.found("\"number7\"") == ["lamp number7"])
        #expect(try store.checkIntegrity().isEmpty)
    }

    @Test func `that was interrupted goes on where it was, and finds the newest drafts before`() throws {
        // A process that dies after the first part.
        let dying = try unfinished()
        #expect(try dying.found("number\(Self.count - 1)") == ["lamp number\(Self.count - 1)"])
        try dying.keep("written meanwhile")
        try dying.close()

        let steps = Mutex<[IndexProgress]>([])
        let store = try DraftStore.open(
            path: folder.store, listener: { progress in steps.withLock { $0.append(progress) } })
        #expect(steps.withLock { $0.first?.indexedDrafts } == 2 * IndexBuilding.partCount + 1)
        #expect(try store.found("lamp", limit: 5000).count == Self.count + 1)
        #expect(try store.found("meanwhile") == ["written meanwhile"])
        #expect(try store.checkIntegrity().isEmpty)
        try store.close()
        #expect(try !DraftStore.open(path: folder.store).recovery.rebuiltSearch)
    }

    /// The store with the first part of its index.
    private func unfinished() throws -> DraftStore {
        let store = try DraftStore.open(path: folder.store)
        try store.write { db in
            try SearchIndex.create(db)
            let building = try IndexBuilding.begin(db)
            #expect(!building.isDone)
        }
        return store
    }
}
