import Drafting
import Export
import Generation
import Synchronization

/// The likelihoods of the tokens of some drafts, for JSON; they are not stored.
final class Likelihoods: Sendable {
    private struct Token: Encodable {
        var id: Int32
        var text: String
        var logprob: Float

        init(_ alternative: TokenAlternative) {
            (id, text, logprob) = (alternative.id, alternative.text, alternative.logProbability)
        }
    }

    private struct Position: Encodable {
        var position: Int
        var id: Int32
        var text: String
        var logprob: Float
        var top: [Token]
    }

    /// A draft as `DraftJSON` writes it, with one key more.
    private struct Draft: Encodable {
        var draft: DraftJSON.Draft
        var logprobs: [Position]

        private enum Key: CodingKey { case logprobs }

        func encode(to encoder: any Encoder) throws {
            try draft.encode(to: encoder)
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(logprobs, forKey: .logprobs)
        }
    }

    private let positions = Mutex<[Int: [Position]]>([:])

    func take(_ event: RecordingEvent) {
        switch event {
        case .generation(.alternatives(let variant, let position, let likeliest, let chosen)):
            positions.withLock {
                $0[variant, default: []].append(
                    Position(
                        position: position, id: chosen.id, text: chosen.text, logprob: chosen.logProbability,
                        top: likeliest.map(Token.init)))
            }
        case .generation(.restarted(let variant)): positions.withLock { $0[variant] = nil }
        case .generation(.chosen(let variants)):
            // The chosen ones are the drafts from now on, in this order.
            positions.withLock { positions in
                let known = positions
                for (place, variant) in variants.enumerated() { positions[place] = known[variant] }
            }
        default: break
        }
    }

    /// `{"generation": {…}, "drafts": [{…, "logprobs": […]}, …]}`
    func json(of generation: SavedGeneration) -> String {
        struct Whole: Encodable {
            var candidates: Int
            var generation: DraftJSON.Generation
            var drafts: [Draft]
        }
        let positions = positions.withLock { $0 }
        return DraftJSON.text(
            of: Whole(
                candidates: generation.hiddenCandidateCount, generation: .init(generation),
                drafts: generation.drafts.map {
                    Draft(draft: .init($0, of: generation), logprobs: positions[$0.ordinal] ?? [])
                }))
    }
}
