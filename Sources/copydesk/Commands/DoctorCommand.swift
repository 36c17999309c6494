import ArgumentParser
import Downloads
import Foundation
import Generation
import Models
import Store
import Templates
import Text
import Transfer

/// A check of this installation.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check this installation: settings, store, templates, servers, models, terminal.",
        discussion: """
            Servers are not asked here; see: copydesk endpoints test. Exit status 1 if something does not work. \
            JSON: {"version", "transfer", "checks": [{"name", "ok", "text"}, …], "endpoints": [{"name", "url", "key"}, …], \
            "outside": [{"program", "folder", "count", "bytes", "problem", "leftOut"}, …], "unfinished": [{"name", \
            "reference", "bytesThere", "totalBytes"}, …]}; "ok" is null for a remark.
            """)

    @OptionGroup var shared: SharedOptions
    @Flag(help: "Print JSON.") var json = false

    func run() throws {
        var checks: [DoctorReport.Check] = []
        func add(_ name: String, _ ok: Bool?, _ text: String) throws {
            checks.append(DoctorReport.Check(name: name, ok: ok, text: text))
            let line = TerminalText.onOneLine("\(name): \(text)")
            if !json { try Console.print("\(ok.map { $0 ? "✓" : "✗" } ?? "–") \(line)") }
        }
        func report(_ label: String, _ check: () throws -> String) throws {
            switch Result(catching: check) {
            case .success(let finding): try add(label, true, finding)
            case .failure(let error): try add(label, false, Console.sentence(of: error))
            }
        }

        if !json { try Console.print("copydesk \(Copydesk.version)") }
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
        let servers = try checkServers(report)
        for model in shared.modelLibrary.list() {
            try report("model \(model.name)") {
                if let problem = model.problem { throw Failure(problem) }
                return model.summary
            }
        }
        let outside = shared.modelLibrary.outsideFindings
        for finding in outside {
            try add(finding.program, finding.problem == nil ? true : nil, finding.sentence)
            for file in finding.leftOut { try add("\(finding.program), left out", nil, file.problem) }
        }
        let unfinished = shared.downloads.unfinished
        for pull in unfinished { try add("unfinished download", nil, pull.sentence) }
        if try shared.serverModel(shared.model) == nil {
            try report("writing") {
                let model = try shared.openLocalModel()
                let seconds = try model.benchmark(promptTokens: 16, generatedTokens: 8)
                return "\(Int(8 / max(seconds.generateSeconds, 1e-9))) tokens a second with \(model.name)"
            }
        }
        try report("transfer") { try TransferLibrary.version }
        try report("terminal") {
            let environment = ProcessInfo.processInfo.environment
            guard let name = environment["TERM"], !name.isEmpty else {
                throw Failure("TERM is not set, so the studio cannot open; commands work.")
            }
            let language =
                environment["LC_ALL"] ?? environment["LC_CTYPE"] ?? environment["LANG"] ?? "not set (C.UTF-8 is used)"
            return "\(name), locale \(language)"
        }
        if json {
            try Console.printJSON(
                DoctorReport(
                    version: Copydesk.version, transfer: try? TransferLibrary.version, checks: checks,
                    endpoints: servers,
                    outside: outside, unfinished: unfinished.map(DoctorReport.Unfinished.init)))
        }
        if checks.contains(where: { $0.ok == false }) { throw ExitCode(ExitStatus.failed) }
    }

    /// The servers of config.yaml, without asking them.
    private func checkServers(
        _ report: (String, () throws -> String) throws -> Void
    ) throws -> [DoctorReport.Server] {
        var servers: [DoctorReport.Server] = []
        let lookup = shared.keyLookup
        for endpoint in shared.endpoints {
            var origin: KeyOrigin?
            try report("server \(endpoint.name)") {
                if let file = endpoint.authorityFile, !FileManager.default.isReadableFile(atPath: file) {
                    throw Failure("Its ca_file \(file) cannot be read. Correct it in config.yaml.")
                }
                let found = try lookup.find(endpoint)
                origin = found.map { $0.origin == .file ? .file : .environment }
                return "\(endpoint.url), \(EndpointsCommand.List.key(of: endpoint, origin))"
                    + (endpoint.isInsecure ? ", its certificate is not checked" : "")
            }
            servers.append(DoctorReport.Server(name: endpoint.name, url: endpoint.url, key: origin?.rawValue))
        }
        if let warning = shared.keyFile.warning { try report("keys") { throw Failure(warning) } }
        return servers
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
