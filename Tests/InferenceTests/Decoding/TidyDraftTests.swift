import Generation
import Testing
import Text

@testable import Inference

/// A model that wants to write one of several texts, the likeliest first, token by token.
struct WishfulWriter {
    let vocabulary: ListedVocabulary
    let texts: [[String]]

    /// - Parameter texts: each as its tokens; after a text comes the end.
    init(_ texts: [[String]], others: [String] = [], special: [String] = []) {
        let all = [""] + Set(texts.flatMap { $0 } + others).subtracting(special).sorted() + special
        var vocabulary = ListedVocabulary(texts: all)
        vocabulary.specialTokens = special.compactMap { text in all.firstIndex(of: text).map { TokenID($0) } }
        self.vocabulary = vocabulary
        self.texts = texts
    }

    var writer: TinyWriter {
        TinyWriter(vocabulary: vocabulary) { text in
            var weights: [String: Float] = [:]
            for (rank, tokens) in texts.enumerated() {
                var sum = ""
                for token in tokens + [""] {
                    if sum == text { weights[token] = max(weights[token] ?? -8, 9 - 2 * Float(rank)) }
                    sum += token
                }
            }
            return weights.isEmpty ? ["": 5] : weights
        }
    }

    func write(
        _ limits: LengthLimits = .init(), tidies: Bool = true, rules change: (inout DraftRules) -> Void = { _ in },
        options: (inout SamplingOptions) -> Void = { _ in }
    ) -> (text: String, reason: FinishReason?, pieces: [String], tokenCount: Int, tidied: [TidiedPiece]) {
        writer.write(
            limits,
            rules: {
                $0.sampling.tidy = tidies
                change(&$0)
            }, options)
    }
}

@Suite struct `The beginning of a tidy draft` {
    private let headline = LengthLimits(characters: 40, lines: 1)

    @Test(arguments: [
        ["\"", "Unlock", " tea", "\""], ["\"Unlock", " tea\""], [" “", "Unlock", " tea"], ["«", "Unlock"],
        ["'", "Unlock", "'"],
        ["Headline", ":", " Unlock"], ["Subject", " line", ":", " Unlock"], ["**", "Title", "**", "\n", "Unlock"],
        ["*", "Unlock", "*"], ["#", " Unlock"], ["Sure", ",", " here", " is", " a", " headline", ":", "\n", "Unlock"],
        ["Certainly", "!", " Unlock"], ["Title", " -", " Unlock"], ["标题", "：", "好茶"], ["`", "Unlock", "`"],
    ])
    func `is the text, although the model wants to write something before it`(wish: [String]) {
        let model = WishfulWriter([wish, ["Tea", " that", " waits"]])
        let draft = model.write(headline)
        #expect(draft.text == "Tea that waits")
        #expect(draft.reason == .stop)
        #expect(draft.tidied.isEmpty)
        // Without the rule the model has its way.
        #expect(wish.joined().trimmingSpace.hasPrefix(model.write(headline, tidies: false).text))
    }

    @Test(arguments: [
        ["-", " Tea", "\n", "-", " Cake"], ["1", ".", " Tea"], ["#", "tea", " #", "cake"], ["* Tea"],
        ["Title", " deeds", " sell"],
        ["Sure", "-footed", " boots"], ["'", "Tis", " tea"], ["Tea", " is", " \"", "good", "\""],
    ])
    func `may be a bullet, a hashtag or a word that only looks like a label`(wish: [String]) {
        let draft = WishfulWriter([wish, ["Tea", " that", " waits"]]).write()
        #expect(draft.text == wish.joined())
    }

    @Test func `is not reported before it is known to be the text`() {
        let draft = WishfulWriter([["Title", " deeds", " sell", ".", " Now"]]).write()
        #expect(draft.pieces.first == "Title deeds sell.")
        #expect(draft.text == "Title deeds sell. Now")
    }

    @Test func `may be a quotation in a story, but not one around the whole text`() {
        let spoken = ["\"", "Go", ",\"", " she", " said", "."]
        let plain = ["She", " went", "."]
        #expect(WishfulWriter([spoken, plain]).write().text == "\"Go,\" she said.")
        #expect(WishfulWriter([spoken, plain]).write(headline).text == "She went.")
        let endless = ["\""] + (0...TextOpening.quotationWords).map { " w\($0)" }
        #expect(WishfulWriter([endless, plain]).write().text == "She went.")
        // If the quotation ends the text, its marks are taken off.
        let quoted = WishfulWriter([["\"", "Go", " home", ".", "\""]]).write()
        #expect(quoted.text == "Go home.")
        #expect(quoted.tidied == [.quotes])
    }

    @Test func `may be what the writer's own text begins with`() {
        let wish = ["“", "Go", "”", " he", " said"]
        let model = WishfulWriter([wish, ["Tea"]])
        #expect(
            model.write(
                headline,
                rules: { $0.inputs = ["“Stay,” she said, and he stayed until the last train had gone, and longer."] }
            ).text == "“Go” he said")
        #expect(model.write(headline, options: { $0.mustInclude = ["“Go”"] }).text.contains("“Go”"))
        #expect(model.write(headline).text == "Tea")
    }

    @Test func `is what it must be if nothing else can be written`() {
        let draft = WishfulWriter([["\"", "Tea", "\""]]).writer.write(
            rules: { $0.sampling.tidy = true }, { $0.logitBias = [3: -200] })
        #expect(!draft.text.isEmpty)
    }

    @Test func `is no end, because an empty draft is of no use`() {
        #expect(WishfulWriter([[], ["Tea"]]).write().text == "Tea")
    }
}

@Suite struct `The end of a tidy draft` {
    @Test func `has no note, no count and no lonely quotation mark, and none of them was reported`() {
        let cases: [([String], String, [TidiedPiece])] = [
            (["Tea", " waits", "\""], "Tea waits", [.quotes]),
            (["Tea", " waits", " (", "28", " characters", ")"], "Tea waits", [.note]),
            (["Tea.", "\n\n", "Note", ":", " short", "\n", "Yes"], "Tea.", [.note]),
            (["Tea.", "\n\n", "Let", " me know if you need any changes", " soon", " please"], "Tea.", [.note]),
        ]
        for (wish, text, tidied) in cases {
            let draft = WishfulWriter([wish]).write()
            #expect(draft.text == text)
            #expect(draft.tidied == tidied)
            #expect(WishfulWriter([wish]).write(tidies: false).text == wish.joined())
        }
    }

    @Test func `keeps what only looked like one of them`() {
        for wish in [
            ["Tea", " is", " \"", "good", "\"", " now"], ["Tea", " (", "28", " days", ")"],
            ["Tea.", "\n\n", "Not", " now"],
            ["Tea.", "\n\n", "Let", " me sleep"], ["Note", ": tea"],
        ] {
            let draft = WishfulWriter([wish]).write()
            #expect(draft.text == wish.joined() && draft.tidied.isEmpty)
        }
    }

    @Test func `is the last whole sentence if the tokens run out`() {
        let words = ["One", " two", " three", " four", ".", " Five", " six", " seven", ".", " Eight", " nine", " ten"]
        let draft = WishfulWriter([words]).write(options: { $0.maxTokens = 11 })
        #expect(draft.text == "One two three four. Five six seven.")
        #expect(draft.reason == .length)
        // Too much would be lost.
        let long = WishfulWriter([["One", "."] + (0..<20).map { " w\($0)" }]).write(options: { $0.maxTokens = 12 })
        #expect(long.text.hasSuffix(" w9"))
    }

    @Test func `is a whole item of a list if the tokens run out`() {
        let list = ["- One", "\n", "- Two", " more", "\n", "- Three", " is", " cut"]
        let draft = WishfulWriter([list]).write(LengthLimits(lines: 5), options: { $0.maxTokens = 6 })
        #expect(draft.text == "- One\n- Two more")
        #expect(draft.reason == .length)
    }
}

@Suite struct `A draft that loops` {
    private let sentence = ["It", " is", " not", " too", " noisy", "."]
    private var again: [String] { [" It", " is", " not", " too", " noisy", "."] }

    @Test func `ends before a sentence that would stand there for the third time`() {
        let model = WishfulWriter([["Ilse", " ran", "."] + again + again + again + again])
        let draft = model.write()
        #expect(draft.text == "Ilse ran. It is not too noisy. It is not too noisy.")
        #expect(draft.reason == .stop)
        #expect(model.write(tidies: false).text.hasSuffix("It is not too noisy. It is not too noisy."))
        #expect(model.write(tidies: false).tokenCount == 27)
    }

    @Test func `ends so too if the model ends the text itself, and whatever the case and the marks`() {
        let shouted = [" IT", " is", " not", ",", " too", " noisy"]
        let draft = WishfulWriter([["Ilse", " ran", "."] + again + again + shouted]).write()
        #expect(draft.text == "Ilse ran. It is not too noisy. It is not too noisy.")
    }

    @Test func `ends before a line for the third time, and before a run of six words for the fourth`() {
        let line = ["\n", "-", " Tea", " in", " the", " morning"]
        let list = WishfulWriter([["Day", " one"] + line + line + line]).write()
        #expect(list.text == "Day one\n- Tea in the morning\n- Tea in the morning")
        let run = [" a", " b", " c", " d", " e", " tea"]
        let sentences = (1...5).flatMap { ["X\(String(repeating: "x", count: $0))"] + run + ["."] + [" "] }
        let draft = WishfulWriter([sentences]).write()
        #expect(draft.text == "Xx a b c d e tea. Xxx a b c d e tea. Xxxx a b c d e tea.")
    }

    @Test func `may say something twice, and a short sentence as often as it likes`() {
        let twice = ["Ilse", " ran", "."] + again + again + [" Then", " she", " slept", "."]
        #expect(WishfulWriter([twice]).write().text == twice.joined())
        let short = ["\n", "Tick", " tock", ".", "\n", "Tick", " tock", "."]
        let ticks = ["Hear", ":"] + short + short
        #expect(WishfulWriter([ticks]).write().text == ticks.joined())
    }

    @Test func `is found in Chinese too`() {
        let said = ["时钟", "不是", "很", "吵闹", "的", "吧", "。"]
        let draft = WishfulWriter([["伊尔莎", "走了", "。"] + said + said + said]).write()
        #expect(draft.text == "伊尔莎走了。" + said.joined() + said.joined())
    }
}

@Suite struct `The examples of a form` {
    private let example = "Product: a lamp\nText: Try it for thirty nights and send it back if you like."

    @Test func `are not written again for more than six words`() {
        let copy = ["Try", " it", " for", " thirty", " nights", " and", " send", " it", " back"]
        let own = ["Try", " it", " for", " thirty", " nights", " and", " keep", " it"]
        let model = WishfulWriter([copy, own])
        #expect(model.write(rules: { $0.examples = [example] }).text == own.joined())
        #expect(model.write().text == copy.joined())
        // The writer's own words stay his.
        let quoted = model.write(rules: {
            $0.examples = [example]
            $0.inputs = ["Try it for thirty nights and send it back"]
        })
        #expect(quoted.text == copy.joined())
        for count in 1..<quoted.pieces.count { #expect(!quoted.pieces[count].isEmpty) }
    }

    @Test func `are not written again in other cases and marks, nor as a short line`() {
        let copy = ["TRY", " it", ":", " for", " thirty", " nights", " and", " send", " more"]
        let own = ["TRY", " it", ":", " for", " thirty", " nights", " and", " stop"]
        #expect(WishfulWriter([copy, own]).write(rules: { $0.examples = [example] }).text == own.joined())
        let headline = ["Books", " Balanced", " by", " Friday"]
        let other = ["Books", " Balanced", " by", " Monday"]
        let form = "Product: a course\nHeadline: Books Balanced by Friday"
        #expect(
            WishfulWriter([headline, other]).write(rules: { $0.examples = [form] }).text == "Books Balanced by Monday")
    }

    @Test func `end the draft where the next one would begin`() {
        let form = """
            Ads.

            Product: a lamp
            Audience: readers
            Text: Note: it glows.

            Product: a bed
            Note: soft
            Text:
            """
        let labels = FormLabels.find(in: form)
        #expect(labels == ["Product:", "Text:"])
        let wish = ["Sleep", " well", "\n\n", "Product", ":", " a", " chair"]
        let draft = WishfulWriter([wish]).write(rules: { $0.formLabels = labels })
        #expect(draft.text == "Sleep well")
        #expect(draft.reason == .stop)
        #expect(FormLabels.find(in: "Write an ad.\n\nMonday: open") == [])
        #expect(FormLabels.find(in: "Tea: green\nText:") == ["Text:"])
    }
}

@Suite struct `A soft limit` {
    /// Sentences of five words, without end.
    private let writer = TinyWriter(
        vocabulary: ListedVocabulary(texts: [
            "", "Tea", " waits", " for", " no", " one", " man", ".", " So", " does", " he",
        ])
    ) { text in
        if text.isEmpty { return ["Tea": 8] }
        if text.hasSuffix(".") { return ["": -2, " So": 8, " he": 6] }
        let words = text.split { $0 == "." }.last?.split(separator: " ").count ?? 0
        return words >= 5 ? [".": 8] : [[" waits", " for", " no", " one", " does"][words]: 8, " man": 4]
    }

    @Test(arguments: [20, 33, 47, 50, 81])
    func `ends the draft with a sentence between 85 and 100 percent of it`(words: Int) {
        for seed in 0..<8 {
            let draft = writer.write(
                LengthLimits(words: words, hard: false), seed: UInt64(seed), rules: { $0.sampling.tidy = true },
                {
                    $0.maxTokens = 400
                    $0.temperature = 1
                    $0.dryMultiplier = 0
                })
            let length = TextLength(of: draft.text)
            // The loop rule may end the draft before.
            guard draft.reason == .stop, length.words > words * 3 / 5 else { continue }
            #expect(length.words <= words && draft.text.hasSuffix("."), "\(draft.text)")
        }
    }

    @Test func `is the end of a draft whose next sentence would cross it`() {
        let first = ["One", " two", " three", " four", " five", " six", " seven", "."]
        let second = [" Eight", " nine", " ten", " eleven", " twelve", "."]
        let model = WishfulWriter([first + second])
        let draft = model.write(LengthLimits(words: 10, hard: false))
        #expect(draft.text == first.joined())
        #expect(draft.reason == .stop)
        #expect(model.write(LengthLimits(words: 10, hard: false), tidies: false).text == (first + second).joined())
        // If less than 60% would stay, the sentence is written to its end.
        #expect(model.write(LengthLimits(words: 12, hard: false)).text == (first + second).joined())
        // A limit on sentences or lines is one too.
        #expect(model.write(LengthLimits(sentences: 1, hard: false)).text == first.joined())
    }

    @Test func `makes an end likelier from 85% on`() {
        let sentences = [
            "One", " two", " three", " four", " five", " six", " seven", " eight", " nine", ".", " Ten", ".",
        ]
        var writer = WishfulWriter([sentences]).writer
        let next = writer.next
        writer.next = { $0.hasSuffix("nine.") ? ["": 0, " Ten": 4] : next($0) }
        let limits = LengthLimits(words: 10, hard: false)
        #expect(writer.write(limits, rules: { $0.sampling.tidy = true }).text.hasSuffix("nine."))
        #expect(writer.write(limits, rules: { $0.sampling.tidy = false }).text.hasSuffix("Ten."))
    }
}

@Suite struct `The special tokens of a model` {
    @Test func `never stand in a draft, tidy or not`() {
        let model = WishfulWriter(
            [["Tea", "<start_of_image>", "!"], ["Tea", " waits"]], special: ["<start_of_image>"])
        #expect(model.write(tidies: false).text == "Tea waits")
        #expect(model.write().text == "Tea waits")
    }

    @Test func `are known by type, and by name if the file calls them user-defined`() throws {
        let texts = [
            "<s>", "tea", "<|im_start|>", "<start_of_image>", "<b>", "  ", "[multimodal]", "[tea]", "<think>",
            "<unused7>", "é",
        ]
        let types: [TokenType] = [
            .control, .normal, .control, .userDefined, .userDefined, .userDefined, .userDefined, .userDefined,
            .userDefined, .unused,
            .normal,
        ]
        var vocabulary = Vocabulary(
            model: .bytePairs, preTokenizer: "gpt-2", tokens: ByteStrings(texts.map { Array($0.utf8) }))
        vocabulary.types = types
        let tokenizer = try Tokenizer(vocabulary: vocabulary, path: "test")
        #expect(
            tokenizer.specialTokens.map { texts[Int($0)] } == [
                "<s>", "<|im_start|>", "<start_of_image>", "[multimodal]", "<unused7>",
            ])
    }
}

extension String {
    fileprivate var trimmingSpace: String { String(TextLength.trimmed(self)) }
}
