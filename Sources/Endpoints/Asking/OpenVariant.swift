// One variant while a server writes it.

import Foundation
import Generation
import Text

/// The text of one variant, and everything that the server says about it.
struct OpenVariant {
    let variant: Int
    private var shaper: DraftShaper
    private var budget: TokenBudget
    private(set) var reasoning = ""
    /// How many pieces of text and thoughts came; most servers send one a token.
    private(set) var pieceCount = 0
    /// Everything that came as text.
    private(set) var serverText = ""
    private(set) var tokens: [TokenLikelihood] = []
    /// True if the likelihoods are left out, because they would spell a secret.
    private(set) var hidesTokens = false
    /// Why the text ended, in the server's word.
    private(set) var serverReason: String?

    init(variant: Int, request: GenerationRequest, endpoint: EndpointSettings? = nil) {
        self.variant = variant
        shaper = DraftShaper(request)
        budget = TokenBudget(request, endpoint: endpoint)
    }

    var text: String { shaper.text }
    /// True if anything of the answer came, so that it is not asked for a second time.
    var hasBegun: Bool { pieceCount > 0 || serverReason != nil }
    /// True if the rest of the answer is not needed.
    var isEnough: Bool { shaper.end != nil || budget.isOver }
    /// The most tokens that the server was asked for, if it wrote far more and was ended for that.
    var exceededTokens: Int? { budget.isOver && shaper.end == nil ? budget.asked : nil }
    var endsInsideWord: Bool { shaper.endsInsideWord }
    var tidied: [TidiedPiece] { shaper.tidied }
    var partCounts: (written: Int, asked: Int)? { shaper.writtenPartCount.map { ($0, shaper.partCount) } }

    /// An estimate of the tokens that the server wrote.
    var estimatedTokens: Int {
        let byteCount = serverText.utf8.count + reasoning.utf8.count
        return pieceCount > 1 ? pieceCount : (byteCount + 3) / 4
    }

    /// Takes in a piece and reports what it adds to the draft.
    mutating func take(_ piece: AnswerPiece, report: (GenerationEvent) -> Void) {
        switch piece {
        case .text(let text, _):
            guard !isEnough else { return }
            pieceCount += 1
            let kept = String(budget.take(text: text))
            serverText += kept
            let new = shaper.add(kept)
            if !new.isEmpty { report(.text(new, variant: variant)) }
        case .reasoning(let text, _):
            guard !isEnough else { return }
            pieceCount += 1
            let kept = String(budget.take(thoughts: text))
            reasoning += kept
            if !kept.isEmpty { report(.reasoning(kept, variant: variant)) }
        case .finished(_, let reason): serverReason = serverReason ?? reason
        case .likelihoods(let more, _):
            if !isEnough { tokens += more.prefix(budget.likelihoodLimit - tokens.count) }
        case .usage, .model, .failed, .done: break
        }
    }

    /// Ends it, because nothing more comes.
    /// - Parameter reason: why, if it was not the server that ended it.
    mutating func finish(_ reason: FinishReason?, report: (GenerationEvent) -> Void) -> FinishReason {
        let wasCutHere = isEnough
        let new = shaper.finish()
        if !new.isEmpty { report(.text(new, variant: variant)) }
        if wasCutHere || reason == nil, let end = shaper.end { return end }
        if budget.isOver { return .length }
        return reason ?? Self.reason(serverReason)
    }

    /// What a server's word means; `nil` is no word, so the text was cut off.
    private static func reason(_ word: String?) -> FinishReason {
        switch word?.lowercased() {
        case nil: .cutOff
        case "length", "max_tokens", "model_length": .length
        case "error": .failed
        default: .stop
        }
    }

    /// The words of servers for an ordinary end.
    static let ordinaryReasons: Set = [
        "stop", "length", "max_tokens", "model_length", "eos", "eos_token", "end_turn", "stop_sequence", "complete",
    ]

    /// The likelihoods of the draft's tokens, most likely alternatives first.
    var alternativeEvents: [GenerationEvent] {
        let kept = keptTokens
        return kept.enumerated().map { position, token in
            .alternatives(
                variant: variant, position: position, token.alternatives.map(Self.alternative),
                chosen: Self.alternative(token))
        }
    }

    /// Leaves the likelihoods out if they spell a secret.
    mutating func hideSecrets(_ redaction: Redaction) {
        let spelled = String(decoding: tokens.flatMap { $0.bytes ?? Array($0.text.utf8) }, as: UTF8.self)
        let others = tokens.flatMap(\.alternatives).map(\.text)
        guard ([spelled] + others).contains(where: { redaction($0) != $0 }) else { return }
        tokens = []
        hidesTokens = true
    }

    private static func alternative(_ token: TokenLikelihood) -> TokenAlternative {
        TokenAlternative(
            id: token.id.flatMap { TokenID(exactly: $0) } ?? -1, text: CleanText.text(token.text),
            logProbability: Float(token.logProbability))
    }

    /// The tokens that lie in the draft's text, as far as their bytes tell it.
    private var keptTokens: [TokenLikelihood] {
        let bytes = tokens.map { $0.bytes ?? Array($0.text.utf8) }
        let all = bytes.flatMap(\.self)
        guard !text.isEmpty, let range = all.firstRange(of: Array(text.utf8)) else { return tokens }
        var start = 0
        return zip(tokens, bytes).compactMap { token, bytes in
            let place = start..<(start + bytes.count)
            start = place.upperBound
            return place.overlaps(range) ? token : nil
        }
    }
}
