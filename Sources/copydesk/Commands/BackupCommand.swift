import ArgumentParser
import Foundation
import Store

/// A copy of the store in a file of its own.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the store into a file and check it; others can write meanwhile.",
        discussion: """
            copydesk backup ~/copydesk-backup.db

            The file is a store of its own: look into it with --database, put it back with `copydesk restore`. \
            An existing file is not overwritten without --force.
            JSON: {"store", "backup", "generations", "drafts", "bytes"}.
            """)

    @OptionGroup var shared: SharedOptions
    @Argument(help: ArgumentHelp("The file to write.", valueName: "file")) var file: String
    @Flag(help: "Overwrite the file if it is there.") var force = false
    @Flag(help: "Print JSON.") var json = false

    private struct Report: Encodable {
        var store: String
        var backup: String
        var generations: Int
        var drafts: Int
        var bytes: Int64
    }

    func run() throws {
        guard !file.isEmpty else { throw Failure("The backup needs a file name, for example copydesk-backup.db.") }
        let store = try shared.openStoreForReading(mustExist: true)
        defer { try? store.close() }
        let made: BackupReport
        do {
            made = try store.backup(to: TextFile.expand(file), replaces: force)
        } catch let error as StoreError {
            guard case .targetExists = error else { throw Failure(error.sentence(named: TextFile.absolute(file))) }
            throw Failure(error.description + " --force replaces it.")
        }
        if json {
            return try Console.printJSON(
                Report(
                    store: store.path, backup: file, generations: made.generations, drafts: made.drafts,
                    bytes: made.bytes))
        }
        try Console.print(
            "\(counted(made.generations, "generation")), \(counted(made.drafts, "draft")) copied to \(file).")
    }
}

/// A backup in the store's place.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the store's place; the old store is kept beside it.",
        discussion: """
            copydesk restore ~/copydesk-backup.db

            The backup is checked first and not changed. No other process may have the store open. \
            (`history restore` takes drafts out of the trash.)
            JSON: {"store", "backup", "generations", "drafts", "kept"}; kept is the old store's new name, or null.
            """)

    @OptionGroup var shared: SharedOptions
    @Argument(help: ArgumentHelp("The backup.", valueName: "file")) var file: String
    @Flag(help: "Print JSON.") var json = false

    private struct Report: Encodable {
        var store: String
        var backup: String
        var generations: Int
        var drafts: Int
        var kept: String?

        private enum Key: String, CodingKey { case store, backup, generations, drafts, kept }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(store, forKey: .store)
            try container.encode(backup, forKey: .backup)
            try container.encode(generations, forKey: .generations)
            try container.encode(drafts, forKey: .drafts)
            try container.encode(kept, forKey: .kept)
        }
    }

    func run() throws {
        guard !file.isEmpty else { throw Failure("Name the backup to restore, for example copydesk-backup.db.") }
        let done: RestoreReport
        do {
            done = try DraftStore.restore(from: TextFile.expand(file), to: shared.databasePath)
        } catch let error as StoreError {
            throw Failure(error.sentence(named: TextFile.absolute(file)))
        }
        if json {
            return try Console.printJSON(
                Report(
                    store: shared.databasePath, backup: file, generations: done.backup.generations,
                    drafts: done.backup.drafts, kept: done.keptStorePath))
        }
        try Console.print(
            "\(counted(done.backup.generations, "generation")), \(counted(done.backup.drafts, "draft")) "
                + "restored from \(file) to \(shared.databasePath).")
        if let kept = done.keptStorePath { try Console.print("The store that was there is kept as \(kept).") }
    }
}

/// `1 draft`, `2 drafts`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
