import ArgumentParser

struct SalvageCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "salvage")
}
