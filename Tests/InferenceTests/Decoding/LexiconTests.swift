import Generation
import Testing
import Text

@testable import Inference

@Suite struct `The words of a lexicon` {
    private func lexicon(_ change: (inout Lexicon) -> Void) -> (inout DraftRules) -> Void {
        var lexicon = Lexicon()
        change(&lexicon)
        return { [lexicon] in $0.lexicon = lexicon }
    }

    @Test(arguments: [
        ("synergy", ["Our", " syner", "gies", " win"]), ("synergy", ["Our", " Synergy", "’s", " win"]),
        ("leverage", ["We", " leverag", "ing", " it"]), ("plan", ["We", " plan", "ned", " it"]),
        ("synerg*", ["Our", " synergistic", " win"]), ("game changer", ["A", " game", " changers", " here"]),
        ("innovativ", ["Ein", " innovativ", "er", " Tee"]), ("赋能", ["茶", "赋", "能", "你"]),
    ])
    func `that are banned stand in no draft, in no inflection`(word: String, wish: [String]) {
        let model = WishfulWriter([wish, ["Tea", " for", " all"]], others: [" tea"])
        let draft = model.write(tidies: false, rules: lexicon { $0.banned = [word] })
        #expect(draft.text != wish.joined() && !draft.text.isEmpty)
        #expect(!LexiconRule.bans(draft.text, [word]))
        #expect(model.write(tidies: false).text == wish.joined())
    }

    @Test(arguments: [
        ("synergy", ["A", " synergistic", " tea"]), ("plan", ["The", " planet", " waits"]),
        ("art", ["A", " party", " for", " all"]),
        ("cat", ["The", " catalog"]),
    ])
    func `that are banned leave other words alone`(word: String, wish: [String]) {
        let draft = WishfulWriter([wish, ["Tea"]]).write(tidies: false, rules: lexicon { $0.banned = [word] })
        #expect(draft.text == wish.joined())
    }

    @Test func `that are names are written in their own case, whatever the model wants`() {
        let names = ["Kettle", " &", " Vine"]
        let wishes: [([String], String)] = [
            (["At", " kettle", " &", " vine", " today"], "At Kettle & Vine today"),
            (["KETTLE", " &", " VINE", " today"], "Kettle & Vine today"),
            (["At", " Kettle", " &", " vine", "."], "At Kettle & Vine."),
        ]
        for (wish, text) in wishes {
            // After the name the model goes on as if it were its own.
            let wished = WishfulWriter([wish], others: names + [" Kettle"])
            var writer = wished.writer
            let next = writer.next
            writer.next = { text in
                let lower = wish.joined()
                let same = text.count <= lower.count && lower.lowercased().hasPrefix(text.lowercased())
                return next(same ? String(lower.prefix(text.count)) : text)
            }
            let draft = writer.write(rules: lexicon { $0.casing = ["Kettle & Vine"] })
            #expect(draft.text == text)
            #expect(writer.write(rules: { _ in }).text == wish.joined())
            for piece in draft.pieces {
                #expect(!piece.hasSuffix("Kettle") && !piece.hasSuffix("kettle"), "\(draft.pieces)")
            }
        }
    }

    @Test func `that must occur in two variants are in the first two, however many there are`() {
        let model = WishfulWriter([["Tea", " for", " all"]], others: [" oolong", "oolong"])
        for variant in 0..<4 {
            let draft = model.writer.write(
                variant: variant, rules: lexicon { $0.must = [.init(word: "oolong", variantCount: 2)] })
            #expect(draft.text.contains("oolong") == (variant < 2))
            let all = model.writer.write(variant: variant, rules: lexicon { $0.must = [.init(word: "oolong")] })
            #expect(all.text.contains("oolong"))
        }
    }

    @Test func `that contradict each other are refused, with both of them named`() {
        var lexicon = Lexicon()
        lexicon.must = [.init(word: "synergies")]
        lexicon.banned = ["synergy"]
        let error = #expect(throws: RuleConflict.self) {
            try RuleConflict.check(SamplingOptions(), LengthLimits(), lexicon)
        }
        #expect(error == .banned(required: "synergies", banned: "synergy"))
        lexicon.banned = ["tea"]
        #expect(throws: Never.self) { try RuleConflict.check(SamplingOptions(), LengthLimits(), lexicon) }
    }
}
