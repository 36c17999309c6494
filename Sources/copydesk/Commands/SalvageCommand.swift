import ArgumentParser
import Drafting
import Export
import Foundation
import Generation
import Store

/// Saves the readable part of a damaged store.
struct SalvageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "salvage",
        abstract: "Write the readable part of a damaged store into a new store, or an export.",
        discussion: """
            copydesk salvage saved.db
            copydesk salvage saved.md --database damaged.db

            The damaged store is not changed. If the file ends in \(ExportFormat.list), it becomes an export, \
            otherwise a new store. An existing file is not overwritten without --force.
            JSON: {"store", "output", "generations", "drafts", "revisions", "tags", "conversations", "turns", "complete", \
            "cutDrafts", "cutGenerations", "cutTurns", "draftsFromIndex", "lostGenerations", "lostDrafts", \
            "lostConversations", "lostTurns", "damagedRows", "missingPages"}.
            """)

    @OptionGroup var shared: SharedOptions
    @Argument(help: ArgumentHelp("The file to write.", valueName: "file")) var file: String
    @Flag(help: "Overwrite the file if it is there.") var force = false
    @Flag(help: "Print JSON.") var json = false

    private struct Report: Encodable {
        var store: String
        var output: String
        var generations: Int
        var drafts: Int
        var revisions: Int
        var tags: Int
        var conversations: Int
        var turns: Int
        var complete: Bool
        var cutDrafts: [Int64]
        var cutGenerations: Int
        var cutTurns: Int
        var draftsFromIndex: Int
        var lostGenerations: Int
        var lostDrafts: Int
        var lostConversations: Int
        var lostTurns: Int
        var damagedRows: Int
        var missingPages: Int
    }

    func run() throws {
        guard !file.isEmpty else { throw Failure("Name the file to write, for example saved.db.") }
        let path = TextFile.expand(file)
        let found: SalvageReport
        if let format = ExportFormat(fileName: path) {
            found = try namingForce { try export(to: path, as: format) }
        } else {
            do {
                found = try DraftStore.salvage(from: shared.databasePath, to: path, replaces: force)
            } catch let error as StoreError {
                guard case .targetExists = error else { throw Failure(error.sentence(named: TextFile.absolute(file))) }
                throw Failure(error.description + " --force replaces it.")
            }
        }
        if json { return try Console.printJSON(report(found)) }
        let isStore = ExportFormat(fileName: path) == nil
        try Console.print("\(counts(found)) read from \(shared.databasePath) into \(file).")
        if !isStore, found.conversations > 0 {
            try Console.print(
                "- \(counted(found.conversations, "conversation")) cannot be in such a file. A new store has them: "
                    + "copydesk salvage saved.db")
        }
        for loss in losses(found) { try Console.print("- " + loss) }
        try Console.print(
            found.isComplete
                ? "Nothing is known to be missing."
                : "The parts listed above are lost or incomplete; all else was read.")
        if isStore { try Console.print("Put it in place with: copydesk restore \(file)") }
    }

    /// Salvages into a store that is removed afterwards, and exports all of it.
    private func export(to path: String, as format: ExportFormat) throws -> SalvageReport {
        if !force, FileManager.default.fileExists(atPath: path) { throw ExportError.exists(path: path) }
        let folder = FileManager.default.temporaryDirectory.appending(path: "copydesk-salvage-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: folder) }
        let salvaged = folder.appending(path: "salvaged.db").path
        let found = try DraftStore.salvage(from: shared.databasePath, to: salvaged)
        let store = try DraftStore.open(path: salvaged)
        defer { try? store.close() }
        // Whatever could be read is written, candidates and thoughts too.
        var options = ExportOptions()
        options.includesReasoning = true
        let all = DraftSelection.found(HistoryQuery(includesCandidates: true))
        _ = try DraftExport(store: store, selection: all, format: format, options: options)
            .write(toFile: path, force: force)
        return found
    }

    private func counts(_ found: SalvageReport) -> String {
        var counts = [counted(found.generations, "generation"), counted(found.drafts, "draft")]
        if found.conversations > 0 || found.turns > 0 {
            counts += [counted(found.conversations, "conversation"), counted(found.turns, "turn")]
        }
        return counts.joined(separator: ", ") + " and \(counted(found.revisions, "earlier text"))"
    }

    private func report(_ found: SalvageReport) -> Report {
        Report(
            store: shared.databasePath, output: file, generations: found.generations, drafts: found.drafts,
            revisions: found.revisions, tags: found.tags, conversations: found.conversations, turns: found.turns,
            complete: found.isComplete, cutDrafts: found.cutDrafts.sorted(), cutGenerations: found.cutGenerations,
            cutTurns: found.cutTurns, draftsFromIndex: found.draftsFromIndex,
            lostGenerations: found.lostGenerations, lostDrafts: found.lostDrafts,
            lostConversations: found.lostConversations, lostTurns: found.lostTurns, damagedRows: found.damagedRows,
            missingPages: found.missingPages)
    }

    private func losses(_ found: SalvageReport) -> [String] {
        var losses: [String] = []
        func add(_ count: Int, _ one: String, _ several: String) {
            if count > 0 { losses.append("\(count) \(count == 1 ? one : several).") }
        }
        let cut = found.cutDrafts.sorted()
        let names = cut.prefix(20).map { String($0) }.joined(separator: ", ") + (cut.count > 20 ? ", …" : "")
        add(cut.count, "draft is cut short: \(names)", "drafts are cut short: \(names)")
        add(
            found.draftsFromIndex, "draft has its text from the search index, without star and edits",
            "drafts have their texts from the search index, without stars and edits")
        add(found.cutGenerations, "generation is cut short", "generations are cut short")
        add(
            found.lostGenerations, "generation is lost but for its drafts, which were read",
            "generations are lost but for their drafts, which were read")
        add(found.lostDrafts, "draft is lost", "drafts are lost")
        add(
            found.lostConversations, "conversation is lost but for its turns, which were read",
            "conversations are lost but for their turns, which were read")
        add(found.lostTurns, "turn is lost but for its drafts", "turns are lost but for their drafts")
        add(found.cutTurns, "conversation or turn is cut short", "conversations and turns are cut short")
        add(found.damagedRows, "damaged row was skipped", "damaged rows were skipped")
        add(found.missingPages, "page is missing or unreadable", "pages are missing or unreadable")
        return losses
    }
}
