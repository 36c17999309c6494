import ArgumentParser
import Foundation
import Models
import Store
import Templates

/// A check of this installation.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check this installation: store, templates, models, terminal.",
        discussion: "Exit status 1 if something does not work.")

    @OptionGroup var shared: SharedOptions

    func run() throws {
        var hasProblem = false
        func report(_ label: String, _ check: () throws -> String) throws {
            switch Result(catching: check) {
            case .success(let finding):
                try Console.print("✓ \(label): \(finding)")
            case .failure(let error):
                hasProblem = true
                try Console.print("✗ \(label): \(Console.sentence(of: error))")
            }
        }

        try Console.print("copydesk \(Copydesk.version)")
        try report("processor") {
            if let problem = Processor.problem { throw Failure(problem) }
            return "\(ProcessInfo.processInfo.activeProcessorCount) cores, \(Processor.instructionSetName) instructions"
        }
        try report("settings") { try checkSettings() }
        try report("store") {
            let path = shared.databasePath
            var bytes = stat()
            guard stat(path, &bytes) == 0 else {
                // Never make a store here: a mistyped name must not become one.
                if errno == ENOENT, shared.database == nil { return "none yet; the first start makes \(path)" }
                if errno == ENOENT { throw StoreError.missing(path: path) }
                return try checkStore(path)
            }
            if bytes.st_mode & S_IFMT == S_IFREG, bytes.st_size == 0, !hasLog(path) {
                throw StoreError.emptyFile(path: path)
            }
            return try checkStore(path)
        }
        try report("choices") { try checkChoices() }
        try report("templates") {
            let library = shared.templateLibrary
            guard library.broken.isEmpty else {
                throw Failure("\(library.broken.count) cannot be read; see: copydesk templates check")
            }
            return "\(library.templates.count), your own in \(shared.paths.templates)"
        }
        for model in shared.modelLibrary.list() {
            try report("model \(model.name)") {
                if let problem = model.problem { throw Failure(problem) }
                return model.summary
            }
        }
        try report("writing") {
            let model = try shared.openLocalModel()
            let seconds = try model.benchmark(promptTokens: 16, generatedTokens: 8)
            return "\(Int(8 / max(seconds.generateSeconds, 1e-9))) tokens a second with \(model.name)"
        }
        try report("terminal") {
            let environment = ProcessInfo.processInfo.environment
            guard let name = environment["TERM"], !name.isEmpty else {
                throw Failure("TERM is not set, so the studio cannot open; commands work.")
            }
            let language =
                environment["LC_ALL"] ?? environment["LC_CTYPE"] ?? environment["LANG"] ?? "not set (C.UTF-8 is used)"
            return "\(name), locale \(language)"
        }
        if hasProblem { throw ExitCode(ExitStatus.failed) }
    }

    private func checkSettings() throws -> String {
        let settings = shared.installation.settings { _ in }
        guard settings.isThere else { return "none of your own; copydesk config edit makes \(settings.file)" }
        for notice in settings.unused { Console.printError("copydesk: \(notice)") }
        guard settings.problems.isEmpty else {
            let more = settings.problems.count - 1
            let rest = more > 0 ? " `copydesk config list` shows \(counted(more, "problem")) more." : ""
            throw Failure("\(settings.problems[0])\(rest)")
        }
        return "\(settings.file), \(counted(settings.entries.count, "value"))"
    }

    private func checkChoices() throws -> String {
        let file = ChoicesFile(storePath: TextFile.absolute(shared.databasePath))
        switch file.read() {
        case .missing: return "none yet; the studio remembers model, parameters and export in \(file.path)"
        case .choices(let choices):
            let templates = choices.parameters.count
            return "\(file.path), " + (choices.model.map { "model \($0), " } ?? "")
                + "parameters of \(counted(templates, "template"))"
        case .broken:
            throw Failure(
                "\(file.path) is not valid JSON. Correct it, or open the studio, which sets it aside and begins anew.")
        case .untouchable(let sentence): throw Failure(sentence)
        }
    }

    private func checkStore(_ path: String) throws -> String {
        let store = try DraftStore.openForReading(path: path)
        defer { try? store.close() }
        let statistics = try store.statistics()
        let findings = try store.checkIntegrity(isQuick: true)
        guard findings.isEmpty else {
            throw Failure(
                "\(StoreError.corrupt(path: store.path).sentenceWithHint) SQLite says: "
                    + findings.prefix(3).joined(separator: "; "))
        }
        if let notice = store.readOnlyNotice { Console.printError("copydesk: " + notice) }
        return "\(store.path), \(counted(statistics.generations, "generation")), "
            + "\(counted(statistics.drafts, "draft")); pages, references and search index are valid"
    }

    /// True if a crash left the store's first contents in its log.
    private func hasLog(_ path: String) -> Bool {
        var log = stat()
        return stat(path + "-wal", &log) == 0 && log.st_size > 0
    }
}
