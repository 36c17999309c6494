// The thoughts of one draft while it is decoded: what the next token may be, and the text so far.
// - Thoughts belong to the prompt as far as the answer is concerned: rules and limits never see them.
// - What was reported of a thought is never taken back: text that may begin a marker waits.

import Generation
import Text

/// How far the thoughts of one draft are.
struct ThoughtState {
    enum Phase: Equatable {
        /// The model may open a thought, or begin its answer.
        case watching
        case thinking
        /// Some tokens are given; after them, the answer begins, or the model may open another thought.
        case writing(thenWatches: Bool)
    }

    let plan: ThoughtPlan
    var phase: Phase
    /// Draws thoughts; it does not share its state with the sampler of the answer.
    var sampler: Sampler
    /// Tokens that are written without asking the model.
    var given: ArraySlice<TokenID> = []
    /// While watching: tokens that may begin a marker. While thinking: tokens that may end the thought.
    var seen: [(id: TokenID, bytes: [UInt8])] = []
    /// How many tokens were drawn for thoughts.
    private(set) var drawnCount = 0
    /// True once the model has thought.
    private(set) var hasThought = false
    private var text = DraftText(trimsWhitespace: true)
    private var earlier = ""
    private var pending = ""
    private let closings: PhraseFinder

    init(plan: ThoughtPlan, sampler: Sampler) {
        self.plan = plan
        self.sampler = sampler
        phase = plan.isOpen ? .thinking : .watching
        hasThought = plan.isOpen
        let isPlain = plan.closing.firstToken == nil
        closings = PhraseFinder(isPlain ? [String(decoding: plan.closing.bytes, as: UTF8.self)] : [])
    }

    /// True if the thoughts have all the tokens that they may have.
    var isFull: Bool { isExhausted || drawnCount >= plan.tokenLimit }
    private var isExhausted = false

    /// True if the tokens before the answer are written, or being written.
    var isIntroduced = false

    /// Lets no more thoughts follow.
    mutating func exhaust() { isExhausted = true }

    mutating func beginThought() {
        // A second thought is set apart from the first.
        if hasThought, !earlier.isEmpty { pending += "\n\n" }
        phase = .thinking
        hasThought = true
        seen = []
        text = DraftText(trimsWhitespace: true)
    }

    /// Adds a token to the thought.
    /// - Returns: how many bytes follow the closing marker, if the token ends it.
    mutating func add(_ token: TokenID, text bytes: [UInt8], name: [UInt8]) -> Int? {
        drawnCount += 1
        text.append(token, bytes)
        guard plan.closing.firstToken != nil else { return addPlain(bytes) }
        seen.append((token, name))
        var match = MarkerSearch.match(seen, [plan.closing], skipsSpace: false)
        while match == .none, !seen.isEmpty {
            seen.removeFirst()
            match = MarkerSearch.match(seen, [plan.closing], skipsSpace: false)
        }
        let start = text.start(ofToken: text.tokens.count - seen.count)
        if case .complete(_, let extra) = match {
            text.cut(at: start)
            endThought()
            return extra
        }
        report(upTo: start, isFinal: false)
        return nil
    }

    private mutating func addPlain(_ bytes: [UInt8]) -> Int? {
        if let match = closings.firstMatch(in: text.bytes[...], newCount: bytes.count) {
            let extra = text.bytes.count - match.upperBound
            text.cut(at: match.lowerBound)
            endThought()
            return extra
        }
        report(upTo: closings.possibleStart(in: text.bytes[...]) ?? text.bytes.count, isFinal: false)
        return nil
    }

    /// Reports the rest of the thought.
    mutating func endThought() {
        report(upTo: text.bytes.count, isFinal: true)
        text = DraftText(trimsWhitespace: true)
        seen = []
    }

    private mutating func report(upTo limit: Int, isFinal: Bool) {
        pending += text.report(upTo: limit, isFinal: isFinal)
    }

    /// The complete characters that became final since the last call.
    mutating func take() -> String {
        defer { pending = "" }
        earlier += pending
        return pending
    }
}
