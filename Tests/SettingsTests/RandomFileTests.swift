// Random files, seeded: reading always ends, and an edit changes one value or nothing.

import Generation
import Testing

@testable import Settings

/// SplitMix64.
private struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct `Random files of settings` {
    private static let pieces = [
        "lexicon: {banned: [a], must: [b, {word: c, in: 2}]}\n", "lexicon:\n  banned:\n  - synergy # d\n",
        "model: a\n", "model: \"a # b\" # c\n", "model: |\n  a\n  # b\n", "sampling:\n", "  temperature: 0.5 # x\n",
        "  top_k: 3\n", "  stop:\n  - a\n  - b # c\n", "  stop: [a, 'b''c', \"d\\\"e\"]\n",
        "sampling: {top_k: 1, stop: [a]}\n",
        "sampling: {\n  top_k: 1, # one\n  min_p: 0.1}\n", "# comment\n", "\n", "other: {x: [1, {y: 2}]}\n",
        "  # deeper\n",
        "per_model:\n  a.b:\n    sampling: {top_p: 0.5}\n", "per_model: {c: {sampling: {}}}\n",
        "studio:\n  ascii: yes\n",
        "models:\n    folders:\n    - ~/m\n", "x: &a {y: 1}\n", "z: *a\n", "? k\n: v\n", "\t", "{", "}", "]", "\"", "'",
        ": ",
        "- ", "|", "\r\n", "\u{2028}", "!!str ", "---\n", "...\n", "#", "\u{FEFF}", "é", "\u{0}",
    ]

    private static let keys = [
        "model", "sampling.temperature", "sampling.stop", "per_model.a.b.sampling.top_p",
        "per_model.new.sampling.min_p",
        "models.folders", "studio.ascii", "lexicon.must", "lexicon.banned", "brand.tone",
    ]

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `an edit changes one value, keeps every comment, or is refused`(seed: UInt64) throws {
        var random = SeededRandom(state: seed)
        var editCount = 0
        for _ in 0..<300 {
            let tame = Bool.random(using: &random)
            let text = (0..<Int.random(in: 0...8, using: &random)).map { _ in
                Self.pieces[Int.random(in: 0..<(tame ? 20 : Self.pieces.count), using: &random)]
            }.joined()
            let before = UserSettings(bytes: Array(text.utf8), file: "config.yaml")
            let key = try SettingKey(Self.keys.randomElement(using: &random) ?? "model")
            let value = try #require(key.setting?.example)
            guard let editor = try? SettingsEditor(bytes: Array(text.utf8), file: "config.yaml"),
                let edited = try? editor.setting(key, to: value)
            else { continue }
            editCount += 1
            let after = UserSettings(bytes: Array(edited.utf8), file: "config.yaml")
            var (old, new) = (before.entries.mapValues(\.value), after.entries.mapValues(\.value))
            #expect(new[key] == value, "\(text.debugDescription)")
            (old[key], new[key]) = (nil, nil)
            #expect(old == new, "\(text.debugDescription)")
            // Within the replaced value at most two of the pieces' comments stand, unless it is a block text.
            let comments = [text, edited].map { $0.count { $0 == "#" } }
            #expect(comments[1] >= comments[0] - 2 || text.contains("|"), "\(text.debugDescription)")
            let removed = try? SettingsEditor(bytes: Array(edited.utf8), file: "config.yaml").removing(key)
            let rest = removed.map {
                UserSettings(bytes: Array($0.utf8), file: "config.yaml").entries.mapValues(\.value)
            }
            #expect(rest == nil || rest == old, "\(text.debugDescription)")
        }
        #expect(editCount > 50)
    }

    @Test(arguments: [5, 6] as [UInt64])
    func `random bytes never end the program`(seed: UInt64) {
        var random = SeededRandom(state: seed)
        for _ in 0..<500 {
            let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let read = UserSettings(bytes: bytes, file: "config.yaml")
            #expect(read.problems.allSatisfy { !$0.reason.isEmpty })
        }
    }
}
