import ArgumentParser
import Foundation
import Inference
import Models
import Store

/// The options that every command takes.
struct SharedOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("Use another store of drafts.", valueName: "file"))
    var database: String?

    @Option(
        name: [.customShort("m"), .long],
        help: ArgumentHelp("A model: a GGUF file, or a name from `models list`.", valueName: "file|name"))
    var model: String?

    @Option(name: .long, help: ArgumentHelp("Processor threads to use (default: all cores).", valueName: "n"))
    var threads: Int?

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads takes a number from 1 to 1024, and \(threads) is not one.")
        }
    }

    var threadCount: Int { threads ?? ProcessInfo.processInfo.activeProcessorCount }

    var databasePath: String { database ?? Paths.current.database }

    func openStore() throws -> DraftStore { try DraftStore.open(path: databasePath) }

    /// The store, for reading only if it cannot be written; then a notice on standard error says so.
    /// - Parameter mustExist: throws if there is none instead of making one.
    func openStoreForReading(mustExist: Bool = false) throws -> DraftStore {
        if mustExist, !databasePath.isEmpty, !FileManager.default.fileExists(atPath: databasePath) {
            throw StoreError.missing(path: databasePath)
        }
        let store = try DraftStore.openForReading(path: databasePath)
        if let notice = store.readOnlyNotice { Console.printError("copydesk: " + notice) }
        return store
    }

    /// The model of `-m`, ready to write.
    func openGenerator() throws -> LocalGenerator {
        let model = try modelLibrary.open(model)
        return try LocalGenerator(
            file: model.file, name: model.name, threadCount: threadCount, prefixCache: PromptPrefixes.cache)
    }

    var modelLibrary: ModelLibrary { ModelLibrary(folder: Paths.current.models) }
}
