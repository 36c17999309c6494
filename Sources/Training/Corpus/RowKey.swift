// Hashes by which rows are compared and divided. White space counts as one space, and none at the ends.

import Generation

/// The hashes of one row.
struct RowKey: Equatable {
    /// Of everything in the row: equal rows say the same.
    var whole: UInt64
    /// Of what comes before the first answer; of a text, of all of it. Rows with one prompt stay on one side when a corpus
    /// is divided, because otherwise a model would be tested on what it has seen.
    var prompt: UInt64

    init(_ row: CorpusRow) {
        var hash = TextHash()
        switch row {
        case .text(let text, _, _):
            hash.take(text, sign: 0)
            prompt = hash.value
        case .completion(let before, let answer, _):
            hash.take(before, sign: 4)
            prompt = hash.value
            hash.take(answer, sign: 3)
        case .conversation(let turns):
            var beforeAnswer: UInt64?
            for turn in turns {
                if turn.message.role == .assistant, beforeAnswer == nil { beforeAnswer = hash.value }
                switch turn.message.role {
                case .system: hash.take(turn.message.content, sign: 1)
                case .user: hash.take(turn.message.content, sign: 2)
                case .assistant: hash.take(turn.message.content, sign: turn.isLearned ? 3 : 5)
                }
            }
            prompt = beforeAnswer ?? hash.value
        }
        whole = hash.value
    }

    /// Makes the key of a part that goes on after other parts: it says the same as another one only if these do too. So a
    /// document keeps the parts that it repeats, and a document that is there twice loses all of them.
    /// - Parameter document: `whole` of the part before.
    mutating func follow(_ document: UInt64) {
        var hash = FNV1a("part".utf8)
        hash.mix(document)
        hash.mix(whole)
        whole = hash.value
    }

    /// True if the row is one to validate on.
    /// - Parameter share: of the rows, from 0 to 1.
    func isValidation(share: Double, seed: UInt64) -> Bool {
        guard share > 0 else { return false }
        var hash = FNV1a("validation 1".utf8)
        hash.mix(seed)
        hash.mix(prompt)
        // The upper bits of this hash are not even enough by themselves: mix them as splitmix64 does.
        var bits = hash.value
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        return Double(bits >> 11) * 0x1p-53 < share
    }
}

private struct TextHash {
    private var hash = FNV1a()
    var value: UInt64 { hash.value }

    /// - Parameter sign: tells kinds of texts apart. No byte of UTF-8 is above 0xF4.
    mutating func take(_ text: String, sign: UInt64) {
        hash.mix(0x100 + sign)
        var isWaiting = false
        var hasBegun = false
        for byte in text.utf8 {
            if byte == 0x20 || 0x09...0x0D ~= byte {
                isWaiting = hasBegun
            } else {
                if isWaiting { hash.mix(0x20) }
                isWaiting = false
                hasBegun = true
                hash.mix(UInt64(byte))
            }
        }
    }
}
