// Copies of a store, and copies put in a store's place.

import Foundation
import Generation
import Testing

@testable import Store

@Suite struct BackupTests {
    let folder: TemporaryFolder
    let target: String

    init() throws {
        folder = try TemporaryFolder()
        target = folder.path + "/backup.db"
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func `a backup is a store of its own with everything in it, in one file`() throws {
        let store = try DraftStore.open(path: folder.store)
        let kept = try store.keep("a lamp", "灯光")
        let report = try store.backup(to: target)
        #expect(report == BackupReport(generations: 1, drafts: 2, bytes: Int64(try bytes(target).count)))
        #expect(try mode(target) == 0o600)
        #expect(try folder.names().filter { $0.hasPrefix("backup") } == ["backup.db"])
        try store.keep("later")
        let copy = try DraftStore.open(path: target)
        #expect(try copy.generation(id: kept.id) == store.generation(id: kept.id))
        #expect(try copy.found("灯") == ["灯光"])
        #expect(try copy.found("later").isEmpty)
        #expect(try copy.checkIntegrity().isEmpty)
    }

    @Test func `a backup replaces nothing unasked and leaves no half behind`() throws {
        let store = try DraftStore.open(path: folder.store)
        try store.keep("a lamp")
        try Data("precious".utf8).write(to: URL(fileURLWithPath: target))
        let error = #expect(throws: StoreError.targetExists(path: target)) { try store.backup(to: target) }
        #expect(
            error?.description
                == "\(target) exists already and was left as it is. Name another file, or remove this one.")
        #expect(try String(contentsOfFile: target, encoding: .utf8) == "precious")
        #expect(throws: StoreError.self) { try store.backup(to: folder.path + "/missing/backup.db") }
        #expect(throws: StoreError.targetIsStore(path: folder.store)) {
            try store.backup(to: folder.store, replaces: true)
        }
        symlink("copydesk.db", folder.path + "/link.db")
        #expect(throws: StoreError.self) { try store.backup(to: folder.path + "/link.db", replaces: true) }
        #expect(try !folder.names().contains { $0.hasPrefix(".copydesk-") })
        try store.backup(to: target, replaces: true)
        #expect(try DraftStore.open(path: target).found("lamp") == ["a lamp"])
    }

    @Test func `a log that lies beside the backup's name is not taken for its own`() throws {
        let store = try DraftStore.open(path: folder.store)
        try store.keep("a lamp")
        try Data("a log of another file".utf8).write(to: URL(fileURLWithPath: target + "-wal"))
        #expect(throws: StoreError.targetExists(path: target + "-wal")) { try store.backup(to: target) }
        try store.backup(to: target, replaces: true)
        #expect(try folder.names().filter { $0.hasPrefix("backup") } == ["backup.db"])
    }

    @Test func `a backup made while another process writes holds whole generations`() async throws {
        let path = folder.store
        try DraftStore.open(path: path).close()
        async let writing: Void = {
            await #expect(processExitsWith: .success) { [path = path as String] in
                let store = try DraftStore.open(path: path)
                for number in 1...60 { try store.keep("first \(number)", "second \(number)") }
                try store.close()
            }
        }()
        let store = try DraftStore.open(path: path)
        var counts: [Int] = []
        for number in 1...5 {
            let report = try store.backup(to: "\(target)-\(number)")
            counts.append(report.drafts)
            let copy = try DraftStore.openReadOnly(path: "\(target)-\(number)")
            #expect(try copy.statistics().drafts == report.drafts)
            #expect(try copy.checkIntegrity().isEmpty)
        }
        await writing
        #expect(counts == counts.sorted())
        #expect(try store.statistics().drafts == 120)
    }

    @Test func `a damaged store makes no backup`() throws {
        let store = try DraftStore.open(path: folder.store)
        for number in 1...20 { try store.keep(String(repeating: "text \(number) ", count: 1000)) }
        try store.close()
        try damage(folder.store, at: 40 * 4096, count: 8192, seed: 3)
        let damaged = try DraftStore.openReadOnly(path: folder.store)
        #expect(throws: StoreError.corrupt(path: folder.store)) { try damaged.backup(to: target) }
        #expect(try !folder.names().contains { $0.hasPrefix("backup") })
    }

    @Test func `after each of twenty crashes a backup is restored whole, and the crashed store is kept whole`()
        async throws
    {
        let store = try DraftStore.open(path: folder.store)
        for number in 1...5 { try store.keep("kept \(number)") }
        try store.backup(to: target)
        try store.close()
        for round in 1...20 {
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.store as String, round = round as Int] in
                let store = try DraftStore.open(path: path)
                for number in 1...(1 + round % 4) {
                    try store.keep(String(repeating: "round \(round) ", count: 500 * number))
                    // In some rounds a part of it is in the file already, and a part in the log alone.
                    if number == round % 3 { store.checkpoint() }
                }
                let begun = try store.beginGeneration(.example(variants: 2))
                try store.saveText(begun.writing("last words of round \(round)").drafts)
                kill(getpid(), SIGKILL)
            }
            #expect(FileManager.default.fileExists(atPath: folder.store + "-wal"))
            let report = try DraftStore.restore(from: target, to: folder.store)
            #expect(report.backup.drafts == 5)
            #expect(try !folder.names().contains("copydesk.db-wal"))
            let restored = try DraftStore.open(path: folder.store)
            #expect(try Set(restored.found("kept")) == Set((1...5).map { "kept \($0)" }))
            #expect(try restored.statistics().drafts == 5)
            #expect(try restored.checkIntegrity().isEmpty)
            try restored.close()
            let kept = try DraftStore.open(path: try #require(report.keptStorePath))
            #expect(kept.recovery.interruptedGenerations.count == 1)
            #expect(try kept.found("last words") == ["last words of round \(round)"])
            #expect(try kept.checkIntegrity().isEmpty)
        }
    }

    @Test func `a store is not replaced while another process has it open`() async throws {
        let store = try DraftStore.open(path: folder.store)
        try store.keep("in use")
        try store.backup(to: target)
        await #expect(processExitsWith: .success) { [path = folder.store as String, target = target as String] in
            do {
                _ = try DraftStore.restore(from: target, to: path, patienceSeconds: 0.1)
                exit(1)
            } catch StoreError.inUse(path) {
                exit(0)
            }
        }
        try store.keep("and goes on")
        #expect(try store.statistics().drafts == 2)
        #expect(
            StoreError.inUse(path: "a.db").description
                == "a.db is in use by another process and was left as it is. "
                + "Close the studio and other commands that use it, then try again.")
        #expect(try !folder.names().contains { $0.hasPrefix(".copydesk-") || $0.contains("before-restore") })
    }

    @Test func `a backup into a folder that is not there names the folder`() throws {
        let store = try DraftStore.open(path: folder.store)
        let path = folder.path + "/none/copy.db"
        let error = #expect(throws: StoreError.self) { try store.backup(to: path) }
        #expect(
            error?.description == "\(path) cannot be written: there is no folder \(folder.path)/none. "
                + "Make it first, or choose another place.")
    }

    @Test func `a damaged backup is refused, and the store does not change`() throws {
        let store = try DraftStore.open(path: folder.store)
        for number in 1...20 { try store.keep(String(repeating: "text \(number) ", count: 1000)) }
        try store.backup(to: target)
        try store.close()
        let before = try bytes(folder.store)
        func refused(_ name: String) -> StoreError? {
            #expect(throws: StoreError.self) {
                try DraftStore.restore(from: folder.path + "/" + name, to: folder.store)
            }
        }
        #expect(refused("missing.db") == .missing(path: folder.path + "/missing.db"))
        try Data("hello, this is a text and no database at all".utf8).write(
            to: URL(fileURLWithPath: folder.path + "/text"))
        #expect(refused("text") == .notABackup(path: folder.path + "/text", reason: "it is not an SQLite database"))
        try makeForeignDatabase(folder.path + "/recipes.db")
        #expect(
            refused("recipes.db")
                == .notABackup(path: folder.path + "/recipes.db", reason: "it is the database of another program"))
        #expect(refused("") == .notABackup(path: folder.path + "/", reason: "it is a folder"))
        try Data().write(to: URL(fileURLWithPath: folder.path + "/empty"))
        #expect(
            refused("empty")?.description
                == "\(folder.path)/empty is not a backup: it holds no drafts. Name another file.")
        #expect(refused("copydesk.db") == .targetIsStore(path: folder.store))
        try damage(target, at: 40 * 4096, count: 8192, seed: 4)
        let sentence = try #require(refused("backup.db")?.description)
        #expect(sentence.hasPrefix("\(target) is damaged"), "\(sentence)")
        #expect(try bytes(folder.store) == before)
        #expect(try !folder.names().contains { $0.hasPrefix(".copydesk-") || $0.contains("before-restore") })
    }

    @Test func `a backup is restored if there was no store`() throws {
        let store = try DraftStore.open(path: folder.store)
        try store.keep("a lamp")
        try store.backup(to: target)
        let place = folder.path + "/new/place/copydesk.db"
        let report = try DraftStore.restore(from: target, to: place)
        #expect(report.keptStorePath == nil)
        #expect(try mode(place) == 0o600)
        #expect(try DraftStore.open(path: place).found("lamp") == ["a lamp"])
    }

    @Test func `the old store's name tells the day, and no earlier one is replaced`() throws {
        let store = try DraftStore.open(path: folder.store)
        try store.keep("a lamp")
        try store.backup(to: target)
        try store.close()
        let now = Date(timeIntervalSince1970: 1_772_384_709)
        var names: Set<String> = []
        for _ in 1...3 {
            let kept = try DraftStore.restore(from: target, to: folder.store, now: now).keptStorePath
            names.insert(try #require(kept))
        }
        #expect(names.count == 3)
        for name in names {
            #expect(name.hasPrefix(folder.store + "-before-restore-2026-03-0"))
            #expect(try DraftStore.open(path: name).found("lamp") == ["a lamp"])
        }
    }
}

/// Overwrites bytes of a file with noise that is the same for the same seed.
func damage(_ path: String, at offset: Int, count: Int, seed: UInt64) throws {
    var generator = SplitMix(seed)
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    for index in offset..<min(bytes.count, offset + count) {
        bytes[index] = UInt8.random(in: 0...255, using: &generator)
    }
    try bytes.write(to: URL(fileURLWithPath: path))
}

/// A random generator that gives the same numbers for the same seed.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
