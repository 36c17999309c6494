// A store's file, opened by SQLite if nothing can be written.
// - The store is not changed. Text that a crash left in the log (`-wal`) is read too.
// - As long as SQLite can use the log's index (`-shm`), readers and living writers see each other as usual.
// - If it cannot, and no process has the store open, the file is read without locks; `frozenState` later shows if
//   somebody began to write after all.

import GRDB

enum ReadOnlyDatabase {
    struct Opened {
        var connections: any DatabaseWriter
        /// `nil` if SQLite's locks hold.
        var frozenState: Disk.State?
    }

    static func open(_ path: String, _ patienceSeconds: Double) throws -> Opened {
        // Only a process that puts a backup in the store's place holds it alone.
        let lock = FileLock.existing(path: path + "-lock")
        // A reader does not wait for a writer that is stuck.
        _ = lock?.take(.shared, patienceSeconds: 0.2)
        defer { lock?.letGo() }
        let path = Disk.resolved(path)
        let hasLog = Disk.size(of: path + "-wal") != nil
        // SQLite would try to make a log, even to read.
        if !hasLog && Disk.isReadOnly(at: path) { return try openFrozen(path, patienceSeconds) }
        do {
            var settings = configuration(patienceSeconds)
            settings.prepareDatabase(OlderSchema.complete)
            let pool = try DatabasePool(path: path, configuration: settings)
            // SQLite opens the log when it first reads.
            try pool.read { db in _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") }
            return Opened(connections: pool)
        } catch let error as DatabaseError where canBeForWantOfWriting(error) {
            return try openFrozen(path, patienceSeconds)
        }
    }

    private static func canBeForWantOfWriting(_ error: DatabaseError) -> Bool {
        switch error.resultCode {
        case .SQLITE_CANTOPEN, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_FULL, .SQLITE_PERM: true
        default: false
        }
    }

    /// Opens a file that no process has open, without locks.
    private static func openFrozen(_ path: String, _ patienceSeconds: Double) throws -> Opened {
        if Disk.isOpenElsewhere(indexOfLog: path + "-shm") { throw StoreError.busy(path: path) }
        let hasLog = (Disk.size(of: path + "-wal") ?? 0) > 0
        var settings = configuration(patienceSeconds)
        if hasLog {
            // In this mode SQLite keeps the log's index in its own memory instead of in `-shm`.
            settings.prepareDatabase { db in try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
        }
        // Last, because it reads the file.
        settings.prepareDatabase(OlderSchema.complete)
        let address = hasLog ? "?mode=ro&vfs=unix-none" : "?mode=ro&immutable=1"
        let state = Disk.state(of: path)
        let queue = try DatabaseQueue(path: "file:" + escaped(path) + address, configuration: settings)
        return Opened(connections: queue, frozenState: state)
    }

    private static func configuration(_ patienceSeconds: Double) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(patienceSeconds)
        configuration.maximumReaderCount = 3
        configuration.prepareDatabase { db in
            db.add(tokenizer: SearchTokenizer.self)
            // Temporary files may be on the full disk.
            try db.execute(sql: "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF")
        }
        return configuration
    }

    /// A path as part of a URI.
    private static func escaped(_ path: String) -> String {
        var escaped = ""
        for byte in path.utf8 {
            let isPlain = byte < 0x80 && !"%?#".utf8.contains(byte) && byte > 0x20
            escaped += isPlain ? String(UnicodeScalar(byte)) : "%" + hexadecimal(byte >> 4) + hexadecimal(byte & 15)
        }
        return escaped
    }

    private static func hexadecimal(_ digit: UInt8) -> String { String(digit, radix: 16) }
}
