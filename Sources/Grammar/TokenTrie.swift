// A vocabulary as a trie of bytes, so that a common beginning of tokens is checked against a grammar once.
// - Nodes are in depth-first order; a node's subtree follows it directly.
// - Immutable, built once per vocabulary, shared by all drafts.

import Generation

/// The tokens of a vocabulary by their bytes.
public final class TokenTrie: Sendable {
    struct Node: Sendable {
        /// The index after its subtree.
        var end: Int32
        /// The index of its first token in `tokens`.
        var firstToken: Int32
        /// How many bytes lead to the node.
        var depth: UInt16
        /// The last of those bytes.
        var byte: UInt8
        var tokenCount: UInt8
    }

    /// The number of ids in the vocabulary, including tokens without text.
    public let vocabularySize: Int
    let nodes: [Node]
    /// In the order of their bytes.
    let tokens: [TokenID]
    /// The length of the longest token in bytes.
    let deepest: Int

    /// - Parameter bytesOfToken: the text of a token. Tokens without text are in no mask.
    public init(vocabularySize: Int, bytesOfToken: (TokenID) -> [UInt8]) {
        self.vocabularySize = vocabularySize
        let texts = SortedTexts(count: vocabularySize, bytesOfToken)
        var nodes: [Node] = []
        var path: [Int] = []
        var last: ArraySlice<UInt8> = []
        for (rank, token) in texts.order.enumerated() {
            let current = texts.text(of: token)
            let shared = SortedTexts.sharedCount(last, current)
            while path.count > shared { nodes[path.removeLast()].end = Int32(nodes.count) }
            for byte in current.dropFirst(shared) {
                path.append(nodes.count)
                nodes.append(
                    Node(end: 0, firstToken: Int32(rank), depth: UInt16(path.count), byte: byte, tokenCount: 0))
            }
            // No vocabulary has so many tokens with one text; those beyond the limit are never allowed.
            if nodes[nodes.count - 1].tokenCount < .max { nodes[nodes.count - 1].tokenCount += 1 }
            last = current
        }
        while let node = path.popLast() { nodes[node].end = Int32(nodes.count) }
        self.nodes = nodes
        deepest = Int(nodes.map(\.depth).max() ?? 0)
        tokens = texts.order.map { TokenID(truncatingIfNeeded: $0) }
    }

    convenience init(_ vocabulary: any TextVocabulary) {
        self.init(vocabularySize: vocabulary.vocabularySize) { vocabulary.textBytes(of: $0) }
    }

    /// The tokens whose bytes are a prefix of the text or all of it, shorter ones first.
    func tokens(beginning text: some Sequence<UInt8>) -> [TokenID] {
        var found: [TokenID] = []
        var children = 0..<nodes.count
        for byte in text {
            var index = children.lowerBound
            while index < children.upperBound, nodes[index].byte != byte { index = Int(nodes[index].end) }
            guard index < children.upperBound else { break }
            let node = nodes[index]
            found += tokens[Int(node.firstToken)..<Int(node.firstToken) + Int(node.tokenCount)]
            children = (index + 1)..<Int(node.end)
        }
        return found
    }
}

/// The tokens that have a text, sorted by their bytes.
private struct SortedTexts {
    private var bytes: [UInt8] = []
    private var starts: [Int] = [0]
    private(set) var order: [Int] = []

    init(count: Int, _ bytesOfToken: (TokenID) -> [UInt8]) {
        /// The first eight bytes as a number, which nearly always decide the order.
        var keys: [(key: UInt64, token: Int)] = []
        for token in 0..<count {
            let text = bytesOfToken(TokenID(truncatingIfNeeded: token))
            // No vocabulary has longer tokens; skipping them keeps depths small.
            if !text.isEmpty, text.count <= Int(UInt16.max) {
                bytes += text
                var key: UInt64 = 0
                for index in 0..<8 { key = key << 8 | UInt64(index < text.count ? text[index] : 0) }
                keys.append((key, token))
            }
            starts.append(bytes.count)
        }
        keys.sort { left, right in
            left.key != right.key ? left.key < right.key : comesBefore(left.token, right.token)
        }
        order = keys.map(\.token)
    }

    func text(of token: Int) -> ArraySlice<UInt8> { bytes[starts[token]..<starts[token + 1]] }

    private func comesBefore(_ left: Int, _ right: Int) -> Bool {
        let (a, b) = (text(of: left), text(of: right))
        let shared = Self.sharedCount(a, b)
        if shared < a.count, shared < b.count { return a[a.startIndex + shared] < b[b.startIndex + shared] }
        return a.count != b.count ? a.count < b.count : left < right
    }

    static func sharedCount(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Int {
        let most = min(left.count, right.count)
        var count = 0
        while count < most, left[left.startIndex + count] == right[right.startIndex + count] { count += 1 }
        return count
    }
}

/// The tokens of a vocabulary that may come next: one bit for each.
public struct TokenMask: Sendable, Equatable {
    public let count: Int
    private var words: [UInt64]

    init(count: Int) {
        self.count = count
        words = Array(repeating: 0, count: (count + 63) / 64)
    }

    public subscript(token: TokenID) -> Bool {
        guard token >= 0, Int(token) < count else { return false }
        return words[Int(token) / 64] >> (UInt64(token) % 64) & 1 == 1
    }

    public var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    mutating func insert(_ token: TokenID) {
        words[Int(token) / 64] |= 1 << (UInt64(token) % 64)
    }

    /// Sets the logits of all other tokens to minus infinity, including tokens beyond the mask.
    /// - Parameter spared: tokens whose logits are kept.
    package func apply(to logits: inout [Float], sparing spared: Set<TokenID> = []) {
        let kept = spared.compactMap { token in
            logits.indices.contains(Int(token)) ? (Int(token), logits[Int(token)]) : nil
        }
        for (index, word) in words.enumerated() where word != .max {
            let end = min(index * 64 + 64, logits.count)
            guard index * 64 < end else { break }
            for token in index * 64..<end where word >> UInt64(token & 63) & 1 == 0 { logits[token] = -.infinity }
        }
        if words.count * 64 < logits.count {
            for token in words.count * 64..<logits.count { logits[token] = -.infinity }
        }
        for (token, logit) in kept { logits[token] = logit }
    }
}
