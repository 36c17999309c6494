// Chooses the best candidates of a request. All weights of the score are here.
// - The order of the candidates does not depend on how many are asked for: the first of 5 is the first of 3.

import Generation
import Text

/// A written candidate.
struct WrittenCandidate {
    var text: String
    var reason: FinishReason
    /// The natural logarithms of its tokens' probabilities.
    var logProbabilities: [Float]
}

/// Rates candidates and puts them in order.
struct CandidateChoice {
    /// What counts for and against a candidate, in units of mean log-probability.
    enum Weight {
        static let empty = -20.0
        /// The text is a field's text.
        static let copied = -10.0
        /// Cut by max_tokens or the context.
        static let cut = -4.0
        /// A hard limit ended it; the model would have gone on.
        static let limited = -0.7
        /// It ends with a word or a mark that leads on, or inside a name.
        static let dangling = -3.0
        /// For a soft limit that it is over.
        static let over = -2.0
        /// For each name of the fields that does not occur in it.
        static let unnamed = -2.5
        /// It equals a better candidate.
        static let twin = -12.0
        /// It opens as a better candidate does.
        static let sameOpening = -1.5
        /// For the share of the words that stand in a better candidate too.
        static let overlap = -1.0
        /// The mean log-probability counts down to here: below, a text is not much worse.
        static let leastLikelihood = -3.0
    }

    private(set) var scores: [DraftScore]
    private let keys: [TwinKey]
    private let order: [Int]
    /// The words that drafts must contain, each with the candidates that do.
    private let required: [(word: Lexicon.Required, candidates: Set<Int>)]

    init(_ request: GenerationRequest, candidates: [WrittenCandidate]) {
        let keys = candidates.map { TwinKey($0.text) }
        var scores = zip(candidates, keys).map { Self.score($0, $1, request) }
        var order: [Int] = []
        var rest = Array(candidates.indices)
        while !rest.isEmpty {
            let ranked = rest.map { index in
                (index: index, parts: Self.distinctness(of: keys[index], from: order.map { keys[$0] }))
            }
            let sums = ranked.map { scores[$0.index].sum + $0.parts.values.reduce(0, +) }
            // Of equally good candidates the first one counts.
            let best = sums.indices.reduce(0) { sums[$1] > sums[$0] ? $1 : $0 }
            for (reason, value) in ranked[best].parts { scores[ranked[best].index][reason] = value }
            order.append(ranked[best].index)
            rest.remove(at: best)
        }
        (self.scores, self.keys, self.order) = (scores, keys, order)
        required = request.conditions.lexicon.must.map { word in
            (word, Set(candidates.indices.filter { Self.holds(candidates[$0].text, word.word) }))
        }
    }

    /// The best candidates, the best one first. A word that some drafts must contain may bring in a lesser one.
    func best(_ count: Int) -> [Int] {
        var chosen = Array(order.prefix(count))
        var kept: Set<Int> = []
        for required in required {
            let wanted = min(required.word.variantCount ?? count, count)
            let having = chosen.filter(required.candidates.contains)
            kept.formUnion(having.prefix(wanted))
            let others = order.dropFirst(count).filter { required.candidates.contains($0) && !chosen.contains($0) }
            for candidate in others.prefix(max(wanted - having.count, 0)) {
                guard let place = chosen.lastIndex(where: { !kept.contains($0) && !required.candidates.contains($0) })
                else { break }
                chosen[place] = candidate
                kept.insert(candidate)
            }
        }
        return chosen
    }

    /// The chosen candidate before this one that has the same text.
    func twin(of index: Int, among chosen: [Int]) -> Int? {
        guard !keys[index].isEmpty else { return nil }
        return chosen.prefix { $0 != index }.first { keys[$0] == keys[index] && chosen.contains(index) }
    }

    private static func score(_ candidate: WrittenCandidate, _ key: TwinKey, _ request: GenerationRequest) -> DraftScore
    {
        let likelihoods = candidate.logProbabilities
        let mean = likelihoods.isEmpty ? 0 : Double(likelihoods.reduce(0, +)) / Double(likelihoods.count)
        var score = DraftScore(meanLogProbability: max(mean, Weight.leastLikelihood))
        guard !key.isEmpty else {
            score[.empty] = Weight.empty
            return score
        }
        let body = Array(candidate.text.utf8)[...]
        if request.conditions.inputs.contains(where: { TwinKey($0) == key }) { score[.copied] = Weight.copied }
        if [.length, .stopped, .failed].contains(candidate.reason) { score[.cut] = Weight.cut }
        if candidate.reason == .limit { score[.limited] = Weight.limited }
        if TextEnds.danglingByteCount(body) > 0 || TextEnds.endsOnFunctionWord(body)
            || request.conditions.joinedNames.endsInside(candidate.text)
        {
            score[.dangling] = Weight.dangling
        }
        if isOver(request.limits, candidate.text) { score[.over] = Weight.over }
        let missing = request.conditions.names.count { !holds(candidate.text, $0) }
        if missing > 0 { score[.unnamed] = Double(missing) * Weight.unnamed }
        return score
    }

    private static func holds(_ text: String, _ phrase: String) -> Bool {
        let bytes = Array(text.utf8)
        return PhraseFinder([phrase], folding: true).firstMatch(in: bytes[...], newCount: bytes.count) != nil
    }

    private static func isOver(_ limits: LengthLimits, _ text: String) -> Bool {
        let length = TextLength(of: text, countsWideAsTwo: limits.countsWideAsTwo)
        return length.characters > limits.characters ?? .max || length.words > limits.words ?? .max
            || length.sentences > limits.sentences ?? .max || length.lines > limits.lines ?? .max
    }

    private static func distinctness(of key: TwinKey, from better: [TwinKey]) -> [ScoreReason: Double] {
        guard !better.isEmpty, !key.isEmpty else { return [:] }
        if better.contains(key) { return [.twin: Weight.twin] }
        var parts: [ScoreReason: Double] = [:]
        if better.contains(where: { $0.opening == key.opening }) { parts[.sameOpening] = Weight.sameOpening }
        let words = Set(key.words)
        let shares = better.map { Double(words.intersection($0.words).count) / Double(max(words.count, 1)) }
        parts[.overlap] = Weight.overlap * (shares.max() ?? 0)
        return parts
    }
}
