// A vocabulary as a tree of bytes, so that tokens with the same beginning are held against a grammar once.
// - Nodes stand in the order of a walk from the root downward; a node's subtree is a run behind it.
// - Immutable, made once for a vocabulary, shared by all that decode with it.

/// The tokens of a vocabulary by their bytes.
public final class TokenTrie: Sendable {
    /// The number of ids in the vocabulary, tokens without text included.
    public let vocabularySize: Int
    /// Of each node: its last byte, how many bytes lead to it, and the node behind its subtree.
    let bytes: [UInt8]
    let depths: [UInt16]
    let ends: [Int32]
    /// Node `n` is the text of `tokens[firstToken[n]..<firstToken[n + 1]]`.
    let firstToken: [Int32]
    let tokens: [TokenID]
    /// The length of the longest token in bytes.
    let deepest: Int

    /// - Parameter bytesOfToken: the text of a token; tokens without text are in no mask.
    public init(vocabularySize: Int, bytesOfToken: (TokenID) -> [UInt8]) {
        self.vocabularySize = vocabularySize
        var texts: [UInt8] = []
        var starts: [Int] = [0]
        for token in 0..<vocabularySize {
            let text = bytesOfToken(TokenID(truncatingIfNeeded: token))
            // No vocabulary has such tokens; without them depths are small numbers.
            if text.count <= Int(UInt16.max) { texts += text }
            starts.append(texts.count)
        }
        let text = { (token: Int) in texts[starts[token]..<starts[token + 1]] }
        let sorted = (0..<vocabularySize).filter { starts[$0] < starts[$0 + 1] }.sorted { left, right in
            let (a, b) = (text(left), text(right))
            let shared = min(a.count, b.count)
            for offset in 0..<shared where a[a.startIndex + offset] != b[b.startIndex + offset] {
                return a[a.startIndex + offset] < b[b.startIndex + offset]
            }
            return a.count != b.count ? a.count < b.count : left < right
        }

        var bytes: [UInt8] = []
        var depths: [UInt16] = []
        var ends: [Int32] = []
        var firstToken: [Int32] = []
        var path: [Int] = []
        var last: ArraySlice<UInt8> = []
        for (rank, token) in sorted.enumerated() {
            let current = text(token)
            let shared = zip(last, current).prefix { $0 == $1 }.count
            while path.count > shared { ends[path.removeLast()] = Int32(bytes.count) }
            for byte in current.dropFirst(shared) {
                path.append(bytes.count)
                bytes.append(byte)
                depths.append(UInt16(path.count))
                ends.append(0)
                firstToken.append(Int32(rank))
            }
            last = current
        }
        while let node = path.popLast() { ends[node] = Int32(bytes.count) }
        (self.bytes, self.depths, self.ends) = (bytes, depths, ends)
        deepest = Int(depths.max() ?? 0)
        self.firstToken = firstToken + [Int32(sorted.count)]
        tokens = sorted.map { TokenID(truncatingIfNeeded: $0) }
    }

    convenience init(_ vocabulary: any TextVocabulary) {
        self.init(vocabularySize: vocabulary.vocabularySize) { vocabulary.textBytes(of: $0) }
    }

    /// The tokens whose bytes are a beginning of some bytes, or all of them; shorter ones first.
    func tokens(beginning text: some Sequence<UInt8>) -> [TokenID] {
        var found: [TokenID] = []
        var children = 0..<bytes.count
        for byte in text {
            var node = children.lowerBound
            while node < children.upperBound, bytes[node] != byte { node = Int(ends[node]) }
            guard node < children.upperBound else { break }
            found += tokens[Int(firstToken[node])..<Int(firstToken[node + 1])]
            children = (node + 1)..<Int(ends[node])
        }
        return found
    }
}

/// Which tokens of a vocabulary may come next: a bit for each.
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

    /// How many tokens are allowed.
    public var allowedCount: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    mutating func insert(_ token: TokenID) {
        words[Int(token) / 64] |= 1 << (UInt64(token) % 64)
    }

    /// Sets the logits of all other tokens to minus infinity, those without a bit included.
    /// - Parameter spared: tokens whose logits stay.
    func apply(to logits: inout [Float], sparing spared: Set<TokenID> = []) {
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
