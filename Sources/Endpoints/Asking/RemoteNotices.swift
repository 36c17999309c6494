// The sentences that a user should read about drafts of a server.

import Generation
import Transfer

/// Words what is not certain about a draft.
struct RemoteNotices: Sendable {
    let endpoint: String
    /// How many drafts were asked for.
    let count: Int

    /// A shorter count of tokens than this share of our own estimate means that a prompt was cut.
    private static let cutShare = 0.5
    /// Shorter prompts are not compared, because a server's own words around them weigh more.
    private static let comparedTokens = 300
    /// The smallest window that is taken for one.
    private static let smallestWindow = 1024

    /// A draft at the beginning of a sentence.
    func name(_ variant: Int) -> String { count > 1 ? "Draft \(variant + 1)" : "The draft" }

    /// What is to be said of a variant that was written.
    func sentences(about written: WrittenVariant, _ request: GenerationRequest) -> [String] {
        guard !written.isEmpty else { return cutPrompt(written.report, request).map { [$0] } ?? [] }
        let name = name(written.open.variant)
        var sentences: [String] = []
        if let failure = written.failure, !Self.isPlainEnd(failure) {
            sentences.append("\(name) ended too early: \(Self.text(failure))")
        }
        if let reason = written.open.serverReason, !OpenVariant.ordinaryReasons.contains(reason.lowercased()) {
            sentences.append(
                reason == "content_filter"
                    ? "The server's content filter ended \(name.lowercasedFirst)."
                    : "The server ended \(name.lowercasedFirst) with '\(CleanText.line(reason, most: 60))'.")
        }
        if let asked = written.open.exceededTokens {
            sentences.append(
                "\(name) was ended here: \(endpoint) does not keep the limit of \(asked) tokens and wrote far more.")
        }
        if written.open.endsInsideWord {
            sentences.append("\(name) ends inside a word, because not even its first word fits. Raise the limit.")
        }
        if let parts = written.open.partCounts, parts.written < parts.asked, written.reason == .stop {
            sentences.append("\(name) has \(parts.written) of the \(parts.asked) parts.")
        }
        if request.sampling.alternatives > 0, written.open.tokens.isEmpty, !written.open.hidesTokens {
            sentences.append("\(endpoint) did not report how likely the tokens of \(name.lowercasedFirst) were.")
        }
        if let sentence = cutPrompt(written.report, request) { sentences.append(sentence) }
        return sentences
    }

    /// Why a variant has no text, as the end of a sentence with its advice.
    func emptiness(of written: WrittenVariant) -> String {
        if let failure = written.failure { return Self.text(failure) }
        let word = written.open.serverReason?.lowercased() ?? ""
        let hasThoughts = !written.open.reasoning.isEmpty
        if written.open.exceededTokens != nil {
            return "the model thought without end, so it was ended. Ask for less reasoning, or use another model."
        }
        if word == "content_filter" { return "the server's content filter ended it before any text." }
        if ["tool_calls", "function_call"].contains(word) {
            return "the model called a tool instead of writing. Use another model, or ask for a text in the prompt."
        }
        if written.reason == .limit { return "not even its first character fits. Raise the limit." }
        if hasThoughts, written.reason == .length {
            return "all of its tokens went into the model's thoughts. Allow more tokens, or less reasoning."
        }
        if hasThoughts { return "the model ended it behind its thoughts. Allow more tokens, or less reasoning." }
        if !written.open.serverText.isEmpty {
            return "the server wrote only what is taken off, such as white space or a stop text. Write it again."
        }
        if !word.isEmpty, !OpenVariant.ordinaryReasons.contains(word) {
            return "the server ended it with '\(CleanText.line(word, most: 60))' before any text."
        }
        return "the server ended it before any text. Write it again, or change the prompt."
    }

    /// The sentence about all drafts if none has text.
    func allEmpty(_ cause: String) -> String { "\(count > 1 ? "All drafts are" : "The draft is") empty: \(cause)" }

    /// A sentence for each cause of emptiness.
    func empty(_ causes: [(variant: Int, cause: String)]) -> [String] {
        causes.map { "\(name($0.variant)) is empty: \($0.cause)" }
    }

    /// A server may cut a prompt without a word, to the size of its window.
    private func cutPrompt(_ report: ServerReport, _ request: GenerationRequest) -> String? {
        guard let prompt = report.promptTokens else { return nil }
        let estimate = Self.leastTokens(of: request)
        if estimate >= Self.comparedTokens, Double(prompt) < Double(estimate) * Self.cutShare {
            return "\(endpoint) read only \(prompt) tokens of a prompt that has about \(estimate) or more: "
                + "it may have cut the prompt. Shorten it, or raise the context of the server."
        }
        guard let completion = report.completionTokens, case let sum = prompt.addingReportingOverflow(completion),
            !sum.overflow, sum.partialValue >= Self.smallestWindow, sum.partialValue.nonzeroBitCount == 1
        else { return nil }
        return "The prompt and the draft fill \(sum.partialValue) tokens exactly, as if the context of \(endpoint) "
            + "ended there: the prompt or the draft may have been cut."
    }

    /// Fewer tokens than any of today's vocabularies needs for a prompt.
    private static func leastTokens(of request: GenerationRequest) -> Int {
        let text =
            switch request.prompt {
            case .raw(let text): text
            case .chat(let messages): messages.map(\.content).joined(separator: "\n")
            }
        // An English word has 6 bytes with its space and is one token at least; a Chinese character has 3 bytes, and two
        // of them may share a token.
        return text.utf8.count / 6
    }

    func ignored(_ options: [String]) -> String {
        let names = options.map { "'\($0)'" }.joined(separator: ", ")
        return "Servers have no option \(names), so the drafts are written without it."
    }

    /// A sentence for each cause of failure, with the drafts that it kept from being written.
    func failures(_ failed: [(variant: Int, error: any Error)]) -> [String] {
        var causes: [(text: String, variants: [Int])] = []
        for (variant, error) in failed {
            let text = Self.text(error)
            if let place = causes.firstIndex(where: { $0.text == text }) {
                causes[place].variants.append(variant)
            } else {
                causes.append((text, [variant]))
            }
        }
        return causes.map { cause in
            let names = cause.variants.map { String($0 + 1) }
            let subject =
                switch names.count {
                case 1: name(cause.variants[0])
                case 2...5: "Drafts \(names.dropLast().joined(separator: ", ")) and \(names[names.count - 1])"
                default: "\(names.count) drafts"
                }
            return "\(subject) could not be written. \(cause.text)"
        }
    }

    var allEqual: String {
        "All drafts are equal, although the temperature is above 0: \(endpoint) seems to ignore the seed or the "
            + "temperature."
    }

    /// True for what the reason of the draft's end says already: it was stopped, or its stream ended early.
    private static func isPlainEnd(_ error: any Error) -> Bool {
        switch error as? TransferError {
        case .stopped, .cutOff: true
        default: false
        }
    }

    private static func text(_ error: any Error) -> String { "\(error)" }
}

extension String {
    /// With a small letter at its beginning.
    fileprivate var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
