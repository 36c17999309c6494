// Stores that cannot be written.
// - A file system that is full or read-only is mounted, which takes root; another user's folder is tried as nobody.

import Foundation
import GRDB
import Generation
import Testing

@testable import Store

@Suite struct ReadOnlyTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Makes a store and leaves no file of it open.
    private func makeStore(_ path: String) throws {
        let store = try DraftStore.open(path: path)
        try store.keep("on the disk")
        try store.close()
    }

    /// Lets a process die with a draft in the log.
    private func crash(_ path: String) async {
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try DraftStore.open(path: path)
            try store.keep("in the log")
            kill(getpid(), SIGKILL)
        }
    }

    /// Reads the store in each way there is.
    private func expectReadable(_ path: String, _ texts: Set<String>, reason: StoreError) throws {
        let store = try DraftStore.openForReading(path: path)
        // With its files in place SQLite can open a store for writing on a full disk too, as long as nothing is written.
        if store.readOnlyReason != nil || reason != .diskFull(path: path) { #expect(store.readOnlyReason == reason) }
        #expect(try Set(store.history(limit: 9).generations.flatMap { $0.drafts.map(\.text) }) == texts)
        #expect(try Set(store.found("the")) == texts)
        #expect(try store.exported(.all).count == texts.count)
        #expect(try store.checkIntegrity(isQuick: true).isEmpty)
        #expect(throws: reason) { try store.keep("more") }
        try store.backup(to: folder.path + "/copy-\(UUID().uuidString).db")
        try store.close()
    }

    @Test(
        .enabled(if: SmallDisk.isPossible, "only root can mount a small disk"), arguments: [false, true], [false, true])
    func `a full disk's store can be read, with what a crash left in the log`(
        hasCrashed: Bool, hasLogIndex: Bool
    ) async throws {
        let disk = try SmallDisk(folder.path + "/disk")
        let path = disk.path + "/copydesk.db"
        try makeStore(path)
        if hasCrashed { await crash(path) }
        if !hasLogIndex { unlink(path + "-shm") }
        try disk.fill()
        try expectReadable(
            path, hasCrashed ? ["on the disk", "in the log"] : ["on the disk"], reason: .diskFull(path: path))
        try disk.makeRoom()
        #expect(try DraftStore.open(path: path).statistics().drafts == (hasCrashed ? 2 : 1))
    }

    @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk"))
    func `a reader that comes after the file was opened for writing gets an error and no crash`() throws {
        let disk = try SmallDisk(folder.path + "/disk")
        let path = disk.path + "/copydesk.db"
        try makeStore(path)
        unlink(path + "-shm")
        try disk.fill()
        let store = try DraftStore.openForReading(path: path)
        let early = store.current
        try #require(early.frozenState != nil)
        #expect(try early.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM draft") } == 1)
        try disk.makeRoom()
        try store.keep("more")
        #expect(throws: DatabaseError.self) { try early.read { try Int.fetchOne($0, sql: "SELECT 1") } }
        let texts = try store.history(limit: 9).generations.flatMap { $0.drafts.map(\.text) }
        #expect(Set(texts) == ["on the disk", "more"])
        try store.close()
    }

    @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk"))
    func `a small disk has room at once, even if another process still has its filling open`() throws {
        let disk = try SmallDisk(folder.path + "/disk")
        try disk.fill()
        let held = open(disk.path + "/filling", O_RDONLY | O_CLOEXEC)
        try #require(held >= 0)
        defer { close(held) }
        #expect(Disk.isFull(at: disk.path + "/copydesk.db"))
        try disk.makeRoom()
        #expect(!Disk.isFull(at: disk.path + "/copydesk.db"))
    }

    @Test(
        .enabled(if: SmallDisk.isPossible, "only root can mount a small disk"), arguments: [false, true], [false, true])
    func `a read-only medium's store can be read, with what a crash left in the log`(
        hasCrashed: Bool, hasLogIndex: Bool
    ) async throws {
        let disk = try SmallDisk(folder.path + "/disk")
        let path = disk.path + "/copy desk?#%.db"
        try makeStore(path)
        if hasCrashed { await crash(path) }
        if !hasLogIndex { unlink(path + "-shm") }
        try disk.makeReadOnly()
        try expectReadable(
            path, hasCrashed ? ["on the disk", "in the log"] : ["on the disk"], reason: .readOnly(path: path))
    }

    @Test(arguments: [false, true])
    func `another user's store can be read, and nothing is put beside it`(hasCrashed: Bool) async throws {
        let path = folder.store
        try makeStore(path)
        if hasCrashed { await crash(path) }
        for name in try folder.names() { chmod(folder.path + "/" + name, 0o444) }
        chmod(folder.path, 0o555)
        let names = try folder.names()
        let texts = hasCrashed ? 2 : 1
        await #expect(processExitsWith: .success) { [path = path as String, texts = texts as Int] in
            // Root may write everywhere: as nobody it is another user's.
            if geteuid() == 0 && setuid(65534) != 0 { exit(1) }
            let store = try DraftStore.openForReading(path: path)
            guard store.readOnlyReason == .readOnly(path: path), try store.found("the").count == texts,
                try store.exported(.all).count == texts
            else { exit(2) }
            do {
                try store.setStarred(true, draftIds: [1])
                exit(3)
            } catch StoreError.readOnly {}
            try store.close()
        }
        #expect(try folder.names() == names)
        chmod(folder.path, 0o755)
    }

    @Test func `a store that can be written is opened for writing`() throws {
        let store = try DraftStore.openForReading(path: folder.store)
        #expect(store.readOnlyReason == nil)
        try store.keep("x")
    }

    @Test func `a store that another process keeps locked can be read at once`() throws {
        let store = try DraftStore.open(path: folder.store)
        try store.keep("on the disk")
        let neighbour = try FileLock(path: folder.store + "-lock", storePath: folder.store)
        #expect(neighbour.take(.exclusive, patienceSeconds: 0))
        let reading = try DraftStore.openForReading(path: folder.store, patienceSeconds: 0.02)
        #expect(reading.readOnlyReason == .busy(path: folder.store))
        #expect(try reading.found("disk") == ["on the disk"])
    }

    @Test func `a store that was locked is written once the lock is let go, and read all the while`() throws {
        let path = folder.store
        try makeStore(path)
        let neighbour = try FileLock(path: path + "-lock", storePath: path)
        #expect(neighbour.take(.exclusive, patienceSeconds: 0))
        // No patience: attempts that fail at once are not followed by a pause.
        let store = try DraftStore.openForReading(path: path, patienceSeconds: 0)
        #expect(throws: StoreError.busy(path: path)) { try store.keep("too early") }
        #expect(try store.found("disk") == ["on the disk"])
        neighbour.letGo()
        try eventually { try store.keep("in time") }
        #expect(store.readOnlyReason == nil)
        #expect(try Set(store.found("in")) == ["in time"])
        try store.close()
        #expect(try DraftStore.open(path: path).statistics().drafts == 2)
    }

    @Test(
        .enabled(if: SmallDisk.isPossible, "only root can mount a small disk"), arguments: [false, true], [false, true])
    func `a store opened on a full disk is written once there is room`(
        hasCrashed: Bool, hasLogIndex: Bool
    ) async throws {
        let disk = try SmallDisk(folder.path + "/disk")
        let path = disk.path + "/copydesk.db"
        try makeStore(path)
        if hasCrashed { await crash(path) }
        if !hasLogIndex { unlink(path + "-shm") }
        try disk.fill()
        let store = try DraftStore.openForReading(path: path)
        #expect(throws: StoreError.diskFull(path: path)) { try store.keep("too early") }
        let texts = try store.found("the")
        #expect(!texts.isEmpty)
        try disk.makeRoom()
        // Reading at the same moment goes on, whichever opening it meets.
        let reading = Task.detached {
            try (0..<200).allSatisfy { _ in try Set(store.found("the")).isSuperset(of: texts) }
        }
        try eventually { try store.keep("now") }
        #expect(store.readOnlyReason == nil)
        #expect(try await reading.value)
        // Locks of the new opening hold: a second process, as it were, sees and adds.
        let other = try DraftStore.open(path: path)
        try other.keep("by another")
        try store.keep("and again")
        #expect(try store.exported(.all).count == texts.count + 3)
        try store.close()
        #expect(try other.checkIntegrity().isEmpty)
    }

    @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk"))
    func `a store on a medium that stays read-only can be read after writes were refused`() throws {
        let disk = try SmallDisk(folder.path + "/disk")
        let path = disk.path + "/copydesk.db"
        try makeStore(path)
        try disk.makeReadOnly()
        let store = try DraftStore.openForReading(path: path)
        for _ in 1...3 {
            #expect(throws: StoreError.readOnly(path: path)) { try store.keep("refused") }
            #expect(try store.found("disk") == ["on the disk"])
        }
        try disk.makeWritable()
        try eventually { try store.keep("taken") }
        #expect(try store.exported(.all).count == 2)
    }

    @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk"))
    func `a store that is gone when it could be written again is not made anew`() throws {
        let disk = try SmallDisk(folder.path + "/disk")
        let path = disk.path + "/copydesk.db"
        try makeStore(path)
        try disk.fill()
        let store = try DraftStore.openForReading(path: path)
        #expect(store.readOnlyReason != nil)
        try disk.makeRoom()
        unlink(path)
        #expect(throws: StoreError.gone(path: path)) { try store.keep("x") }
        #expect(Disk.size(of: path) == nil)
    }

    /// Tries until it works: after an attempt that took long, a store pauses before the next one.
    private func eventually(_ body: () throws -> Void) throws {
        let end = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < end {
            if (try? body()) != nil { return }
        }
        try body()
    }

    @Test func `if there is nothing to read, the sentence says why nothing can be written`() throws {
        let path = folder.path + "/file/copydesk.db"
        try Data().write(to: URL(fileURLWithPath: folder.path + "/file"))
        let error = #expect(throws: StoreError.self) { try DraftStore.openForReading(path: path) }
        #expect(error?.description.hasPrefix("\(path) cannot be opened: ") == true)
    }

    @Test func `without its index a store is searched by reading its texts`() throws {
        let store = try DraftStore.open(path: folder.store)
        try store.keep("A lamp for 50 % less", "灯光", "café")
        try store.execute("DROP TABLE draftSearch")
        let reading = try DraftStore.openReadOnly(path: folder.store)
        #expect(try reading.found("LESS") == ["A lamp for 50 % less"])
        #expect(try reading.found("灯") == ["灯光"])
        #expect(try reading.found("50 %") == ["A lamp for 50 % less"])
        #expect(try reading.found("100%").isEmpty)
        #expect(try reading.exported(.found(HistoryQuery(text: "less"))) == [1])
    }

    @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk"))
    func `a file that is read without locks must not change under the reader`() throws {
        let disk = try SmallDisk(folder.path + "/disk")
        let path = disk.path + "/copydesk.db"
        try DraftStore.open(path: path).close()
        try disk.makeReadOnly()
        let reading = try DraftStore.openForReading(path: path)
        #expect(try reading.history(limit: 1).generations.isEmpty)
        try disk.makeWritable()
        let file = try #require(FileHandle(forUpdatingAtPath: path))
        try file.seekToEnd()
        try file.write(contentsOf: Data(count: 4096))
        try file.close()
        #expect(throws: StoreError.changed(path: path)) { try reading.history(limit: 1) }
    }
}

/// A file system of two megabytes in memory, mounted on a folder.
/// Other tests start processes, and a new process has all files of this one open until its own program begins. So a file
/// is emptied before it is removed, and a disk is made read-only when nobody has a file open for writing any more.
final class SmallDisk {
    let path: String

    static let isPossible: Bool = {
        guard geteuid() == 0 else { return false }
        let folder = NSTemporaryDirectory() + "copydesk-mount-\(UUID().uuidString)"
        guard mkdir(folder, 0o700) == 0 else { return false }
        defer { rmdir(folder) }
        guard mount("tmpfs", folder, "tmpfs", 0, "size=1m") == 0 else { return false }
        return umount2(folder, Int32(MNT_DETACH)) == 0
    }()

    struct Refused: Error { var code: CInt }

    init(_ path: String) throws {
        self.path = path
        mkdir(path, 0o755)
        if mount("tmpfs", path, "tmpfs", 0, "size=2m,mode=755") != 0 { throw Refused(code: errno) }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// Leaves not a byte.
    func fill() throws {
        let descriptor = open(path + "/filling", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        let bytes = [UInt8](repeating: 1, count: 1024)
        while write(descriptor, bytes, bytes.count) > 0 {}
        if errno != ENOSPC { throw Refused(code: errno) }
    }

    func makeRoom() throws {
        // A removed file takes its room until the last process closes it.
        guard truncate(path + "/filling", 0) == 0, unlink(path + "/filling") == 0 else { throw Refused(code: errno) }
    }

    func makeReadOnly() throws { try remount(UInt(MS_REMOUNT | MS_RDONLY)) }

    func makeWritable() throws { try remount(UInt(MS_REMOUNT)) }

    private func remount(_ flags: UInt) throws {
        let end = ContinuousClock.now + .seconds(20)
        while mount("tmpfs", path, "tmpfs", flags, "size=2m") != 0 {
            guard errno == EBUSY, ContinuousClock.now < end else { throw Refused(code: errno) }
            sched_yield()
        }
    }
}
