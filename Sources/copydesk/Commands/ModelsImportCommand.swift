import ArgumentParser
import Foundation
import Generation
import Models

/// Takes a model that is on this machine into the models folder.
struct ModelsImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Take a model into the models folder: a GGUF file, a model folder, or one of another program.",
        discussion: """
            It is checked first, and appears with all its files or not at all. JSON: {"model": {"name", "path", "bytes"}}.
            """)

    @OptionGroup var shared: SharedOptions
    @Argument(help: "A GGUF file, a model folder, or a name from `models list`.") var path: String
    @Flag(help: "Only point to the model where it is.") var link = false
    @Flag(help: "Take it away from where it is.") var move = false
    @Flag(help: "Replace a model of the same name.") var force = false
    @Flag(help: "Print JSON.") var json = false

    struct Report: Encodable {
        struct Model: Encodable {
            var name: String
            var path: String
            var bytes: Int
        }

        var model: Model
    }

    func validate() throws {
        if link, move { throw ValidationError("Give --link or --move, not both.") }
    }

    func run() throws {
        let stopSignal = StopSignal()
        let interrupts = InterruptWatch(stopSignal: stopSignal, endsAtOnce: false)
        defer { interrupts.cancel() }
        let meter = DownloadMeter(name: path)
        let entry: ModelEntry
        do {
            defer { Console.clearProgress() }
            entry = try shared.modelLibrary.importModel(
                TextFile.expand(path), mode: link ? .link : move ? .move : .copy, replaces: force,
                isStopped: { stopSignal.isRaised }, report: meter.show)
        } catch UpkeepError.stopped {
            Console.printError("copydesk: Stopped. Nothing was taken over.")
            throw Interrupted()
        }
        if json {
            return try Console.printJSON(
                Report(model: .init(name: entry.name, path: entry.path, bytes: entry.bytes)))
        }
        try Console.print(entry.name)
        Console.printError("Write with it: copydesk generate --prompt \"…\" -m \(ShellWord.of(entry.name))")
    }
}

/// Removes a model from the models folder.
struct ModelsRemoveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Remove a model from the models folder. Models of other programs stay.",
        discussion: "On a terminal it is asked for, unless --yes is given.")

    @OptionGroup var shared: SharedOptions
    @Argument(help: "The model's name, as `models list` shows it.") var name: String
    @Flag(name: .shortAndLong, help: "Ask nothing.") var yes = false

    func run() throws {
        if !yes, Question.canBeAsked, shared.modelLibrary.names.contains(name) {
            guard Question.confirm("Remove the model \(name)?") else {
                return Console.printError("copydesk: Nothing was removed.")
            }
        }
        let removed = try shared.modelLibrary.remove(name)
        try Console.print("Removed: \(removed.name) (\(SizeText.bytes(removed.bytes)))")
        if shared.installation.settings.modelName == name {
            Console.printError(
                "copydesk: It was the model of config.yaml. Choose another one: copydesk models default NAME")
        }
    }
}
