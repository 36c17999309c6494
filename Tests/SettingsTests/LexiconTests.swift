// The writer's words and brand in config.yaml: what counts, and the sentences about what is wrong.

import Generation
import Testing

@testable import Settings

private func settings(_ text: String) -> UserSettings { UserSettings(bytes: Array(text.utf8), file: "config.yaml") }

@Suite struct `The lexicon in the settings` {
    @Test func `is read as one list, as lines, and as single words`() {
        let read = settings(
            """
            lexicon:
              banned:
                - synergy
                - "state of the art"
                - game-chang*
              must: {word: "Kettle & Vine", in: 2}
              casing: Kettle & Vine

            """)
        #expect(read.problems == [])
        #expect(read.lexicon.banned == ["synergy", "state of the art", "game-chang*"])
        #expect(read.lexicon.must == [.init(word: "Kettle & Vine", variantCount: 2)])
        #expect(read.lexicon.casing == ["Kettle & Vine"])
        #expect(settings("model: a\n").lexicon.isEmpty)
    }

    @Test(arguments: [
        (
            "lexicon: {must: [{word: tea, on: 2}]}\n",
            "config.yaml:1:30: A word that must occur has no key 'on'. Did you mean 'in'?"
        ),
        ("lexicon: {must: [{word: tea, in: 0}]}\n", "config.yaml:1:34: 'in' is a whole number from 1 to 64."),
        ("lexicon: {must: [{word: tea, in: two}]}\n", "config.yaml:1:34: 'in' is a whole number from 1 to 64."),
        (
            "lexicon: {must: [{in: 2}]}\n",
            "config.yaml:1:18: A word that must occur is written as {word: tea, in: 2}. Write it so."
        ),
        (
            "lexicon: {must: [tea, null]}\n",
            "config.yaml:1:23: 'must' takes words, or {word: tea, in: 2} for a word that at least 2 variants contain, "
                + "and this is not one. Write it as 'must: [\"loose-leaf\", {word: \"Kettle & Vine\", in: 2}]'."
        ),
        (
            "lexicon: {banned: [a, \" \"]}\n",
            "config.yaml:1:23: banned takes texts with more than spaces in them, and ' ' is not one. "
                + "Write it as 'banned: [\"synergy\", \"game-chang*\"]'."
        ),
        (
            "lexicon: [a]\n",
            "config.yaml:1:10: 'lexicon' is written as {banned: [\"synergy\", \"game-chang*\"]}. Write it so."
        ),
        (
            "lexicon: {banned: [synergy, le*verage]}\n",
            "config.yaml:1:29: A * stands at the end of a word with at least two letters before it, as in synerg*, and "
                + "'le*verage' is not written so. Until then it does not count."
        ),
        (
            "lexicon: {banned: [synergy], must: [tea, Synergy]}\n",
            "config.yaml:1:42: 'Synergy' must occur, and 'synergy' is banned. Remove one of the two; "
                + "until then the ban counts."
        ),
        (
            "lexicon:\n  casing: [Kettle & Vine]\n  banned: [\"kettle*\"]\n",
            "config.yaml:2:12: 'Kettle & Vine' is written so, and 'kettle*' is banned. Remove one of the two; "
                + "until then the ban counts."
        ),
        (
            "lexicon: {casing: [Kettle, KETTLE]}\n",
            "config.yaml:1:28: 'Kettle' stands before it in another casing. Keep one of the two; "
                + "until then the first counts."
        ),
    ])
    func `a wrong word is named with its place`(text: String, sentence: String) {
        #expect(settings(text).problems.map(\.description) == [sentence])
    }

    @Test func `of a list with a wrong pattern or a banned word the others count`() {
        let read = settings("lexicon: {banned: [\"*\", \"a*\", synergy], must: [synergy, {word: tea, in: 3}]}\n")
        #expect(read.problems.count == 3)
        #expect(read.lexicon.banned == ["synergy"])
        #expect(read.lexicon.must == [.init(word: "tea", variantCount: 3)])
        #expect(settings("lexicon: {banned: [\"*\"]}\nmodel: a\n").lexicon.banned == [])
    }

    @Test func `a value that is set is read back, and one that contradicts the file is refused`() throws {
        let key = try SettingKey("lexicon.must")
        let words: [Lexicon.Required] = [
            .init(word: "tea"), .init(word: "in: {2}", variantCount: 2), .init(word: "{tea"),
            .init(word: "a \"b\" # c"),
        ]
        let editor = try SettingsEditor(bytes: Array("# mine\nlexicon:\n  banned: [coffee] # no\n".utf8), file: "c")
        let text = try editor.setting(key, to: .requiredWords(words))
        #expect(text.hasPrefix("# mine\nlexicon:\n  banned: [coffee] # no\n  must: ["))
        #expect(settings(text).lexicon.must == words && settings(text).problems == [])
        let error = #expect(throws: SettingsEditError.self) {
            try editor.setting(key, to: .requiredWords([.init(word: "Coffee")]))
        }
        #expect(error?.description.contains("'Coffee' must occur, and 'coffee' is banned.") == true)
    }

    @Test(arguments: ["tea", "green tea", "10:30", "a, b", "null", "'x'"])
    func `a word is a part of its own for a shell, and so is one with a number of variants`(word: String) throws {
        #expect(Lexicon.Required(part: word) == .init(word: word))
        for required in [Lexicon.Required(word: word), .init(word: word, variantCount: 3), .init(word: "{" + word)] {
            #expect(Lexicon.Required(part: required.part) == required)
        }
    }

    @Test(arguments: ["", " ", "{word: tea", "{}", "{word: tea, in: 65}", "{word: [tea]}", "{word: tea, x: 1}"])
    func `a part that is no word is refused`(part: String) { #expect(Lexicon.Required(part: part) == nil) }
}

@Suite struct `The brand in the settings` {
    @Test func `has the four fields, and a misspelled one is named`() {
        let read = settings("brand: {product: Tea, audience: readers, tone: warm, benefit: calm, tne: x}\n")
        #expect(
            read.brand.values == [.product: "Tea", .audience: "readers", .tone: "warm", .benefit: "calm"])
        #expect(
            read.problems.map(\.description) == ["config.yaml:1:69: 'brand' has no key 'tne'. Did you mean 'tone'?"])
    }

    @Test func `is set one field at a time`() throws {
        let text = try SettingsEditor(bytes: Array("brand: {tone: warm}\n".utf8), file: "c").setting(
            SettingKey("brand.product"), to: .value(.text("Kettle & Vine, tea")))
        #expect(settings(text).brand.values == [.product: "Kettle & Vine, tea", .tone: "warm"])
    }
}

@Suite struct `The first config yaml` {
    @Test func `is read without a problem when every line counts`() {
        let lines = SettingsSkeleton.text.split(separator: "\n", omittingEmptySubsequences: false)
        // The first two lines, and those between the settings, are for people.
        let text = lines.dropFirst(3).map { $0.hasPrefix("# ") && $0.contains(":") ? $0.dropFirst(2) : $0 }.filter {
            !$0.hasSuffix(".")
        }.joined(separator: "\n")
        let read = settings(text)
        #expect(read.problems == [])
        let known = Set(read.entries.keys.map(\.name))
        for setting in Setting.all where setting.option == nil && setting.kind != .later {
            #expect(known.contains(setting.name), "\(setting.name)\n\(text)")
        }
    }
}
