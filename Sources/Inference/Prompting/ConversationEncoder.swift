// Turns texts and conversations into tokens to train on, exactly as this program sends and reads them.
// - The tokens before an answer are those that the model is sent when it writes that answer.
// - An answer is encoded apart from them, because a model begins it at a token of its own. It ends with the token by which
//   the model's chat template ends an answer, which is a part of it; what the template writes behind that is not.
// - Names of special tokens in what people wrote stay letters.

import Generation
import Text

/// Tokens in a row, in pieces that are either read or written by the model.
public struct EncodedConversation: Sendable, Equatable {
    /// A run of tokens on one side.
    public struct Piece: Sendable, Equatable {
        public var tokens: [TokenID]
        /// True for what the model writes: an answer with its end token.
        public var isAnswer: Bool

        public init(tokens: [TokenID], isAnswer: Bool) {
            self.tokens = tokens
            self.isAnswer = isAnswer
        }
    }

    public var pieces: [Piece]
    /// What was changed so that the model's template takes the conversation, in a sentence.
    public var notice: String?

    public init(pieces: [Piece], notice: String? = nil) {
        self.pieces = pieces
        self.notice = notice
    }
}

/// Encodes what one model is trained on.
public struct ConversationEncoder: Sendable {
    public let tokenizer: Tokenizer
    private let builder: PromptBuilder
    private let ending: AnswerEnding
    /// Tokens that mark thoughts.
    private let markers: Set<TokenID>
    /// For each two bytes whether the name of a special token begins with them, so that most texts need no other look.
    private let specialBeginnings: [Bool]

    /// - Parameter usesTemplate: false to put prompt and answer one after the other, although the model has a chat
    ///   template.
    /// - Throws: `ModelFileError` if the file has no usable tokenizer; `ChatTemplateError` if its template is not valid.
    public init(file: any ModelSource, name: String, usesTemplate: Bool = true) throws {
        tokenizer = try Tokenizer(file: file)
        // Examples in a prompt are turns like all others here, so the context is never too short for them.
        builder = try PromptBuilder(
            file: file, tokenizer: tokenizer, name: name, contextLength: .max, usesTemplate: usesTemplate)
        ending = AnswerEnding.find(builder)
        markers = PromptBuilder.markers(of: builder.thoughts, tokenizer)
        specialBeginnings = Self.beginnings(of: tokenizer)
    }

    private static func beginnings(of tokenizer: Tokenizer) -> [Bool] {
        var beginnings = [Bool](repeating: false, count: 1 << 16)
        for id in 0..<TokenID(clamping: tokenizer.vocabularySize) where tokenizer.isControl(id) {
            let name = tokenizer.bytes(of: id)
            if name.count > 1 { beginnings[Int(name[0]) << 8 | Int(name[1])] = true }
        }
        return beginnings
    }

    /// True if conversations are written with a chat template.
    public var hasTemplate: Bool { builder.template != nil }

    /// The token behind the last one of a text: the model learns to stop there. `nil` if the vocabulary has none.
    public var textEndID: TokenID? { tokenizer.eosID }

    /// The tokens that begin every text of the model; most have none or one.
    public var beginIDs: [TokenID] { tokenizer.vocabulary.beginIDs }

    // MARK: Texts

    /// The tokens of a text, or of a part of one.
    /// - Parameters:
    ///   - isStart: true if the text begins here; then it begins with the token that begins every text of the model.
    ///   - isEnd: true if the text ends here; then it ends with the token for that.
    ///   - parsesSpecial: true if names of special tokens in the text become these tokens.
    public func tokens(ofText text: String, isStart: Bool, isEnd: Bool, parsesSpecial: Bool) -> [TokenID] {
        var tokens = tokenizer.encode(Array(text.utf8), parseSpecial: parsesSpecial, continues: !isStart)
        if isStart { tokens = builder.beginning(tokens) }
        if isEnd, let end = textEndID, tokens.last != end { tokens.append(end) }
        return tokens
    }

    /// True if a text holds the name of a special token.
    public func holdsSpecialName(_ text: String) -> Bool {
        var before = 0
        let mayHold = text.utf8.contains { byte in
            before = (before << 8 | Int(byte)) & 0xFFFF
            return specialBeginnings[before]
        }
        return mayHold && tokenizer.mayHoldSpecial(text)
            && tokenizer.encode(text, parseSpecial: true).contains { tokenizer.isControl($0) }
    }

    /// A prompt that is sent as it stands, and the text after it.
    /// - Parameter endsTurn: true if the text ends as an answer does in the model's chat template; false if it ends as a
    ///   document does.
    public func completion(prompt: String, answer: String, endsTurn: Bool) throws -> EncodedConversation {
        var sent = try builder.make(GenerationRequest(prompt: .raw(prompt), seed: 0))
        // The prompt may end inside a thought that was not kept: then the thought ends before the answer.
        if endsTurn, sent.thoughts == .open, let thoughts = builder.thoughts, !answer.contains(thoughts.closing) {
            sent = try builder.make(GenerationRequest(prompt: .raw(prompt + thoughts.ending), seed: 0))
        }
        let end = (endsTurn ? ending.token : textEndID).map { [$0] } ?? []
        return EncodedConversation(pieces: [
            .init(tokens: sent.tokens, isAnswer: false),
            .init(tokens: tokens(ofAnswer: answer, after: sent) + end, isAnswer: true),
        ])
    }

    // MARK: Conversations

    /// A conversation, in one sequence if the template writes the turns before an answer as the model wrote and read
    /// them. Otherwise, as with templates that leave out earlier thoughts, each answer gets a sequence of its own.
    /// - Parameters:
    ///   - messages: from the first; an answer that follows no other message is only read.
    ///   - isLearned: whether the answer at this index is to be learned.
    /// - Returns: nothing if there is no answer to learn.
    /// - Throws: `ChatTemplateError` if the template takes the conversation in no form.
    public func sequences(
        of messages: [Message], isLearned: (Int) -> Bool = { _ in true }
    ) throws -> [EncodedConversation] {
        var sequences: [EncodedConversation] = []
        var tokens: [TokenID] = []
        for (index, message) in messages.enumerated() where message.role == .assistant {
            guard index > 0, messages[index - 1].role != .assistant, isLearned(index) else { continue }
            let (sent, answer) = try self.answer(message.content, to: Array(messages[..<index]))
            if !sequences.isEmpty, sent.tokens.count > tokens.count, sent.tokens.starts(with: tokens) {
                let read = Array(sent.tokens[tokens.count...])
                sequences[sequences.count - 1].pieces.append(.init(tokens: read, isAnswer: false))
                sequences[sequences.count - 1].notice = sequences[sequences.count - 1].notice ?? sent.notice
            } else {
                sequences.append(
                    EncodedConversation(pieces: [.init(tokens: sent.tokens, isAnswer: false)], notice: sent.notice))
            }
            sequences[sequences.count - 1].pieces.append(.init(tokens: answer, isAnswer: true))
            tokens = sent.tokens + answer
        }
        return sequences
    }

    /// What is sent for an answer, and the answer's tokens.
    private func answer(_ text: String, to messages: [Message]) throws -> (sent: ModelPrompt, tokens: [TokenID]) {
        var request = GenerationRequest(prompt: .chat(messages), seed: 0)
        var sent = try builder.make(request)
        // A template may open a thought before each answer. Without a thought in the answer, the prompt closes it.
        if sent.thoughts == .open, let closing = builder.thoughts?.closing, !text.contains(closing) {
            request.sampling.reasoning = .off
            sent = try builder.make(request)
        }
        let written = ending.text(of: text, startsOpen: sent.thoughts == .open)
        return (sent, tokens(ofAnswer: written, after: sent) + (ending.token.map { [$0] } ?? []))
    }

    /// The tokens of an answer, without an end token. Markers of thoughts are tokens if the answer has its thoughts before
    /// it.
    private func tokens(ofAnswer text: String, after sent: ModelPrompt) -> [TokenID] {
        var tokens: [TokenID] = []
        var rest = text
        let continues = sent.tokens.last.map { !tokenizer.isMatchedByName($0) } ?? false
        func encode(_ part: String) {
            let shield = SpecialTextShield(tokenizer: tokenizer, texts: [part], markers: markers)
            tokens += shield.encode(shield.hide(part), continues: continues && tokens.isEmpty)
        }
        if let thoughts = builder.thoughts {
            let opening = thoughts.openings.first { rest.hasPrefix($0) }
            let body = rest.dropFirst(opening?.count ?? 0)
            if sent.thoughts == .open || opening != nil, let end = body.firstRange(of: thoughts.closing) {
                // The prompt may have opened the thought already.
                if let opening, sent.thoughts != .open { tokens += tokenizer.encode(opening, parseSpecial: true) }
                encode(String(body[..<end.lowerBound]))
                tokens += tokenizer.encode(thoughts.closing, parseSpecial: true)
                rest = String(body[end.upperBound...])
            }
        }
        encode(rest)
        return tokens
    }
}
