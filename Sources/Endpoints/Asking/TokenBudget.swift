// How much a server may write, whatever it makes of the most tokens that were asked for.
// - A server that keeps the number is never cut: everything is counted as fewer tokens than it can have.
// - A server that ignores it is ended, also one that writes without end.
// - Thoughts have a budget of their own, because many servers do not count them.

import Generation

/// Counts the text and the thoughts of one variant.
struct TokenBudget {
    /// The most tokens that the request asks for.
    let asked: Int
    private var text = Count()
    private var thoughts = Count()
    /// True once the text, or the thoughts, had more than the server was asked for by far.
    private(set) var isOver = false

    private struct Count {
        var pieces = 0
        var bytes = 0

        /// Fewer tokens than it has. A token has 4 bytes of English on average and seldom more than 8. Servers send a
        /// piece for each token, but a proxy may send one for each character.
        var leastTokens: Int { max(bytes / TokenBudget.longestToken, min(pieces, bytes / 3)) }
    }

    private static let most = 1 << 30
    private static let longestToken = 8
    /// Bytes of a token of English, on average. Other scripts have more tokens for their characters than for their bytes.
    private static let averageToken = 4
    private static let averageForeignToken = 3
    /// The tokens of a message besides its text: its role and where it begins and ends.
    private static let messageTokens = 4

    /// About how many tokens the prompt of a request has. Only the server's tokenizer could tell.
    static func estimate(_ request: GenerationRequest) -> Int {
        func tokens(_ text: String) -> Int {
            let foreign = text.utf8.count { $0 >= 0x80 }
            let plain = text.utf8.count - foreign
            return (plain + averageToken - 1) / averageToken + (foreign + averageForeignToken - 1) / averageForeignToken
        }
        switch request.prompt {
        case .raw(let text): return tokens(text)
        case .chat(let messages): return messages.reduce(messageTokens) { $0 + tokens($1.content) + messageTokens }
        }
    }
    /// Models think up to this even about a short text, in tokens.
    private static let freeThoughts = 32_768

    /// - Parameter endpoint: its own fields of the body may ask for more than the request.
    init(_ request: GenerationRequest, endpoint: EndpointSettings? = nil) {
        let names = RequestDialect.maxTokensNames + ["n_predict"]
        // -1 and null are words for no limit.
        let others = names.compactMap { name in
            endpoint?.body[name].map { Int($0.filter { $0 != " " }).flatMap { $0 > 0 ? $0 : nil } ?? Self.most }
        }
        asked = min(max(([request.sampling.maxTokens] + others).max() ?? 1, 1), Self.most)
    }

    /// The most tokens of the text.
    var textLimit: Int { max(4 * asked, asked + 64) }
    private var thoughtLimit: Int { max(8 * textLimit, Self.freeThoughts) }
    /// The most tokens whose likelihoods are kept.
    var likelihoodLimit: Int { textLimit + thoughtLimit }

    /// Counts the next piece of text.
    /// - Returns: what of it may be kept.
    mutating func take(text piece: String) -> Substring { Self.take(piece, &text, textLimit, &isOver) }

    /// Counts the next piece of thoughts.
    /// - Returns: what of it may be kept.
    mutating func take(thoughts piece: String) -> Substring { Self.take(piece, &thoughts, thoughtLimit, &isOver) }

    private static func take(_ piece: String, _ count: inout Count, _ limit: Int, _ isOver: inout Bool) -> Substring {
        let room = limit * longestToken - count.bytes
        count.pieces += 1
        count.bytes += piece.utf8.count
        guard count.leastTokens > limit else { return piece[...] }
        isOver = true
        guard piece.utf8.count > room else { return piece[...] }
        var end = piece.startIndex
        var used = 0
        while end < piece.endIndex {
            used += piece[end].utf8.count
            guard used <= room else { break }
            end = piece.index(after: end)
        }
        return piece[..<end]
    }
}
