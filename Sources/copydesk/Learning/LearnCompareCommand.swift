import ArgumentParser
import Foundation
import Generation
import Training

extension LearnCommand {
    struct Compare: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "compare",
            abstract: "Say which draft of each pair you prefer, without knowing which is which.",
            discussion: """
                Keys: 1 and 2 prefer a draft, = neither, q stops. Each answer is kept at once, and the next time it goes on \
                where you stopped. Nothing is told before all pairs have an answer. Without a terminal the answers are read \
                from standard input, one a line: 1, 2, = or q.
                JSON, when the input ends: {"name", "pairs", "answered", "next": {"pair", "title", "prompt", "first", \
                "second"}, "result"}; "next" is absent behind the last pair, and "result" before it.
                """)

        @OptionGroup var shared: SharedOptions
        @Argument(help: ArgumentHelp("What to compare (default: the newest).", valueName: "name")) var name: String?
        @Flag(help: "Print JSON.") var json = false

        func run() throws {
            let folder = try shared.learnings.folder(named: name)
            let record = try folder.record()
            guard record.state == .ready || json && record.comparison?.outcome != nil else {
                throw LearningError.notReady(name: folder.name, state: record.state)
            }
            let session = CompareSession(folder: folder, isQuiet: json)
            let isDone = record.state != .ready ? true : try session.run()
            if json { return try Console.printJSON(CompareReport(folder.name, try folder.record())) }
            guard isDone else {
                let record = try folder.record()
                let answered = record.comparison?.answeredCount ?? 0
                return try Console.print(
                    "\(answered) of \(record.plannedPairs) pairs have an answer. The same command goes on.")
            }
            // Behind the title, the drafts and the losses.
            try LearnReport(folder, shared: shared).printLines(from: 3)
        }
    }
}

/// The pair to look at, and the result when there is none left.
private struct CompareReport: Encodable {
    struct Next: Encodable {
        var pair: Int
        var title: String
        var prompt: String
        var first: String
        var second: String
    }

    var name: String
    var pairs: Int
    var answered: Int
    var next: Next?
    var result: LearnReport.Result?

    init(_ name: String, _ record: LearningRecord) {
        self.name = name
        pairs = record.plannedPairs
        answered = record.comparison?.answeredCount ?? 0
        next = record.comparison.flatMap { comparison in
            comparison.next.map { index in
                let (prompt, sides) = (comparison.prompts[index], comparison.sides(index))
                return Next(
                    pair: index + 1, title: prompt.title, prompt: prompt.text, first: sides.left, second: sides.right)
            }
        }
        result = record.comparison?.outcome.map(LearnReport.Result.init)
    }
}

/// Shows pairs and takes answers.
struct CompareSession {
    let folder: LearningFolder
    /// True if the pairs are not shown.
    let isQuiet: Bool

    /// - Returns: false if it was stopped before the last pair.
    /// - Throws: `Failure` for a line that is no answer; the answers before it are kept.
    func run() throws -> Bool {
        let isAsking = Question.canBeAsked && !isQuiet
        if isAsking { try introduce(try folder.record()) }
        var lineNumber = 0
        while let comparison = try folder.record().comparison, let index = comparison.next {
            if !isQuiet { try show(comparison, index) }
            guard let word = isAsking ? key() : line(&lineNumber) else { return false }
            switch word {
            case "1": try folder.answer(.left, pair: index)
            case "2": try folder.answer(.right, pair: index)
            case "=": try folder.answer(.equal, pair: index)
            case "q": return false
            default:
                throw Failure("Line \(lineNumber): '\(word)' is no answer. Give 1, 2, = or q.")
            }
        }
        return true
    }

    private func introduce(_ record: LearningRecord) throws {
        guard let comparison = record.comparison, comparison.answeredCount == 0 else { return }
        let same = comparison.sameCount
        var words =
            "\(comparison.count) pairs of drafts, each of one prompt. One is by \(record.base.name), the other by "
            + "\(record.base.name) with what it has learned."
        if same > 0 { words += " Prompts that got the same draft twice are left out: \(same)." }
        if let wins = SignTest.neededWins(of: comparison.count) {
            words +=
                " If you prefer the same one in \(wins) of \(comparison.count), chance hardly explains it. A pair without "
                + "a preference does not count."
        }
        try Console.print(LearnWords.wrapped(words))
    }

    private func show(_ comparison: LearningComparison, _ index: Int) throws {
        let (prompt, sides) = (comparison.prompts[index], comparison.sides(index))
        let columns = Console.outputColumns ?? 80
        try Console.print("\nPair \(index + 1) of \(comparison.count) · \(prompt.title)")
        if !prompt.text.isEmpty, prompt.text != prompt.title { try Console.print(LearnWords.wrapped(prompt.text)) }
        try Console.print("")
        for line in SideBySide.lines(sides.left, sides.right, columns: columns) { try Console.print(line) }
        try Console.print("")
    }

    /// - Returns: nil if the input ended.
    private func key() -> String? {
        Question.key("Which do you prefer? [1, 2, =, q] ", among: ["1", "2", "=", "q"]).map(String.init)
    }

    private func line(_ number: inout Int) -> String? {
        while let line = readLine() {
            number += 1
            let word = line.trimmingCharacters(in: .whitespaces)
            if !word.isEmpty { return word }
        }
        return nil
    }
}
