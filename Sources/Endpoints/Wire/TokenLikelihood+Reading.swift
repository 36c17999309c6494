// Reads the likelihoods of tokens in their two shapes: a list of tokens (chat), and arrays beside each other (legacy).
// - Bytes come before the token's text, because a token that is a part of a character has no text.

import Generation

extension TokenLikelihood {
    /// The tokens of a choice's `logprobs`; empty if there are none that can be read.
    static func list(_ value: JSONValue?) -> [TokenLikelihood] {
        guard let value else { return [] }
        if let items = value["content"]?.items { return items.compactMap { TokenLikelihood($0) } }
        guard let tokens = value["tokens"]?.items, let numbers = value["token_logprobs"]?.items else { return [] }
        let tops = value["top_logprobs"]?.items ?? []
        return zip(tokens, numbers).enumerated().compactMap { index, pair in
            guard let text = pair.0.text, let number = logProbability(pair.1) else { return nil }
            let alternatives = index < tops.count ? Self.alternatives(tops[index]) : []
            return TokenLikelihood(text: text, logProbability: number, alternatives: alternatives)
        }
    }

    private init?(_ value: JSONValue, isAlternative: Bool = false) {
        guard let number = Self.logProbability(value["logprob"]) else { return nil }
        let bytes = Self.bytes(value["bytes"])
        guard let text = bytes.map({ String(decoding: $0, as: UTF8.self) }) ?? value["token"]?.text else { return nil }
        let tops = isAlternative ? [] : value["top_logprobs"]?.items ?? []
        self.init(
            text: text, bytes: bytes, id: value["id"]?.count, logProbability: number,
            alternatives: tops.compactMap { TokenLikelihood($0, isAlternative: true) })
    }

    /// The legacy shape: an object of texts and numbers.
    private static func alternatives(_ value: JSONValue) -> [TokenLikelihood] {
        let all = (value.members ?? []).compactMap { member -> TokenLikelihood? in
            guard let number = logProbability(member.value) else { return nil }
            return TokenLikelihood(text: String(decoding: member.key, as: UTF8.self), logProbability: number)
        }
        return all.sorted { ($1.logProbability, $0.text) < ($0.logProbability, $1.text) }
    }

    /// An empty list counts as none: llama.cpp writes one for its special tokens.
    private static func bytes(_ value: JSONValue?) -> [UInt8]? {
        guard let items = value?.items, !items.isEmpty else { return nil }
        var bytes: [UInt8] = []
        for item in items {
            guard let byte = item.int.flatMap({ UInt8(exactly: $0) }) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    private static func logProbability(_ value: JSONValue?) -> Double? {
        guard let number = value?.double, !number.isNaN else { return nil }
        return min(max(number, -9999), 0)
    }
}
