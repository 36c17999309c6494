// The objects of answers, in OpenAI's shapes for chat completions and legacy completions.

import Foundation
import Generation

/// The tokens of a request, for all its choices.
struct TokenUsage: Equatable {
    var promptTokens = 0
    var cachedTokens = 0
    var completionTokens = 0

    var json: AnswerValue {
        [
            "prompt_tokens": .int(promptTokens), "completion_tokens": .int(completionTokens),
            "total_tokens": .int(promptTokens + completionTokens),
            "prompt_tokens_details": ["cached_tokens": .int(cachedTokens)],
        ]
    }
}

/// One text of an answer.
struct AnswerChoice {
    var text = ""
    var reasoning = ""
    var likelihoods: [Likelihood] = []
    var end: FinishReason?
    var tokenCount = 0

    /// A token that was written, with the likeliest ones at its place.
    struct Likelihood {
        var chosen: TokenAlternative
        var others: [TokenAlternative]
    }
}

/// Makes the objects of one answer.
struct AnswerForm {
    let asked: AskedTexts
    /// The model that writes.
    let model: ModelIdentity
    let id: String
    let created: Int

    init(_ asked: AskedTexts, model: ModelIdentity) {
        self.asked = asked
        self.model = model
        let letters = "abcdefghijklmnopqrstuvwxyz0123456789"
        id =
            (asked.shape == .chat ? "chatcmpl-" : "cmpl-")
            + String((0..<24).map { _ in letters.randomElement() ?? "a" })
        created = Int(Date().timeIntervalSince1970)
    }

    // MARK: Whole answers

    func whole(_ choices: [AnswerChoice], _ usage: TokenUsage) -> AnswerValue {
        object(
            asked.shape == .chat ? "chat.completion" : "text_completion",
            choices: choices.enumerated().map { whole($1, index: $0) }, usage: usage)
    }

    private func whole(_ choice: AnswerChoice, index: Int) -> AnswerValue {
        let end = (likelihoods(choice), choice.end.map(Self.word) ?? .null)
        let reasoning: [(String, AnswerValue)] =
            choice.reasoning.isEmpty ? [] : [("reasoning_content", .string(choice.reasoning))]
        switch asked.shape {
        case .chat:
            let message: [(String, AnswerValue)] =
                [("role", "assistant"), ("content", .string(choice.text))] + reasoning
            return ["index": .int(index), "message": .object(message), "logprobs": end.0, "finish_reason": end.1]
        case .completion:
            let text: [(String, AnswerValue)] = [("text", .string(choice.text)), ("index", .int(index))] + reasoning
            return .object(text + [("logprobs", end.0), ("finish_reason", end.1)])
        }
    }

    // MARK: Pieces of a stream

    /// The first piece of a chat's choice; legacy completions have none.
    func opening(_ index: Int) -> AnswerValue? {
        asked.shape == .chat ? chunk(index, [("role", "assistant"), ("content", "")]) : nil
    }

    func piece(_ text: String, _ index: Int) -> AnswerValue {
        chunk(index, [(asked.shape == .chat ? "content" : "text", .string(text))])
    }

    func thought(_ text: String, _ index: Int) -> AnswerValue { chunk(index, [("reasoning_content", .string(text))]) }

    /// The likelihoods of a whole text: they are certain when the text is.
    func likelihoodPiece(_ choice: AnswerChoice, _ index: Int) -> AnswerValue {
        chunk(index, asked.shape == .chat ? [] : [("text", "")], likelihoods: likelihoods(choice))
    }

    func ending(_ choice: AnswerChoice, _ index: Int) -> AnswerValue {
        chunk(index, asked.shape == .chat ? [] : [("text", "")], end: choice.end.map(Self.word) ?? .null)
    }

    func usagePiece(_ usage: TokenUsage) -> AnswerValue { object(chunkName, choices: [], usage: usage) }

    private var chunkName: String { asked.shape == .chat ? "chat.completion.chunk" : "text_completion" }

    private func chunk(
        _ index: Int, _ piece: [(String, AnswerValue)], likelihoods: AnswerValue = .null, end: AnswerValue = .null
    ) -> AnswerValue {
        let rest: [(String, AnswerValue)] = [("logprobs", likelihoods), ("finish_reason", end)]
        let choice: [(String, AnswerValue)]
        switch asked.shape {
        case .chat: choice = [("index", .int(index)), ("delta", .object(piece))] + rest
        case .completion:
            let text: [(String, AnswerValue)] = piece.contains { $0.0 == "text" } ? piece : [("text", "")] + piece
            choice = [("index", .int(index))] + text + rest
        }
        return object(chunkName, choices: [.object(choice)], usage: nil)
    }

    private func object(_ kind: String, choices: [AnswerValue], usage: TokenUsage?) -> AnswerValue {
        var members: [(String, AnswerValue)] = [
            ("id", .string(id)), ("object", .string(kind)), ("created", .int(created)), ("model", .string(model.name)),
            // The same model file and the same seed give the same text.
            ("system_fingerprint", .string(model.hash)), ("choices", .array(choices)),
        ]
        if let usage { members.append(("usage", usage.json)) }
        return .object(members)
    }

    // MARK: Parts

    /// Why a text ended, in the protocol's words.
    private static func word(_ reason: FinishReason) -> AnswerValue {
        switch reason {
        case .stop: "stop"
        case .length, .limit, .stopped, .failed, .interrupted, .cutOff: "length"
        }
    }

    private func likelihoods(_ choice: AnswerChoice) -> AnswerValue {
        guard let count = asked.likelihoods else { return .null }
        switch asked.shape {
        case .chat:
            return [
                "content": .array(
                    choice.likelihoods.map { likelihood in
                        let top = likelihood.others.prefix(count).map { AnswerValue.object(Self.token($0)) }
                        return .object(Self.token(likelihood.chosen) + [("top_logprobs", .array(top))])
                    }), "refusal": .null,
            ]
        case .completion: return columns(choice.likelihoods, count)
        }
    }

    /// A token of a chat. Its bytes are unknown if it is a part of a character.
    private static func token(_ token: TokenAlternative) -> [(String, AnswerValue)] {
        let isPart = token.text.unicodeScalars.contains("\u{FFFD}")
        let bytes: AnswerValue = isPart ? .null : .array(token.text.utf8.map { .int(Int($0)) })
        return [
            ("token", .string(token.text)), ("logprob", .number(Double(token.logProbability))), ("bytes", bytes),
        ]
    }

    private func columns(_ likelihoods: [AnswerChoice.Likelihood], _ count: Int) -> AnswerValue {
        var offset = 0
        var offsets: [AnswerValue] = []
        for likelihood in likelihoods {
            offsets.append(.int(offset))
            offset += likelihood.chosen.text.unicodeScalars.count
        }
        func logarithm(_ token: TokenAlternative) -> AnswerValue { .number(Double(token.logProbability)) }
        let tops = likelihoods.map { likelihood in
            // Names of an object occur once: of tokens with the same text the likeliest stays.
            var names: Set<String> = []
            let members = likelihood.others.prefix(count).filter { names.insert($0.text).inserted }
            return AnswerValue.object(members.map { ($0.text, logarithm($0)) })
        }
        return [
            "tokens": .array(likelihoods.map { .string($0.chosen.text) }),
            "token_logprobs": .array(likelihoods.map { logarithm($0.chosen) }),
            "top_logprobs": count == 0 ? .null : .array(tops), "text_offset": .array(offsets),
        ]
    }
}
