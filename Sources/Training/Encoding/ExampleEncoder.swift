// Turns a row into examples: tokens, and which of them are learned.
// - All tokens of a text are learned but its first, each once: a text that is too long becomes several examples, and each
//   begins with the last token of the one before.
// - Of a conversation the answers are learned, each with the token that ends it. It is never cut behind its first answer.

import Generation
import Inference

/// Encodes rows for one model.
public struct ExampleEncoder: Sendable {
    /// What became of a row.
    public struct Encoded: Sendable, Equatable {
        /// Empty if the row is left out.
        public var examples: [EncodedExample] = []
        public var dropped: DropReason?
        /// Tokens of the longest sequence before anything was cut.
        public var tokenCount = 0
        /// True if the beginning of a prompt was cut off.
        public var isCut = false
        /// True if names of special tokens in a text stayed letters.
        public var holdsSpecialName = false
        /// What was changed so that the model's chat template takes the row, in a sentence.
        public var notice: String?
    }

    public let options: EncodingOptions
    private let conversations: ConversationEncoder
    /// UTF-8 bytes of each token's text; 0 of special tokens.
    private let byteCounts: [Int32]
    /// How many tokens a cut prompt keeps at its beginning.
    private let beginIDs: [TokenID]

    /// - Parameter name: of the model, for sentences.
    /// - Throws: `ModelFileError` or `ChatTemplateError` if the model has no usable tokenizer or chat template.
    public init(model: any ModelSource, name: String, options: EncodingOptions) throws {
        self.options = options
        conversations = try ConversationEncoder(file: model, name: name, usesTemplate: options.usesTemplate)
        let tokenizer = conversations.tokenizer
        beginIDs = conversations.beginIDs
        byteCounts = (0..<tokenizer.vocabularySize).map { id in
            let id = TokenID(id)
            return tokenizer.isControl(id) ? 0 : Int32(clamping: tokenizer.bytes(of: id).count)
        }
    }

    /// True if prompts and answers are written with the model's chat template.
    public var hasTemplate: Bool { conversations.hasTemplate }

    /// The text of one token, for a person; special tokens give their names.
    public func bytes(of token: TokenID) -> [UInt8] { conversations.tokenizer.bytes(of: token) }

    /// UTF-8 bytes of the text that the labels of an example stand for.
    func labelByteCount(_ tokens: [TokenID], _ weights: [Float]) -> Int {
        zip(tokens, weights).reduce(0) { sum, item in
            let (token, weight) = item
            return weight > 0 && byteCounts.indices.contains(Int(token)) ? sum + Int(byteCounts[Int(token)]) : sum
        }
    }

    /// The examples of a row.
    /// - Throws: `ChatTemplateError` if the model's template takes a conversation in no form.
    public func encode(_ row: CorpusRow, number: Int) throws -> Encoded {
        switch row {
        case .text(let text, let isStart, let isEnd):
            return encode(text: text, isStart: isStart, isEnd: isEnd, number: number)
        case .completion(let prompt, let answer, let endsTurn):
            let sequence = try conversations.completion(prompt: prompt, answer: answer, endsTurn: endsTurn)
            return encode([sequence], number: number)
        case .conversation(let turns):
            let sequences = try conversations.sequences(of: turns.map(\.message)) { turns[$0].isLearned }
            return encode(sequences, number: number)
        }
    }

    // MARK: Texts

    private func encode(text: String, isStart: Bool, isEnd: Bool, number: Int) -> Encoded {
        let tokens = conversations.tokens(
            ofText: text, isStart: isStart, isEnd: isEnd, parsesSpecial: options.parsesSpecial)
        var encoded = Encoded(tokenCount: tokens.count)
        encoded.holdsSpecialName = !options.parsesSpecial && conversations.holdsSpecialName(text)
        guard tokens.count > 1 else {
            encoded.dropped = .noTarget
            return encoded
        }
        var start = 0
        while start + 1 < tokens.count {
            let window = Array(tokens[start..<min(start + options.exampleLimit, tokens.count)])
            encoded.examples.append(example(window, [Float](repeating: 1, count: window.count), number))
            start += options.exampleLimit - 1
        }
        return encoded
    }

    private func example(_ tokens: [TokenID], _ weights: [Float], _ number: Int) -> EncodedExample {
        var example = EncodedExample(row: number, tokens: tokens, weights: weights)
        example.labelByteCount = labelByteCount(tokens, example.weights)
        return example
    }

    // MARK: Conversations

    private func encode(_ sequences: [EncodedConversation], number: Int) -> Encoded {
        var encoded = Encoded(notice: sequences.lazy.compactMap(\.notice).first)
        for sequence in sequences {
            var pieces = sequence.pieces
            let count = pieces.reduce(0) { $0 + $1.tokens.count }
            encoded.tokenCount = max(encoded.tokenCount, count)
            if count > options.exampleLimit {
                guard options.cutsPrompts, Self.cut(&pieces, by: count - options.exampleLimit, keeping: beginIDs) else {
                    encoded.examples = []
                    encoded.dropped = .tooLong
                    // The other sequences only count.
                    continue
                }
                encoded.isCut = true
            }
            guard encoded.dropped == nil else { continue }
            let weights = pieces.flatMap { piece in
                [Float](repeating: piece.isAnswer ? 1 : options.promptWeight, count: piece.tokens.count)
            }
            let example = example(pieces.flatMap(\.tokens), weights, number)
            if example.labelCount > 0 { encoded.examples.append(example) }
        }
        if encoded.examples.isEmpty, encoded.dropped == nil { encoded.dropped = .noTarget }
        return encoded
    }

    /// Cuts tokens off the beginning of the prompt.
    /// - Parameter beginning: tokens that begin every text, and stay.
    /// - Returns: false if the prompt is too short for that.
    private static func cut(
        _ pieces: inout [EncodedConversation.Piece], by count: Int, keeping beginning: [TokenID]
    ) -> Bool {
        guard let prompt = pieces.first?.tokens else { return false }
        let kept = prompt.starts(with: beginning) ? beginning.count : 0
        guard prompt.count - kept > count else { return false }
        pieces[0].tokens.removeSubrange(kept..<kept + count)
        return true
    }
}
