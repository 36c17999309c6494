import ArgumentParser
import Files
import Foundation
import Generation
import Models
import Store
import Templates
import Training

/// The options that every command takes.
struct SharedOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Use another store of drafts.", valueName: "file"))
    var database: String?

    @Option(
        name: [.customShort("m"), .customLong("model")],
        help: ArgumentHelp(
            "A model: a GGUF file, a name from `models list`, or ENDPOINT/MODEL for one of a server. Without it, `model` of config.yaml writes, else the built-in one.",
            valueName: "file|name"))
    var modelOption: String?

    @Option(
        name: .customLong("adapter"), parsing: .singleValue,
        help: ArgumentHelp(
            "A LoRA adapter on top of the model: a folder of PEFT, a GGUF file, or a name from `models list`; behind a colon its scale (default: 1). Repeat it for more adapters.",
            valueName: "folder|file|name[:scale]"))
    var adapters: [String] = []

    @Option(
        name: .long, parsing: .unconditional,
        help: ArgumentHelp("Processor threads to use (default: all cores).", valueName: "n"),
        transform: NumberArgument.whole)
    var threads: Int?

    /// Made from the environment when the command line is read, and never part of it.
    let installation = Installation(environment: ProcessInfo.processInfo.environment)

    private enum CodingKeys: CodingKey { case database, modelOption, adapters, threads }

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads takes a number from 1 to 1024, and \(threads) is not one.")
        }
        if let adapter = adapters.first(where: { $0.isEmpty || $0.contains(" + ") }) {
            throw ValidationError(
                "--adapter takes one adapter, and '\(adapter)' is none. "
                    + "Give --adapter once for each, as in --adapter style:0.5.")
        }
    }

    var paths: Paths { installation.paths }

    var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

    var databasePath: String { database ?? paths.database }

    func openStore() throws -> DraftStore { try DraftStore.open(path: databasePath, listener: IndexNotice().listener) }

    /// The store, for reading only if it cannot be written; then a notice on standard error says so.
    /// - Parameter mustExist: true if a missing store is an error; false if it is made.
    func openStoreForReading(mustExist: Bool = false) throws -> DraftStore {
        if mustExist, !databasePath.isEmpty, !FileManager.default.fileExists(atPath: databasePath) {
            throw StoreError.missing(path: databasePath)
        }
        let store = try DraftStore.openForReading(path: databasePath, listener: IndexNotice().listener)
        if let notice = store.readOnlyNotice { Console.printError("copydesk: " + notice) }
        return store
    }

    /// The opener of models. The state of prompts is kept in a folder beside the store, which only its owner may
    /// read, unless `COPYDESK_PREFIX_CACHE=off` forbids it.
    var generators: Generators { generators { _ in } }

    /// As `generators`, with other waits for servers.
    func generators(_ timeouts: (inout EndpointSettings.Timeouts) -> Void) -> Generators {
        let isOff = ProcessInfo.processInfo.environment["COPYDESK_PREFIX_CACHE"] == "off"
        return Generators(
            library: modelLibrary, endpoints: endpointBook(timeouts), threadCount: threadCount,
            prefixFolder: isOff ? nil : paths.prefixes, activity: ActivityFile(path: paths.writing))
    }

    /// The model of `-m` or of config.yaml, to look inside it.
    func openLocalModel() throws -> LocalModel {
        let opened = try namingSettings { try generators.openLocal(model) }
        for notice in opened.notices { Console.printError("copydesk: \(notice)") }
        return opened
    }

    /// The learnings of the store, in a folder beside it.
    var learnings: Learnings {
        let path = TextFile.expand(databasePath)
        return Learnings(path: (path.hasSuffix(".db") ? String(path.dropLast(3)) : path) + ".learned")
    }

    var templateLibrary: TemplateLibrary { TemplateLibrary(userFolder: paths.templates) }
}
