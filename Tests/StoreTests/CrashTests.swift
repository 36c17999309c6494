// Crashes, full disks and neighbours: processes that die, and processes that write at the same time.
// - The child processes are exit tests: the same program, started anew for one closure.

import Foundation
import Generation
import Testing

@testable import Store

@Suite struct CrashTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `a killed process loses nothing it had saved, and what it was writing is interrupted`() async throws {
        let path = folder.store
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try DraftStore.open(path: path)
            try store.keep("an earlier one")
            let begun = try store.beginGeneration(.example(variants: 2))
            let acknowledged = open(path + ".acknowledged", O_CREAT | O_WRONLY | O_APPEND, 0o600)
            let enough = DispatchSemaphore(value: 0)
            Thread.detachNewThread {
                enough.wait()
                kill(getpid(), SIGKILL)
            }
            var text = ""
            for word in 1...1_000_000 {
                text += "word\(word) "
                var drafts = begun.writing(text, text).drafts
                for index in drafts.indices { drafts[index].tokenCount = word }
                try store.saveText(drafts)
                write(acknowledged, "+", 1)
                if word == 40 { enough.signal() }
            }
        }
        let acknowledged = try #require(try? Data(contentsOf: URL(fileURLWithPath: path + ".acknowledged"))).count
        #expect(acknowledged >= 40)

        let store = try DraftStore.open(path: path)
        #expect(store.recovery.interruptedGenerations.count == 1)
        let kept = try #require(try store.history(limit: 1).generations.first)
        #expect(kept.status == .interrupted)
        #expect(kept.finishedAt != nil)
        for draft in kept.drafts {
            #expect(draft.finishReason == .interrupted)
            #expect(draft.tokenCount >= acknowledged)
            #expect(draft.text.hasSuffix("word\(draft.tokenCount) "))
        }
        #expect(try store.found("word39").count == 2)
        #expect(try store.found("earlier") == ["an earlier one"])
        #expect(try store.checkIntegrity().isEmpty)
        #expect(try !folder.names().contains { $0.contains("-writer-") })
    }

    @Test func `what a living process is writing is left alone by the next one`() async throws {
        let path = folder.store
        let store = try DraftStore.open(path: path)
        let begun = try store.beginGeneration(.example())
        try store.saveText(begun.writing("so far").drafts)
        await #expect(processExitsWith: .success) { [path = path as String] in
            let other = try DraftStore.open(path: path)
            let seen = try other.history(limit: 1).generations.first
            guard other.recovery.interruptedGenerations.isEmpty, seen?.status == .running,
                seen?.drafts.first?.finishReason == nil
            else { exit(1) }
            try other.close()
        }
        try store.finishGeneration(begun.writing("so far so good").ended())
        #expect(try store.generation(id: begun.id)?.status == .complete)
    }

    @Test func `a generation that was never finished is interrupted after its store is closed`() throws {
        let store = try DraftStore.open(path: folder.store)
        let begun = try store.beginGeneration(.example())
        try store.close()
        let again = try DraftStore.open(path: folder.store)
        #expect(again.recovery.interruptedGenerations == [begun.id])
        #expect(try again.draft(id: begun.drafts[0].id)?.finishReason == .interrupted)
    }

    @Test func `two processes write at the same time and both succeed`() async throws {
        let path = folder.store
        @Sendable func writer() async {
            await #expect(processExitsWith: .success) { [path = path as String] in
                // On a busy machine a writer that never pauses leaves the other one few moments.
                let store = try DraftStore.open(path: path, patienceSeconds: 120)
                for number in 1...40 {
                    try store.keep("both write \(number)")
                    if number % 5 == 0 { store.checkpoint() }
                }
                try store.close()
            }
        }
        async let first: Void = writer()
        async let second: Void = writer()
        _ = await (first, second)
        let store = try DraftStore.open(path: path)
        #expect(try store.statistics().drafts == 80)
        #expect(try store.search(HistoryQuery(text: "both"), limit: 100).count == 80)
        #expect(try store.checkIntegrity().isEmpty)
    }

    @Test func `a full disk gets a sentence, keeps what was saved, and takes the same text later`() throws {
        let store = try DraftStore.open(path: folder.store)
        let begun = try store.beginGeneration(.example())
        try store.saveText(begun.writing("short").drafts)
        let pages = try #require(try store.value("PRAGMA page_count").flatMap { Int($0) })
        try store.execute("PRAGMA max_page_count = \(pages + 2)")
        let long = String(repeating: "a long text ", count: 20_000)
        let error = #expect(throws: StoreError.diskFull(path: folder.store)) {
            try store.saveText(begun.writing(long).drafts)
        }
        #expect(
            error?.description
                == "\(folder.store) cannot be written: the disk is full. "
                + "Free some space and try again; what was saved is kept.")
        #expect(try store.draft(id: begun.drafts[0].id)?.text == "short")
        try store.execute("PRAGMA max_page_count = 1000000")
        try store.saveText(begun.writing(long).drafts)
        #expect(try store.draft(id: begun.drafts[0].id)?.text == long)
    }

    @Test func `a checkpoint waits for its turn instead of meeting another's write`() throws {
        let store = try DraftStore.open(path: folder.store)
        try store.keep("x")
        let neighbour = try FileLock(path: folder.store + "-lock", storePath: folder.store)
        #expect(neighbour.take(.shared, patienceSeconds: 0))
        #expect(!store.checkpoint())
        try store.keep("writers share the lock")
        neighbour.letGo()
        #expect(store.checkpoint())
    }

    @Test func `a neighbour who does not let go gets a sentence, and nothing is lost`() throws {
        let store = try DraftStore.open(path: folder.store, patienceSeconds: 0.02)
        let id = try store.keep("first").drafts[0].id
        let neighbour = try DraftStore.open(path: folder.store)
        try neighbour.write { (_) throws in
            let error = #expect(throws: StoreError.busy(path: folder.store)) {
                try store.revise(draftId: id, text: "second", origin: .edit)
            }
            #expect(
                error?.description
                    == "\(folder.store) is in use: another program is writing to it and does not finish. "
                    + "Try again in a moment.")
            #expect(try store.draft(id: id)?.text == "first")
        }
        try store.revise(draftId: id, text: "second", origin: .edit)
        #expect(try store.draft(id: id)?.text == "second")
    }

    @Test func `a neighbour's death is noticed at the next opening, even while the store is open`() async throws {
        let store = try DraftStore.open(path: folder.store)
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.store as String] in
            let neighbour = try DraftStore.open(path: path)
            let begun = try neighbour.beginGeneration(.example())
            try neighbour.saveText(begun.writing("last words").drafts)
            kill(getpid(), SIGKILL)
        }
        #expect(try store.history(limit: 1).generations.first?.status == .running)
        #expect(try DraftStore.open(path: folder.store).recovery.interruptedGenerations.count == 1)
        #expect(try store.history(limit: 1).generations.first?.status == .interrupted)
        #expect(try store.found("last words") == ["last words"])
        #expect(try store.checkIntegrity().isEmpty)
    }
}
