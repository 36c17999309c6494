// What a corpus consists of, before any model has read it.

import Generation

/// A turn of a conversation in a corpus.
public struct CorpusTurn: Sendable, Hashable {
    public var message: Message
    /// False for an answer that is only read, never learned.
    public var isLearned: Bool

    public init(_ role: Message.Role, _ text: String, isLearned: Bool = true) {
        message = Message(role, text)
        self.isLearned = isLearned && role == .assistant
    }
}

/// What is learned from one row.
public enum CorpusRow: Sendable, Hashable {
    /// A document, or a part of a very long one. All of it is learned.
    case text(String, isStart: Bool, isEnd: Bool)
    /// A prompt with its answer, or a longer conversation. Its answers are learned.
    case conversation([CorpusTurn])
    /// A prompt that goes to the model as it stands, and the text after it, which is learned.
    /// - Parameter endsTurn: true if the model's chat template wrote the prompt, so that the text ends as an answer does.
    case completion(prompt: String, answer: String, endsTurn: Bool)

    /// A prompt and its answer.
    public static func pair(system: String = "", prompt: String, answer: String) -> CorpusRow {
        let opening = system.isEmpty ? [] : [CorpusTurn(.system, system)]
        return .conversation(opening + [CorpusTurn(.user, prompt), CorpusTurn(.assistant, answer)])
    }

    /// True if there is nothing to learn from, or nothing to learn it after.
    var isEmpty: Bool {
        func isBlank(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(\.properties.isWhitespace) }
        switch self {
        case .text(let text, _, _): return isBlank(text)
        case .completion(_, let answer, _): return isBlank(answer)
        case .conversation(let turns):
            let answers = turns.filter { $0.message.role == .assistant }
            let questions = turns.filter { $0.message.role != .assistant }
            return answers.allSatisfy { isBlank($0.message.content) }
                || questions.allSatisfy { isBlank($0.message.content) }
        }
    }

    /// True if the row is a part of a document that is too long to be read at once.
    var isPart: Bool {
        guard case .text(_, let isStart, let isEnd) = self else { return false }
        return !isStart || !isEnd
    }

    /// True if one of the answers is learned.
    var hasTarget: Bool {
        guard case .conversation(let turns) = self else { return true }
        return turns.contains { $0.isLearned }
    }
}

/// A row, and how much it counts.
public struct WeightedRow: Sendable, Hashable {
    public var row: CorpusRow
    /// The factor of each of its labels in the loss, above 0. A row that counts 3 moves the model as three of it would.
    public var weight: Float

    public init(_ row: CorpusRow, weight: Float) {
        self.row = row
        self.weight = weight
    }
}

/// A row with its place.
public struct NumberedRow: Sendable, Equatable {
    /// From 0, over all files; rows that are left out have numbers too.
    public var number: Int
    public var row: CorpusRow
    /// Where it stands: `rows.jsonl, line 3`.
    public var place: String
    /// The factor of its labels in the loss.
    public var weight: Float = 1
}

/// What can be wrong with the bytes of a text and is repaired.
public struct TextRepairs: OptionSet, Sendable, Hashable {
    public var rawValue: Int

    public init(rawValue: Int) { self.rawValue = rawValue }

    /// A byte order mark at the beginning: left out.
    public static let byteOrderMark = TextRepairs(rawValue: 1)
    /// Line ends of Windows: made line feeds.
    public static let carriageReturn = TextRepairs(rawValue: 2)
    /// Bytes that are 0: left out.
    public static let nul = TextRepairs(rawValue: 4)
    /// Bytes that are no UTF-8: made U+FFFD.
    public static let invalidUTF8 = TextRepairs(rawValue: 8)

    /// Each kind with the name that reports give it.
    public static let names: [(kind: TextRepairs, name: String)] = [
        (.byteOrderMark, "byteOrderMark"), (.carriageReturn, "carriageReturn"), (.nul, "nul"),
        (.invalidUTF8, "invalidUTF8"),
    ]
}

/// Why a row is left out.
public enum DropReason: String, Sendable, Hashable, CaseIterable {
    /// No text, no prompt or no answer.
    case empty
    /// Longer than the limit.
    case tooLong
    /// A conversation without an answer to learn, or a text of one token.
    case noTarget
    /// Not what a row has to be, and the person allowed to skip it.
    case damaged
}

/// What was read of a corpus.
public struct CorpusCount: Sendable, Equatable {
    /// All rows, with those that are left out.
    public var read = 0
    /// Rows that say the same as an earlier one.
    public var duplicates = 0
    public var dropped: [DropReason: Int] = [:]
    /// Rows in which something was repaired.
    public var repaired: [TextRepairs: Int] = [:]
    /// Rows that are a part of a document which is too long to be read at once.
    public var parts = 0
    /// Files of a folder that are no text.
    public var skippedFiles = 0
    public var fileCount = 0

    public init() {}

    mutating func add(_ repairs: TextRepairs) {
        guard !repairs.isEmpty else { return }
        for (kind, _) in TextRepairs.names where repairs.contains(kind) { repaired[kind, default: 0] += 1 }
    }

    mutating func drop(_ reason: DropReason) { dropped[reason, default: 0] += 1 }
}
