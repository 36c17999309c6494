/// Something that was taken off the ends of a draft.
public enum TidiedPiece: String, Sendable, Hashable, Codable, CaseIterable {
    case quotes, label, preamble, note, markdown
}

/// Why a candidate was chosen or left out. The greater the sum, the better.
public struct DraftScore: Sendable, Hashable, Codable {
    /// The mean of the natural logarithms of its tokens' probabilities, as the model alone gives them.
    public var meanLogProbability: Double
    /// What counts against it or for it, by the raw value of its `ScoreReason`.
    public var parts: [String: Double]

    public init(meanLogProbability: Double = 0, parts: [String: Double] = [:]) {
        self.meanLogProbability = meanLogProbability
        self.parts = parts
    }

    public var sum: Double { parts.values.reduce(meanLogProbability, +) }
}

/// What is known of a draft besides its text and its end.
public struct DraftDetails: Sendable, Hashable, Codable {
    /// The thoughts of a reasoning model, which are no part of the text.
    public var reasoning: String?
    /// What was taken off.
    public var tidied: [TidiedPiece] = []
    /// How often the variant was written; above 1 if an earlier attempt equaled another text.
    public var attempts = 1
    /// The variant that this one equals, although it was written again; from 0.
    public var twinOf: Int?
    /// `nil` unless candidates were compared.
    public var score: DraftScore?
    /// The tokens that the model's context had room for, if they were fewer than those asked for.
    public var contextRoom: Int?
    /// The banned word before which the draft ended, because nothing else fit there.
    public var endedBefore: String?

    /// How a server answered; `nil` if a model of this machine wrote the draft.
    public var server: ServerReport?

    public init() {}

    public var isEmpty: Bool { self == DraftDetails() }
}

extension DraftDetails {
    private enum Key: String, CodingKey {
        case reasoning, tidied, attempts, twinOf, score, contextRoom, endedBefore, server
    }

    /// Reads what it can: a key that is missing, or of another version, leaves its default.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        reasoning = try? values.decodeIfPresent(String.self, forKey: .reasoning)
        tidied = ((try? values.decodeIfPresent([String].self, forKey: .tidied)) ?? nil ?? [])
            .compactMap(TidiedPiece.init(rawValue:))
        attempts = (try? values.decodeIfPresent(Int.self, forKey: .attempts)) ?? nil ?? 1
        twinOf = try? values.decodeIfPresent(Int.self, forKey: .twinOf)
        score = try? values.decodeIfPresent(DraftScore.self, forKey: .score)
        contextRoom = try? values.decodeIfPresent(Int.self, forKey: .contextRoom)
        endedBefore = try? values.decodeIfPresent(String.self, forKey: .endedBefore)
        server = try? values.decodeIfPresent(ServerReport.self, forKey: .server)
    }
}
