// How a draft begins with thoughts: they are decoded before the answer, and apart from it.
// - No rule sees a thought. The sampler sees all tokens, thoughts too, as the model does.
// - Thoughts have a budget of their own. When it is used up, the decoder closes them, and the answer begins.
// - If the model begins with its answer, the first token is drawn as if there had been no look for thoughts.

import Generation
import Text

extension DraftDecoder {
    /// How many tokens came between the prompt and the draft.
    var thoughtCount: Int { promptCount - requestedPromptCount }

    /// Returns the text of thoughts that became final since the last call.
    mutating func takeReasoning() -> String {
        if isFinished { thoughts?.endThought() }
        if thoughts != nil { return thoughts?.take() ?? "" }
        return finishedThoughts?.take() ?? ""
    }

    /// Decodes the next token of a thought, or one before it.
    /// - Returns: `nil` if the answer begins here; the logits are then those of before.
    mutating func think(_ workspace: inout SamplingWorkspace) -> Step? {
        guard let phase = thoughts?.phase, workspace.holdsNumbers else { return nil }
        switch phase {
        case .writing(let thenWatches): return writeGiven(thenWatches: thenWatches)
        case .thinking: return continueThought(&workspace)
        case .watching: return watch(&workspace)
        }
    }

    /// The most tokens before the marker of a thought is complete, with the white space before it.
    private static let longestWatch = 64

    // MARK: Phases

    /// Looks if the model opens a thought or begins its answer.
    private mutating func watch(_ workspace: inout SamplingWorkspace) -> Step? {
        guard var state = thoughts else { return nil }
        let logits = workspace.logits
        sampler.adjust(&workspace, tokens: tokens[...], position: 0)
        let token = state.sampler.draw(&workspace, position: state.seen.count, attempt: 0)
        workspace.logits = logits
        guard let token, !vocabulary.endTokens.contains(token), state.seen.count < Self.longestWatch else {
            return leave(state)
        }
        let seen = state.seen + [(token, markerBytes(of: token))]
        // Thoughts that are used up are not opened again.
        let openings = state.isFull && state.hasThought ? [] : state.plan.openings
        let markers = openings + state.plan.answers
        switch MarkerSearch.match(seen, markers, skipsSpace: true) {
        case .none: return leave(state)
        case .partial:
            state.seen = seen
            thoughts = state
        case .complete(let marker, let extra):
            let isOpening = marker < openings.count
            if isOpening { state.beginThought() }
            let rest = Array(vocabulary.textBytes(of: token).suffix(extra))
            if isOpening, !rest.isEmpty { _ = state.add(token, text: rest, name: rest) }
            thoughts = state
            tokens.append(token)
            promptCount += 1
            if !isOpening { introduceAnswer() }
            return .read(token)
        }
        tokens.append(token)
        promptCount += 1
        return .read(token)
    }

    /// Begins the answer where the look for a marker began, or after the white space before it.
    private mutating func leave(_ state: ThoughtState) -> Step? {
        let spaceCount = request.trimsWhitespace ? state.seen.prefix { MarkerSearch.isSpace($0.bytes) }.count : 0
        let count = state.seen.count - spaceCount
        tokens.removeLast(count)
        promptCount -= count
        introduceAnswer()
        if count > 0 { return .goBack(tokenCount: 0) }
        return thoughts == nil ? nil : writeGiven(thenWatches: false)
    }

    /// Draws the next token of a thought.
    private mutating func continueThought(_ workspace: inout SamplingWorkspace) -> Step? {
        guard var state = thoughts, !state.isFull else { return endThought() }
        // The answer may have a least number of tokens; a thought has none.
        sampler.adjust(&workspace, tokens: tokens[...], position: .max)
        // Other numbers than those of the answer's positions.
        let token = state.sampler.draw(&workspace, position: state.drawnCount, attempt: 1 << 30)
        // A model that ends inside its thoughts has an answer all the same.
        guard let token, token == state.plan.closing.firstToken || !vocabulary.endTokens.contains(token) else {
            return endThought()
        }
        let extra = state.add(token, text: vocabulary.textBytes(of: token), name: markerBytes(of: token))
        guard let extra else {
            thoughts = state
            tokens.append(token)
            promptCount += 1
            return .read(token)
        }
        state.given = state.plan.answerOpening[...]
        let bytes = vocabulary.textBytes(of: token)
        if MarkerSearch.isSpace(Array(bytes.suffix(extra))) || extra == 0 {
            tokens.append(token)
            promptCount += 1
            state.phase = state.given.isEmpty ? .watching : .writing(thenWatches: false)
            thoughts = state
            return .read(token)
        }
        // The token also holds the answer's first letters. Spell the marker without them, and draw the answer anew.
        let rest = vocabulary.tokens(writing: Array(bytes.dropLast(extra)))
        state.given = (rest + state.plan.answerOpening)[...]
        state.phase = .writing(thenWatches: state.plan.answerOpening.isEmpty)
        thoughts = state
        return writeGiven(thenWatches: state.plan.answerOpening.isEmpty)
    }

    /// Ends an open thought with the tokens that close it.
    private mutating func endThought() -> Step? {
        guard var state = thoughts else { return nil }
        state.endThought()
        state.given = state.plan.ending[...]
        state.exhaust()
        let thenWatches = state.plan.answerOpening.isEmpty
        state.phase = .writing(thenWatches: thenWatches)
        thoughts = state
        return writeGiven(thenWatches: thenWatches)
    }

    /// Writes the next given token.
    private mutating func writeGiven(thenWatches: Bool) -> Step? {
        guard let token = thoughts?.given.popFirst() else {
            introduceAnswer()
            return thoughts == nil ? nil : writeGiven(thenWatches: false)
        }
        tokens.append(token)
        promptCount += 1
        if thoughts?.given.isEmpty ?? true {
            if thenWatches { thoughts?.phase = .watching } else { introduceAnswer() }
        }
        return .read(token)
    }

    /// Begins the answer, or writes what comes before it.
    private mutating func introduceAnswer() {
        guard var state = thoughts, !state.isIntroduced, !state.plan.introduction.isEmpty else { return beginAnswer() }
        state.isIntroduced = true
        state.given = state.plan.introduction[...]
        state.phase = .writing(thenWatches: false)
        thoughts = state
    }

    /// Begins the answer: from here on the tokens are the draft's.
    private mutating func beginAnswer() {
        finishedThoughts = thoughts
        thoughts = nil
        guard let state = finishedThoughts, promptCount > requestedPromptCount else { return }
        request.tokenRoom -= promptCount - requestedPromptCount
        guard state.hasThought else { return }
        // White space after a thought is no part of the answer, in raw text neither.
        text = DraftText(trimsWhitespace: true)
        var settings = request
        if let stop = state.plan.answerStop { settings.sampling.stop.append(stop) }
        settings.sampling.bannedPhrases += state.plan.plainMarkers
        rules = settings.parts(prompt: tokens, variant: variant, vocabulary: vocabulary, shapes: shapes)
    }

    /// The bytes of a token as markers are spelled: special tokens by name.
    private func markerBytes(of token: TokenID) -> [UInt8] {
        let bytes = vocabulary.textBytes(of: token)
        return bytes.isEmpty ? Array(vocabulary.name(of: token).utf8) : bytes
    }
}
