// Opening a store: its settings, and the sentences if it cannot be opened.

import Foundation
import Generation
import Store
import Testing

@Suite struct OpeningTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `a new store is made with its folders, for its owner alone`() throws {
        let path = folder.path + "/a/b/copydesk.db"
        let store = try DraftStore.open(path: path)
        try store.keep("x")
        for name in ["", "-wal", "-shm", "-lock"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: path + name)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
        let above = try FileManager.default.attributesOfItem(atPath: folder.path + "/a/b")
        #expect(above[.posixPermissions] as? Int == 0o700)
    }

    @Test func `what is saved is on the disk, and nobody checkpoints but us`() throws {
        let store = try DraftStore.open(path: folder.store)
        #expect(try store.value("PRAGMA journal_mode") == "wal")
        #expect(try store.value("PRAGMA synchronous") == "2")
        #expect(try store.value("PRAGMA foreign_keys") == "1")
        #expect(try store.value("PRAGMA busy_timeout") == "5000")
        #expect(try store.value("PRAGMA wal_autocheckpoint") == "0")
        #expect(try store.value("PRAGMA journal_size_limit") == "4194304")
    }

    @Test func `a store of a newer program is refused and left as it is`() throws {
        let store = try DraftStore.open(path: folder.store)
        try store.keep("kept")
        try store.execute("INSERT INTO grdb_migrations VALUES ('99: what is to come')")
        try store.close()
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.store))
        let error = #expect(throws: StoreError.self) { try DraftStore.open(path: folder.store) }
        #expect(
            error?.description
                == "\(folder.store) was made by a newer Copydesk, and this version cannot read it. Update Copydesk.")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.store)) == before)
    }

    @Test(arguments: ["hello", String(repeating: "# Notes\nSome text.\n", count: 500)])
    func `a file that is no database is refused and left as it is`(content: String) throws {
        try Data(content.utf8).write(to: URL(fileURLWithPath: folder.store))
        #expect(throws: StoreError.notADatabase(path: folder.store)) { try DraftStore.open(path: folder.store) }
        #expect(try String(contentsOfFile: folder.store, encoding: .utf8) == content)
    }

    @Test func `another program's database is refused and left as it is`() throws {
        try makeForeignDatabase(folder.store)
        #expect(throws: StoreError.foreignDatabase(path: folder.store)) { try DraftStore.open(path: folder.store) }
        #expect(try recipes(folder.store) == ["soup"])
    }

    @Test func `a folder in the store's place is named`() throws {
        #expect(throws: StoreError.folderInPlace(path: folder.path)) { try DraftStore.open(path: folder.path) }
        #expect(
            StoreError.folderInPlace(path: "/d").description
                == "/d is a folder, and the store needs a file. Name a file, for example /d/copydesk.db."
        )
    }

    @Test func `a file in a folder's place is named`() throws {
        try Data().write(to: URL(fileURLWithPath: folder.path + "/file"))
        let path = folder.path + "/file/copydesk.db"
        let error = #expect(throws: StoreError.self) { try DraftStore.open(path: path) }
        #expect(error?.description.hasPrefix("\(path) cannot be opened: ") == true)
    }

    @Test func `an empty file becomes a store`() throws {
        try Data().write(to: URL(fileURLWithPath: folder.store))
        try DraftStore.open(path: folder.store).keep("x")
    }

    @Test func `a damaged store is refused with a sentence and left as it is`() throws {
        let store = try DraftStore.open(path: folder.store)
        for number in 1...50 { try store.keep(String(repeating: "text \(number) ", count: 200)) }
        try store.close()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: folder.store))
        // The header stays; every page after the first is rubbish.
        for index in 4096..<bytes.count { bytes[index] = 0xAA }
        try bytes.write(to: URL(fileURLWithPath: folder.store))
        let error = #expect(throws: StoreError.corrupt(path: folder.store)) {
            try DraftStore.open(path: folder.store)
        }
        #expect(
            error?.description
                == "\(folder.store) is damaged and was left as it is. Salvage what can be read, or restore a backup.")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.store)) == bytes)
    }

    @Test func `a closed store says so, and closing leaves one whole file`() throws {
        let store = try DraftStore.open(path: folder.store)
        try store.keep("x")
        try store.close()
        #expect(throws: StoreError.closed(path: folder.store)) { try store.keep("y") }
        #expect(throws: StoreError.closed(path: folder.store)) { try store.history(limit: 1) }
        let names = try folder.names()
        #expect(names == ["copydesk.db", "copydesk.db-lock"])
        #expect(try DraftStore.open(path: folder.store).found("x") == ["x"])
    }

    @Test func `closing twice is closing once`() throws {
        let store = try DraftStore.open(path: folder.store)
        try store.close()
        try store.close()
        #expect(!store.checkpoint())
        #expect(throws: StoreError.closed(path: folder.store)) { try store.statistics() }
    }

    @Test func `a refused file has nothing put beside it`() throws {
        try Data("hello".utf8).write(to: URL(fileURLWithPath: folder.store))
        #expect(throws: StoreError.self) { try DraftStore.open(path: folder.store) }
        let names = try folder.names()
        #expect(names == ["copydesk.db"])
    }

    @Test func `a new store reports nothing put right`() throws {
        let store = try DraftStore.open(path: folder.store)
        #expect(store.recovery == RecoveryReport())
        try store.keep("x")
        try store.close()
        #expect(try DraftStore.open(path: folder.store).recovery == RecoveryReport())
    }

    @Test func `a name that looks like an address is a file's name`() throws {
        let store = try DraftStore.open(path: folder.path + "/file:x?mode=memory")
        try store.keep("x")
        try store.close()
        #expect(try folder.names().contains("file:x?mode=memory"))
        #expect(throws: StoreError.noName) { try DraftStore.open(path: "") }
    }

    @Test func `a store that others could read is closed to them when it is opened for writing`() throws {
        let store = try DraftStore.open(path: folder.store)
        try store.keep("x")
        try store.close()
        for name in ["", "-lock"] { chmod(folder.store + name, 0o644) }
        symlink("copydesk.db", folder.path + "/link.db")
        let again = try DraftStore.open(path: folder.path + "/link.db")
        try again.keep("y")
        for name in ["", "-wal", "-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.store + name)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test func `a folder that may not be written to gets a sentence`() async throws {
        try DraftStore.open(path: folder.store).close()
        chmod(folder.path, 0o555)
        chmod(folder.store, 0o644)
        chmod(folder.store + "-lock", 0o644)
        await #expect(processExitsWith: .success) {
            [path = folder.store as String, new = folder.path + "/new.db" as String] in
            // Root may write everywhere: as somebody else the sentence shows.
            if geteuid() == 0 && setuid(65534) != 0 { exit(0) }
            for path in [path, new] {
                do {
                    try DraftStore.open(path: path).close()
                    exit(1)
                } catch StoreError.readOnly {}
            }
        }
        chmod(folder.path, 0o755)
    }
}
