// Shows one answer as it is written, and says what left the model's context.

import Chat
import Drafting
import Export
import Generation
import Store
import Synchronization

final class ChatPrinter: Sendable {
    private let printer: StreamingPrinter
    /// The turns that had left at the answer before; they are not told again.
    private let knownLeft: Int
    private let isInteractive: Bool
    /// The name that stands before an answer while it is written; "" for none, or once it is written.
    private let name: Mutex<String>
    /// Breaks the text between words; `nil` if it is not shown on a terminal.
    private let wrap: Mutex<WordWrap?>

    /// - Parameters:
    ///   - name: what stands before the answer.
    ///   - mayStream: false if standard output is for something else.
    ///   - knownLeft: how many turns had been left out before.
    init(
        _ conversation: Conversation, mayStream: Bool, stopSignal: StopSignal, knownLeft: Int, isInteractive: Bool,
        name: String
    ) {
        printer = StreamingPrinter(
            request: conversation.request(of: [], seed: 0), mayStream: mayStream, stopSignal: stopSignal)
        self.knownLeft = knownLeft
        self.isInteractive = isInteractive
        self.name = Mutex(name)
        wrap = Mutex(isInteractive ? Console.outputColumns.map(WordWrap.init) : nil)
    }

    var isStreaming: Bool { printer.isStreaming }
    var generationFailure: (any Error)? { printer.generationFailure }

    func take(_ event: ChatEvent) {
        switch event {
        case .summarizing(let count):
            Console.printError("copydesk: Summing up the \(count == 1 ? "oldest turn" : "\(count) oldest turns")…")
        case .summary(.generation(.promptProgress(let processed, let total))):
            Console.showProgress("reading the turns to sum up: \(processed) of \(total) tokens")
        case .summary(.generation(.progress(let timings))):
            Console.showProgress("summing up: \(timings.generatedTokens) tokens")
        case .summary: break
        case .planned(let plan): tell(plan)
        case .answering: break
        case .recording(.generation(.text(let piece, let variant))):
            let name = name.withLock { name in
                defer { name = "" }
                return name
            }
            let text = wrap.withLock { $0?.take(name + piece) } ?? name + piece
            printer.take(.generation(.text(text, variant: variant)))
        case .recording(let event): printer.take(event)
        }
    }

    /// - Throws: why the answer could not be written to standard output.
    func finish() throws {
        if isStreaming, let rest = wrap.withLock({ $0?.end() }), !rest.isEmpty {
            printer.take(.generation(.text(rest, variant: 0)))
        }
        try printer.finish()
    }

    private func tell(_ plan: ContextPlan) {
        Console.clearProgress()
        let count = plan.leftOutCount
        guard count > knownLeft else { return }
        let turns = count == 1 ? "The oldest turn does" : "The \(count) oldest turns do"
        let help =
            isInteractive ? "/context summarize sums them up instead." : "--context summarize sums them up instead."
        Console.printError("copydesk: \(turns) not fit into the model's context any more and stay out of it. \(help)")
    }
}

/// The ruler of a context in words.
enum RulerText {
    /// - Parameter askedTokens: the most tokens that the answer may have.
    static func line(_ plan: ContextPlan, askedTokens: Int) -> String {
        guard let ruler = plan.ruler else { return "The model's context cannot be measured." }
        var parts = [
            ("system", ruler.systemTokens), ("examples", ruler.exampleTokens), ("pinned", ruler.pinnedTokens),
            ("summary", ruler.summaryTokens), ("turns", ruler.turnTokens),
        ].filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }
        // The answer may take what is free too, up to the most tokens that were asked for.
        let room = ruler.contextLength.map { max(0, $0 - ruler.promptTokens) } ?? ruler.answerTokens
        parts.append(
            room < askedTokens
                ? "room for the answer \(room) of \(askedTokens)" : "room for the answer \(askedTokens)")
        var line = parts.joined(separator: " · ")
        if let length = ruler.contextLength {
            line += " · context \(length)"
        } else {
            line += " (how long the model's context is, is not known)"
        }
        return line + (ruler.isExact ? " tokens" : " tokens, estimated")
    }

    /// What leaves at the next answer; `nil` if nothing does.
    static func leaving(_ plan: ContextPlan) -> String? {
        if !plan.turnsToSummarize.isEmpty {
            let count = plan.turnsToSummarize.count
            return count == 1
                ? "The oldest turn is summed up at the next answer."
                : "The \(count) oldest turns are summed up at the next answer."
        }
        var parts: [String] = []
        let summed = plan.summarizedCount + plan.pinnedInSummaryCount
        if summed > 0 {
            let pinned = plan.pinnedInSummaryCount
            parts.append(
                (summed == 1 ? "1 turn is in the summary" : "\(summed) turns are in the summary")
                    + (pinned > 0 ? " (\(pinned) of them pinned, so in the context too)" : ""))
        }
        if plan.leftOutCount > 0 {
            parts.append("\(plan.leftOutCount == 1 ? "1 turn stays" : "\(plan.leftOutCount) turns stay") out")
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ") + "."
    }
}
