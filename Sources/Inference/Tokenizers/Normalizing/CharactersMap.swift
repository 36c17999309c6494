// SentencePiece's table of normalizations: characters, and their replacements before the text is cut.
// - Layout: 32-bit length of a trie, the trie, then zero-terminated replacements. The trie is a double array whose
//   nodes pack a label (bits 0-7), a leaf flag (8), and an offset (10-30, times 256 if bit 9 is set).
// - Every index is checked. A damaged table ends a match and is never read out of bounds.
// normalizer.cc of SentencePiece; darts-clone's double array.

/// Finds the longest text at a place that the table replaces.
struct CharactersMap: Sendable {
    private let nodes: [UInt32]
    private let replacements: [UInt8]

    /// - Parameter bytes: the value of `precompiled_charsmap`. The result is nil if its lengths do not fit.
    init?(_ bytes: [UInt8]) {
        guard bytes.count > 4 else { return nil }
        let trieBytes = Int(Self.word(bytes, 0))
        guard trieBytes % 4 == 0, trieBytes >= 4, trieBytes <= bytes.count - 4 else { return nil }
        nodes = (0..<trieBytes / 4).map { Self.word(bytes, 4 + 4 * $0) }
        replacements = Array(bytes[(4 + trieBytes)...])
    }

    private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
    }

    /// The replacement of the text at `index`, and how many bytes it replaces; nil if the table has none.
    /// - Parameter isShortest: true to take the shortest entry instead of the longest.
    func match(
        _ text: [UInt8], at index: Int, isShortest: Bool = false
    ) -> (replacement: ArraySlice<UInt8>, length: Int)? {
        var node = Self.offset(nodes[0])
        var found: (value: Int, length: Int)?
        for position in index..<text.count {
            let byte = text[position]
            node ^= Int(byte)
            guard byte != 0, nodes.indices.contains(node), nodes[node] & 0x8000_00FF == UInt32(byte) else { break }
            let isLeaf = nodes[node] >> 8 & 1 == 1
            node ^= Self.offset(nodes[node])
            guard nodes.indices.contains(node) else { break }
            if isLeaf { found = (Int(nodes[node] & 0x7FFF_FFFF), position - index + 1) }
            if isLeaf, isShortest { break }
        }
        guard let found, found.value < replacements.count else { return nil }
        let tail = replacements[found.value...]
        let replacement = tail.prefix(Self.longestReplacement + 1).prefix { $0 != 0 }
        guard replacement.count <= Self.longestReplacement else { return nil }
        return (replacement, found.length)
    }

    /// Longer than any character's decomposition. A damaged table could turn each byte into megabytes.
    private static let longestReplacement = 256

    private static func offset(_ node: UInt32) -> Int { Int(node >> 10) << Int((node & 0x200) >> 6) }
}
