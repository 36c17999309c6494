import Testing

@testable import Text

@Suite struct `The beginning of a text` {
    private func opening(_ text: String, isComplete: Bool = true, quotations: Bool = false) -> TextOpening {
        TextOpening.of(Array(text.utf8)[...], isComplete: isComplete, allowing: .init(quotations: quotations))
    }

    private func part(_ opening: TextOpening) -> TidiedPart? {
        if case .decoration(let part, _) = opening { return part }
        return nil
    }

    @Test(arguments: [
        "Headline: Tea at last", "Subject line: Sale ends", "**Title** \nTea", "Title - Tea", "Story – It began",
        "Search ad headline: Tea", "Your new slogan: Tea", "Headline (28 characters): Tea", "Headline 1: Tea",
        "Ad: Tea",
        "Headline for a desk lamp: Tea", "Überschrift: Tee", "Betreff: Tee", "Titre : Le thé", "Asunto: Té",
        "Titolo: Tè", "Assunto: Chá", "标题：好茶", "# Tea", "## Tea", "```\nTea", "`Tea`", "> Tea", "*Tea* for all",
        "Sure, here is a headline: Tea", "Sure! Here’s a headline:\n\nTea", "Certainly! Tea",
        "Certainly, here are five:\nTea",
        "Of course! Here you go:", "Here's a headline for you: Tea", "Here is a short summary of the text.\n\nTea",
        "Hier ist eine Überschrift: Tee", "Gerne! Tee", "Voici un titre : Le thé", "Claro, aquí tienes: té",
        "Ecco un titolo: Tè", "Aqui está: chá", "当然！好茶", "以下是标题：好茶", "\"Tea at last", "“Tea at last”", "«Du thé»",
        "„Tee“", "‘Tea’", "'Tea'", "「お茶」", "『お茶』", "‹Tee›",
    ])
    func `is not the text if it is a label, a preamble, Markdown or a quotation mark`(text: String) {
        #expect(part(opening(text)) != nil, "\(text): \(opening(text))")
    }

    @Test(arguments: [
        "Tea at last", "- Tea\n- Cake", "* Tea\n* Cake", "1. Tea", "• Tea", "#tea #cake",
        "Title deeds are cheap today. Buy",
        "Of course, he was late: it snowed", "Here is the church.\n\nHere is the steeple",
        "Here is a tea for rainy days. Drink",
        "Surely: tea", "Sure-footed boots", "The Full Story: Why Tea Wins", "Behind the Story: Tea", "'Tis the season",
        "'90s tea", "Storybook tea: a classic", "Monday: tea", "以下", "标题党的茶", "Post-war tea", "Subject to change",
        "She said \"Tea\"", "Ecco", "Copywriting tea", "Okayama tea: green",
    ])
    func `is the text in every other case`(text: String) {
        #expect(opening(text) == .plain)
    }

    @Test(arguments: ["Headline", "Subject li", "Sure", "Here is a headl", "*", "#", "'", "标", "Search ad", "The", ""])
    func `is open while more text may make it a label`(text: String) {
        #expect(opening(text, isComplete: false) == .open)
    }

    @Test func `may be a quotation in a story, but not one around the whole text`() {
        #expect(opening("“Go,” she said.", quotations: true) == .plain)
        #expect(opening("\"Go,\" she said.", quotations: true) == .plain)
        #expect(opening("“Go,”", isComplete: false, quotations: true) == .open)
        #expect(part(opening("“Go home.”", quotations: true)) == .quotes)
        let long = "“" + String(repeating: "word ", count: TextOpening.quotationWords + 1)
        #expect(part(opening(long, isComplete: false, quotations: true)) == .quotes)
        #expect(part(opening("“Go,” she said.")) == .quotes)
    }

    @Test(arguments: [
        ("- Comes in red.", 2), ("• Comes in red.", 2), ("-: no fumes", 2), ("-neat", 1), ("-5 degrees", nil),
    ])
    func `is no bullet if the text is one line`(text: String, count: Int?) {
        var oneLine = TextOpening.Allowed()
        oneLine.bullets = false
        let bytes = Array(text.utf8)[...]
        let expected = count.map { String(text.prefix($0)).utf8.count }
        #expect(
            TextOpening.of(bytes, isComplete: true, allowing: oneLine)
                == expected.map { .decoration(.markdown, end: $0) } ?? .plain)
        #expect(TextOpening.of(bytes, isComplete: true) == .plain)
    }

    @Test func `is found the same however much of the text is there`() {
        let texts = [
            "Sure, here is a headline: Tea", "Subject line: Sale", "The tea that waits.", "**Title**: Tea",
            "Here is the church.\nYes",
            "Title deeds are cheap.", "“Go,” she said. “Now.”", "Search ad headline: Tea", "Certainly! Tea", "以下是标题：好茶",
        ]
        for text in texts {
            let whole = opening(text, quotations: true)
            var known: TextOpening?
            for count in 1...text.count {
                let found = opening(String(text.prefix(count)), isComplete: false, quotations: true)
                if found == .open { continue }
                // Once it is known what a text begins with, more text does not change it.
                #expect(
                    part(found) == part(whole) && (known == nil || part(known ?? .plain) == part(found)),
                    "\(text.prefix(count))")
                known = found
            }
        }
    }
}

@Suite struct `A tidied text` {
    private func check(_ text: String, _ expected: String, _ removed: [TidiedPart], quotations: Bool = false) {
        let tidied = TidiedText(text, allowing: .init(quotations: quotations))
        #expect(tidied.text == expected)
        #expect(tidied.removed == removed, "\(text)")
    }

    @Test func `has no quotation marks around it, nor one that is never closed`() {
        check("\"Unlock the tea\"", "Unlock the tea", [.quotes])
        check("“Unlock the tea!”", "Unlock the tea!", [.quotes])
        check("\"Unlock the tea", "Unlock the tea", [.quotes])
        check("Unlock the tea\"", "Unlock the tea", [.quotes])
        check("„Tee für alle“", "Tee für alle", [.quotes])
        check("'Don't wait'", "Don't wait", [.quotes])
        check("「お茶」", "お茶", [.quotes])
    }

    @Test(arguments: [
        "\"Tea\" and \"cake\"", "She said \"go\".", "She said \"go\"", "A screen of 6\"", "The boys’",
        "“Tea,” she said, “is all.”",
        "Tea (28 days)", "Tea\n\nThe note: keep it", "He wrote:\nNo tea today.", "- Tea\n- Cake",
        "Tea \"for two\" today",
    ])
    func `keeps what belongs to it`(text: String) {
        check(text, text, [])
    }

    @Test func `has no labels, preambles and Markdown before it, one behind the other`() {
        check(
            "Sure! Here is a headline:\n\n**Headline:** \"Tea at last\"", "Tea at last",
            [.preamble, .label, .quotes])
        check("**Tea at last**", "Tea at last", [.markdown])
        check("**Tea** at last", "Tea at last", [.markdown])
        check("Subject: Tea: the story", "Tea: the story", [.label])
        check("标题：好茶", "好茶", [.label])
    }

    @Test func `has no notes about it behind it`() {
        check("Tea at last (28 characters)", "Tea at last", [.note])
        check("Tea at last\n\n(12 words, 60 characters)", "Tea at last", [.note])
        check("Tea.\n\nNote: I kept it short.\nVery short.", "Tea.", [.note])
        check("Tea.\n\nLet me know if you need any changes!", "Tea.", [.note])
        check("Tee.\n\nHinweis: Das ist kurz.", "Tee.", [.note])
        check("好茶。\n\n注：字数很少。", "好茶。", [.note])
    }

    @Test func `is never empty`() {
        for text in ["\"", "**", "Headline:", "\"\"", "Note: tea", "", "(28 characters)"] {
            check(text, text, [])
        }
    }

    @Test func `of any text is a part of it, and tidied again the same`() {
        var random = SeededRandom(seed: 4)
        let pieces = [
            "\"", "“", "”", "**", "Title: ", "Sure, ", "here is ", "tea ", "\n", "Note: ", "(28 characters)", "'", "#",
            "- ", "é", "茶", ". ",
        ]
        for _ in 0..<400 {
            let text = (0..<Int.random(in: 1...8, using: &random)).map { _ in pieces.randomElement(using: &random) ?? ""
            }.joined()
            let once = TidiedText(text)
            #expect(once.removed.isEmpty == (once.text == text))
            let range = TidiedText.range(in: Array(text.utf8)[...]).range
            #expect(range.lowerBound <= range.upperBound && range.upperBound <= text.utf8.count)
        }
    }
}

@Suite struct `The last words of a text that a limit ended` {
    private func kept(_ text: String) -> String {
        let bytes = Array(text.utf8)
        return String(decoding: bytes.dropLast(TextEnds.danglingWordByteCount(bytes[...])), as: UTF8.self)
    }

    @Test(arguments: [
        ("Unlock the secrets of the", "Unlock the secrets"), ("Tea for you and your", "Tea for you"),
        ("Tea – and", "Tea"), ("Entdecken Sie den Tee mit der", "Entdecken Sie den Tee"), ("Le thé et l’", "Le thé"),
        ("El té para tu", "El té"), ("Il tè con la", "Il tè"), ("O chá da", "O chá"), ("好茶和", "好茶"),
        ("您的好茶，让您", "您的好茶"),
        ("お茶の", "お茶"), ("Tea is", "Tea"),
    ])
    func `lead to no other word`(text: String, expected: String) {
        #expect(kept(text) == expected)
    }

    @Test(arguments: [
        "Revolutionizing the Desk", "Open at 9 am", "What is it for?", "Tea all-in", "The", "存在", "もの", "Save 5 in",
        "Learn more",
        "Sell your car", "of the", "Tea +1",
    ])
    func `stay if they lead to nothing, or if nothing else is there`(text: String) {
        #expect(kept(text) == text)
    }

    @Test func `cover the words that no headline ends with`() {
        let words = [
            "a", "an", "the", "and", "or", "but", "of", "to", "in", "on", "at", "for", "with", "by", "from", "as",
            "your", "our",
            "their", "its", "is", "are", "that", "this", "than", "into",
        ]
        for word in words { #expect(kept("Tea " + word) == "Tea", "\(word)") }
    }
}

@Suite struct `The words of a growing text` {
    @Test func `are the same piece by piece, and after rolling back, as at once`() {
        var random = SeededRandom(seed: 9)
        for round in 0..<60 {
            let text = Array((RandomText.scalars(count: 60, using: &random) + " Don’t stop, naïve tea").utf8)
            var trail = WordTrail()
            var place = 0
            while place < text.count {
                place = min(place + Int.random(in: 2...7, using: &random), text.count)
                trail.update(with: text[..<place])
                if Int.random(in: 0..<4, using: &random) == 0 {
                    place -= Int.random(in: 0...min(place, 6), using: &random)
                    trail.update(with: text[..<place])
                }
                #expect(
                    trail.words
                        == WordTrail(
                            String(
                                decoding: text[..<(place - UTF8Text.incompleteTailCount(text[..<place]))], as: UTF8.self
                            )
                        ).words, "round \(round)")
            }
        }
    }

    @Test func `are equal in any case, with composed or decomposed letters, without marks between them`() {
        func hashes(_ text: String) -> [UInt64] { WordTrail(text).words.map(\.hash) }
        #expect(hashes("The CAFÉ, at last!") == hashes("the cafe\u{301} — at last"))
        #expect(hashes("Don’t") == hashes("don't") && hashes("Don’t").count == 1)
        #expect(hashes("好茶 tea").count == 3)
        #expect(hashes("tea cup") != hashes("teacup"))
    }
}
