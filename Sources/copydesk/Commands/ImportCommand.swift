import ArgumentParser
import Export
import Foundation
import Generation
import Importing
import Store
import Templates

/// Imports conversations and characters of other programs.
struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import conversations and characters of other programs.",
        discussion: """
            copydesk import chatgpt-export.zip
            copydesk import Seraphina.png 'Seraphina - 2024-01-02.jsonl' --user Ann

            The content tells what a file is: ChatGPT's export (the ZIP, or conversations.json in it), a chat of SillyTavern \
            (JSON Lines), a character card (PNG or JSON), conversations that Copydesk exported as JSON, or lines of \
            messages for fine-tuning; each also in a ZIP, or packed by gzip. Conversations go to the store, and a character becomes a persona to chat with.

            A conversation that is there already is not imported again; if it has other turns than the one that is there, \
            it is imported beside it. A damaged file is refused whole. - is standard input.

            JSON: {"conversations": [{"id", "uuid", "title", "turns", "file"}, …], "personas": [{"name", "title", "path", \
            "file"}, …], "alreadyThere": 0, "leftOut": {"images": 2, …}}.
            """)

    @OptionGroup var shared: SharedOptions
    @Argument(help: ArgumentHelp("The files to import.", valueName: "file")) var files: [String]
    @Option(help: ArgumentHelp("Whom a character talks to: the name for {{user}} (default: User).", valueName: "name"))
    var user: String?
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        if let user, user.split(whereSeparator: \.isWhitespace).isEmpty {
            throw ValidationError("--user takes a name, and '\(user)' has no letters.")
        }
    }

    func run() throws {
        var report = ImportReport()
        var hasFailed = false
        for file in files {
            do {
                try add(file, to: &report)
            } catch let error as BrokenPipe {
                throw error
            } catch {
                // Another file may be fine.
                hasFailed = true
                Console.clearProgress()
                Console.printError("copydesk: " + Console.sentence(of: error))
            }
        }
        if json { try Console.printJSON(report) } else { try report.tell() }
        if hasFailed { throw ExitCode(ExitStatus.failed) }
    }

    private func add(_ path: String, to report: inout ImportReport) throws {
        let name = path == "-" ? "Standard input" : path
        defer { Console.clearProgress() }
        let contents = try ImportContents(ImportInput.open(path, named: name), file: name, userName: user ?? "User")
        // First to the end without writing, so that nothing is imported of a damaged file.
        for file in contents.files {
            var progress = ImportProgress(file.name, doing: "checking")
            try file.forEach(progress: { progress.show($0) }) { _ in }
        }
        report.leftOut += contents.leftOut
        var store: DraftStore?
        defer { try? store?.close() }
        for file in contents.files {
            var progress = ImportProgress(file.name, doing: "importing")
            report.leftOut += try file.forEach(progress: { progress.show($0) }) { item in
                switch item {
                case .persona(let persona):
                    report.leftOut += persona.leftOut
                    try add(persona, from: file.name, to: &report)
                case .conversation(let conversation):
                    let opened = try store ?? shared.openStore()
                    store = opened
                    try add(conversation, of: file.kind, from: file.name, opened, &report)
                }
            }
        }
    }

    // MARK: Conversations

    private func add(
        _ imported: ImportedConversation, of kind: ImportFile.Kind, from file: String, _ store: DraftStore,
        _ report: inout ImportReport
    ) throws {
        var new = imported.conversation
        if new.uuid.isEmpty { new.uuid = imported.contentUuid }
        if let known = try store.conversationId(named: new.uuid) {
            let stored = Set(try store.allTurns(of: known).flatMap(Self.said))
            let isThere = imported.turns.allSatisfy { turn in
                turn.texts.allSatisfy { stored.contains(Said(role: turn.role, text: $0)) }
            }
            let other = try isThere ? known : store.conversationId(named: imported.contentUuid)
            if let other {
                return report.noteKnown(isInTrash: try store.conversation(id: other).deletedAt != nil)
            }
            new.uuid = imported.contentUuid
            report.changedCount += 1
        }
        // A model of another program cannot go on with it.
        let isOurs = kind == .copydeskConversations && !new.model.isEmpty
        if !isOurs { new.model = shared.model.map { shared.modelLibrary.name(of: $0) } ?? "built-in" }
        let added = try store.add(
            imported: new, turns: imported.turns.map { Self.newTurn($0, writer: kind.writer) }, head: imported.head)
        report.leftOut += imported.leftOut
        report.conversations.append(
            .init(id: added.id, uuid: added.uuid, title: added.title, turns: imported.turns.count, file: file))
    }

    private struct Said: Hashable {
        var role: Message.Role
        var text: String
    }

    private static func said(_ turn: Turn) -> [Said] {
        [Said(role: turn.role, text: turn.text)] + turn.drafts.map { Said(role: turn.role, text: $0.text) }
    }

    /// - Parameter writer: the name of the model if the file does not say it. An opening without one is a greeting.
    private static func newTurn(_ turn: ImportedTurn, writer: String) -> NewTurn {
        let isAnswer = turn.role == .assistant && (turn.parent != nil || turn.texts.count > 1)
        return NewTurn(
            parent: turn.parent, parentChoice: turn.parentChoice, role: turn.role, texts: turn.texts,
            reasoning: turn.reasoning, choice: turn.choice, createdAt: turn.createdAt,
            model: turn.model ?? (isAnswer ? writer : nil),
            isPinned: turn.isPinned)
    }

    // MARK: Personas

    /// Writes the file of a persona under a name that no other template has. The same persona is not written twice.
    private func add(_ imported: ImportedPersona, from file: String, to report: inout ImportReport) throws {
        let folder = "\(shared.paths.templates)/\(TemplateFamily.chat)"
        let text = PersonaFile.text(
            persona: imported.persona, title: imported.persona.title, summary: imported.summary)
        guard text.utf8.count <= PersonaFile.byteLimit else {
            throw Failure("\(file) holds more text than a persona can have. Shorten it in the program that made it.")
        }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let library = shared.templateLibrary
        let taken = Set(library.templates.map(\.name) + library.broken.map(\.name))
        let base = PersonaName.of(imported.persona.title)
        var number = 1
        while true {
            let name = number == 1 ? base : "\(base)-\(number)"
            let path = "\(folder)/\(name).md"
            number += 1
            if let known = FileManager.default.contents(atPath: path), known == Data(text.utf8) {
                return report.noteKnown(isInTrash: false)
            }
            if taken.contains(name) { continue }
            do {
                try ExportFile.write(text, to: path)
            } catch ExportError.exists {
                continue
            }
            if name != base {
                Console.printError(
                    "copydesk: There is a template '\(base)' already, with other texts, so this character is '\(name)'."
                )
            }
            report.personas.append(.init(name: name, title: imported.persona.title, path: path, file: file))
            return
        }
    }
}

/// The name of a persona's file, by which commands know it.
private enum PersonaName {
    /// Letters, digits and hyphens alone.
    static func of(_ title: String) -> String {
        var name = ""
        for character in title.lowercased() where name.count < 40 {
            if character.isLetter || character.isNumber {
                name.append(character)
            } else if !name.isEmpty, name.last != "-" {
                name.append("-")
            }
        }
        while name.last == "-" { name.removeLast() }
        return name.isEmpty ? "character" : name
    }
}
