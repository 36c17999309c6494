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
            printer.take(.generation(.text(name + piece, variant: variant)))
        case .recording(let event): printer.take(event)
        }
    }

    /// - Throws: why the answer could not be written to standard output.
    func finish() throws { try printer.finish() }

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
    static func line(_ plan: ContextPlan) -> String {
        guard let ruler = plan.ruler else { return "The model's context cannot be measured." }
        let parts = [
            ("system", ruler.systemTokens), ("examples", ruler.exampleTokens), ("pinned", ruler.pinnedTokens),
            ("summary", ruler.summaryTokens), ("turns", ruler.turnTokens),
        ].filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }
        var line = (parts + ["room for the answer \(ruler.answerTokens)"]).joined(separator: " · ")
        if let length = ruler.contextLength {
            line += " · free \(ruler.freeTokens ?? 0) of \(length)"
        } else {
            line += " (how long the model's context is, is not known)"
        }
        return line + (ruler.isExact ? " tokens" : " tokens, estimated")
    }

    /// What leaves at the next answer; `nil` if nothing does.
    static func leaving(_ plan: ContextPlan) -> String? {
        if !plan.turnsToSummarize.isEmpty {
            return "The \(plan.turnsToSummarize.count) oldest turns are summed up at the next answer."
        }
        var parts: [String] = []
        if plan.summarizedCount > 0 { parts.append("\(plan.summarizedCount) turns are in the summary") }
        if plan.leftOutCount > 0 {
            parts.append("\(plan.leftOutCount == 1 ? "1 turn stays" : "\(plan.leftOutCount) turns stay") out")
        }
        return parts.isEmpty ? nil : parts.joined(separator: ", ") + "."
    }
}
