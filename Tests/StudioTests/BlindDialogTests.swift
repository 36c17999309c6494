// The blind comparison in the studio: pairs, answers, leaving and going on, and silence about the sides.

import Generation
import Testing

@testable import Studio

private func comparing(rows: Int = 45, columns: Int = 160, answered: Int = 0) throws -> StudioScript {
    var script = StudioScript(rows: rows, columns: columns)
    script.press(.character("L"), .character("*"))
    let ready = try #require(StudioScript.learningItems.first { $0.state == .ready })
    script.answerLearnings([ready], offer: StudioScript.offer)
    script.press(.character("c"))
    script.send(.comparisonOpened(StudioScript.pairs(answered: answered)))
    return script
}

@Suite struct `The blind comparison` {
    @Test func `reads the pairs, and shows the first one without an answer`() throws {
        let script = try comparing(answered: 12)
        #expect(script.effects.contains(.openComparison(name: "style-4")) && script.state.context == .blind)
        #expect(script.screen.contains("Pair 13 of 20 · Short story"))
        #expect(script.screen.contains("character: a lighthouse keeper, number 13"))
        #expect(script.screen.contains("Left 13.") && script.screen.contains("Right 13. 灯塔"))
        #expect(script.screen.contains("12 of 20 answered"))
    }

    @Test(arguments: [
        (KeyPress.character("a"), "left"), (.left, "left"), (.character("b"), "right"), (.right, "right"),
        (.character("="), "equal"),
    ])
    func `keeps each answer at once, and then shows the next pair`(key: KeyPress, side: String) throws {
        var script = try comparing(answered: 3)
        script.press(key)
        #expect(script.answersAsked == ["style-4 3 \(side)"])
        #expect(script.screen.contains("Pair 4 of 20"))
        script.send(.pairAnswered(name: "style-4", answeredCount: 4, next: 4))
        #expect(script.screen.contains("Pair 5 of 20") && script.screen.contains("4 of 20 answered"))
    }

    @Test func `takes one answer for a pair, however fast the keys come`() throws {
        var script = try comparing()
        script.press(.character("a"), .character("a"), .character("b"))
        #expect(script.answersAsked == ["style-4 0 left"])
        script.send(.pairAnswered(name: "style-4", answeredCount: 1, next: 1))
        script.press(.character("b"))
        #expect(script.answersAsked == ["style-4 0 left", "style-4 1 right"])
    }

    @Test func `stays at the pair if its answer cannot be kept`() throws {
        var script = try comparing()
        script.press(.character("a"))
        script.send(.pairNotAnswered(name: "style-4", sentence: "The disk is full."))
        #expect(script.notice == "The answer is not kept: The disk is full." && script.screen.contains("Pair 1 of 20"))
        script.press(.character("b"))
        #expect(script.answersAsked.last == "style-4 0 right")
    }

    @Test func `is left by Esc, and goes on at the same place`() throws {
        var script = try comparing(answered: 7)
        script.press(.escape)
        #expect(script.state.context == .learnings)
        let ready = try #require(StudioScript.learningItems.first { $0.state == .ready })
        script.answerLearnings([ready], offer: StudioScript.offer)
        script.press(.character("c"))
        script.send(.comparisonOpened(StudioScript.pairs(answered: 7)))
        #expect(script.screen.contains("Pair 8 of 20"))
        // An answer that arrives late, for another learning, changes nothing.
        script.send(.pairAnswered(name: "style-1", answeredCount: 9, next: 9))
        #expect(script.screen.contains("Pair 8 of 20"))
    }

    @Test(arguments: [(45, 160), (24, 80), (12, 40)])
    func `draws no word about whose draft is whose before the last answer`(rows: Int, columns: Int) throws {
        var script = try comparing(rows: rows, columns: columns)
        let telling = ["built-in", "adapter", "base", "better", "wins", "style-4", "losses"]
        for count in 1...20 {
            for _ in 0..<4 {
                for word in telling { #expect(!script.screen.contains(word), "\(word) in\n\(script.screen)") }
                script.press(.character("p"))
                script.press(.pageDown)
            }
            script.press([.character("a"), .right, .character("=")][count % 3])
            script.send(.pairAnswered(name: "style-4", answeredCount: count, next: count < 20 ? count : nil))
        }
        #expect(script.state.context == .learnings)
        #expect(script.answersAsked.count == 20)
    }

    @Test func `ends with the result, and leads to adopting it`() throws {
        var script = try comparing(answered: 19)
        script.press(.character("b"))
        script.send(.pairAnswered(name: "style-4", answeredCount: 20, next: nil))
        #expect(script.state.context == .learnings)
        let facts = try #require(StudioScript.learningItems.first { $0.verdict == .better }).facts
        script.answerLearnings(
            [StudioScript.learning("style-4", .compared, facts: facts, answered: 20, verdict: .better)],
            offer: StudioScript.offer)
        for words in ["It is better", "16 of 20", "the base in 3", "neither in 1", "0.4%", "15 were needed", "2.7120"] {
            #expect(script.screen.contains(words), "\(words) in\n\(script.screen)")
        }
        script.press(.character("a"), .character("y"))
        #expect(script.effects.contains(.turnLearned(name: "style-4", isOn: true, isFirst: true)))
    }

    @Test func `shows both drafts beside each other at 80 columns, and one below the other at 40`() throws {
        let wide = try comparing(rows: 24, columns: 80)
        #expect(wide.frame.lines.contains { $0.contains("Left 1.") && $0.contains("Right 1.") })
        var narrow = try comparing(rows: 12, columns: 40)
        #expect(narrow.screen.contains("Left 1.") && !narrow.screen.contains("Right 1."))
        narrow.press(.character("G"))
        #expect(narrow.screen.contains("come home.") && !narrow.screen.contains("Left 1."))
        // The next pair begins at its top.
        narrow.press(.character("a"))
        narrow.send(.pairAnswered(name: "style-4", answeredCount: 1, next: 1))
        #expect(narrow.screen.contains("Left 2."))
    }

    @Test(arguments: [(45, 160), (24, 80), (12, 40), (5, 20)])
    func `names its keys at every size`(rows: Int, columns: Int) throws {
        let script = try comparing(rows: rows, columns: columns)
        #expect(script.frame.lines.last?.hasPrefix(" a prefer A") == true)
    }

    @Test func `does not open without a pair, or if the dialog was left meanwhile`() throws {
        var script = try comparing(answered: 20)
        #expect(script.state.context == .learnings)
        script.press(.character("c"), .escape)
        script.send(.comparisonOpened(StudioScript.pairs(answered: 3)))
        #expect(script.state.dialog == nil)
    }
}
