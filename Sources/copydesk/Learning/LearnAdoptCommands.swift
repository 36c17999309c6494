import ArgumentParser
import Foundation
import Generation
import Training

extension LearnCommand {
    struct Adopt: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "adopt",
            abstract: "Use the adapter from now on, if the comparison says that it is better.",
            discussion: """
                The adapter is put among your models, and wherever the settings or the studio name its model, they name the \
                model with the adapter, as in: built-in + style-1. `learn off` turns that back.
                """)

        @OptionGroup var shared: SharedOptions
        @Argument(help: ArgumentHelp("What to adopt (default: the newest).", valueName: "name")) var name: String?
        @Flag(help: "Adopt it although the comparison does not say that it is better.") var anyway = false

        func run() throws {
            let folder = try shared.learnings.folder(named: name)
            let record = try folder.record()
            let isBetter = record.comparison?.outcome?.verdict == .better
            try check(folder, record, isBetter: isBetter)
            try LearnAdoption(shared: shared, folder: folder).adopt(isAgainstResult: !isBetter)
        }

        private func check(_ folder: LearningFolder, _ record: LearningRecord, isBetter: Bool) throws {
            let nevertheless = "--anyway adopts it nevertheless."
            switch record.state {
            case .training, .writing:
                throw Failure(
                    "'\(folder.name)' has no adapter to adopt yet. `copydesk learn status` shows how it stands.")
            case .adopted: throw Failure("'\(folder.name)' is adopted already. `copydesk learn off` turns it off.")
            case _ where anyway: return
            case .declined: throw Failure("\(LearnWords.refusal(record.losses)) \(nevertheless)")
            case .ready:
                throw Failure(
                    "\(record.comparison?.answeredCount ?? 0) of \(record.plannedPairs) pairs of '\(folder.name)' have an "
                        + "answer, so nobody knows whether it is better. Answer the others with `copydesk learn compare`. "
                        + nevertheless)
            case .compared, .off:
                if isBetter { return }
                throw Failure(
                    "'\(folder.name)' is not adopted. \(record.comparison?.outcome?.sentence ?? "") \(nevertheless)")
            }
        }
    }

    struct Off: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "off", abstract: "Write without what was learned.",
            discussion: "Drafts that were written with the adapter keep it, and can be replayed.")

        @OptionGroup var shared: SharedOptions
        @Argument(help: ArgumentHelp("What to turn off (default: what is adopted).", valueName: "name")) var name:
            String?

        func run() throws {
            let folder = try LearnAdoption.folder(named: name, in: .adopted, of: shared)
            try LearnAdoption(shared: shared, folder: folder).turn(on: false)
        }
    }

    struct On: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "on", abstract: "Write with what was learned again, after `learn off`.")

        @OptionGroup var shared: SharedOptions
        @Argument(help: ArgumentHelp("What to turn on (default: what was turned off).", valueName: "name"))
        var name: String?

        func run() throws {
            let folder = try LearnAdoption.folder(named: name, in: .off, of: shared)
            try LearnAdoption(shared: shared, folder: folder).turn(on: true)
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove what was learned for good.",
            discussion: "Your drafts stay. Those that were written with the adapter cannot be replayed any more.")

        @OptionGroup var shared: SharedOptions
        @Argument(help: ArgumentHelp("What to remove.", valueName: "name")) var name: String
        @Flag(name: .shortAndLong, help: "Do not ask.") var yes = false

        func run() throws {
            let folder = try shared.learnings.folder(named: name)
            guard !folder.run.isRunning else { throw TrainingError.isRunning(folder: folder.run.path) }
            if !yes {
                guard Question.canBeAsked else {
                    throw Failure("'\(name)' would be removed for good, and nobody can be asked. --yes removes it.")
                }
                guard Question.confirm("Remove '\(name)' with its adapter for good?") else { return }
            }
            try LearnAdoption(shared: shared, folder: folder).remove()
        }
    }
}
