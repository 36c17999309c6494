// Keeps a variant that starts anew from opening as the others do.
// - The rule gives in after some refusals: a model that has nothing else to say may open alike.

import Generation
import Text

/// Keeps the opening of a variant that starts anew away from those of the others.
struct DistinctOpeningRule: DraftRule {
    private let avoided: Set<[String]>
    private let ends: Set<TokenID>
    /// After this many refusals the opening is taken as it comes: the variant will be marked as a twin.
    private var refusalsLeft = 12

    /// `nil` if every opening is allowed.
    init?(avoiding openings: [[String]], ends: Set<TokenID>) {
        self.ends = ends
        avoided = Set(openings.filter { !$0.isEmpty })
        if avoided.isEmpty { return nil }
    }

    /// A text does not end within an avoided opening: "- The town" would be no way around "the town council".
    func mask(_ workspace: inout SamplingWorkspace, at place: DraftPlace) {
        guard refusalsLeft > 0, place.body.count < 400 else { return }
        let words = TwinKey(String(decoding: place.body, as: UTF8.self)).words
        guard !words.isEmpty, avoided.contains(where: { $0.starts(with: words) }) else { return }
        for token in ends { workspace.ban(token) }
    }

    mutating func accept(_ token: TokenID, _ bytes: [UInt8], in text: DraftText) -> RuleOutcome {
        guard refusalsLeft > 0, let last = lastOpeningWord(in: text.body) else { return .continues }
        refusalsLeft -= 1
        return .rollsBack(to: last)
    }

    func firstUncertainByte(of body: ArraySlice<UInt8>) -> Int? {
        guard refusalsLeft > 0 else { return nil }
        let words = TwinKey.words(of: Substring(String(decoding: body.prefix(400), as: UTF8.self)))
        guard words.count <= TwinKey.openingLength else { return nil }
        return body.startIndex
    }

    /// The beginning of the last word of an avoided opening, once the word is complete.
    private func lastOpeningWord(in body: ArraySlice<UInt8>) -> Int? {
        let text = String(decoding: body.prefix(400), as: UTF8.self)
        let words = TwinKey.words(of: text[...])
        for count in 1...TwinKey.openingLength where words.count >= count {
            let isComplete = words.count > count || words[count - 1].end < body.count
            guard isComplete, words.count <= count + 1 else { continue }
            if avoided.contains(words.prefix(count).map(\.word)), count == TwinKey.openingLength || words.count == count
            {
                return body.startIndex + words[count - 1].start
            }
        }
        return nil
    }
}
