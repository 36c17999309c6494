import Generation
import Testing

@testable import Drafting

@Suite struct `The faults of a draft` {
    private func faults(
        _ text: String, _ limits: LengthLimits = .init(characters: 80, lines: 1), reason: FinishReason = .stop,
        ask: (inout DraftConditions) -> Void = { _ in }
    ) -> [DraftFault] {
        var conditions = DraftConditions()
        ask(&conditions)
        var faults = DraftFaults(limits: limits, conditions: conditions)
        return faults.next(text, reason: reason)
    }

    private let prose = LengthLimits(words: 50, hard: false)

    @Test func `are none in a good headline and in good prose`() {
        #expect(faults("What an Allotment Teaches You About Patience") == [])
        #expect(faults("It rained. \"Go,\" she said, and we went.", prose) == [])
        #expect(faults("Bring it in on Saturday. #FixIt", prose) == [])
    }

    @Test(arguments: [
        "\"Tea for two\"", "“Tea for two”", "„Tee für zwei“", "「お茶」", "\"Tea for two", "'Tea for two'",
    ])
    func `quotation marks around the whole text are one`(text: String) {
        #expect(faults(text) == [.quoted])
    }

    @Test func `a quotation inside a text is none`() {
        #expect(faults("\"Tea\" is a word for \"rest\"") == [])
        #expect(faults("'Tis the season for tea") == [])
    }

    @Test(arguments: [
        "Headline: Tea for two", "**Title**: Tea for two", "Subject line: Tea", "Sure, here is a headline: Tea for two",
        "Here's one: tea",
    ])
    func `a label or a preamble is one`(text: String) {
        #expect(faults(text) == [.label])
    }

    @Test func `a word that only begins like a label is none`() {
        #expect(faults("Adventure: a night train to the sea") == [])
        #expect(faults("Story time. Tonight: tea") == [])
    }

    @Test func `a limit that is passed is one, hard or soft`() {
        #expect(faults(String(repeating: "a", count: 81)) == [.over])
        #expect(faults("One two three four.", LengthLimits(words: 3, hard: false)) == [.over])
        #expect(faults("Über 👍🏽", LengthLimits(characters: 7, lines: 1)) == [])
    }

    @Test func `a cut and an open end are ones`() {
        #expect(faults("It rained and", prose, reason: .length) == [.cut, .unfinished])
        #expect(faults("Unlock the Secrets of the") == [.unfinished])
        #expect(faults("Unlock the Secrets of Tea") == [])
    }

    @Test func `a sentence that stands there three times is one`() {
        #expect(faults("The clock was very old. The clock was very old. The clock was very old.", prose) == [.loop])
        #expect(faults("The clock was very old. The clock was very old.", prose) == [])
    }

    @Test func `the lines of the medium are wanted`() {
        #expect(faults("One line\nand another line", LengthLimits(lines: 1)).contains(.format))
        let parts = [
            PartSpecification(name: "Title", limits: LengthLimits(characters: 10, lines: 1)),
            PartSpecification(name: "Text", limits: LengthLimits(characters: 30, lines: 1)),
        ]
        #expect(faults("A title\nAnd a text", .init()) { $0.parts = parts } == [])
        #expect(faults("A title", .init()) { $0.parts = parts } == [.format])
        #expect(faults("A title too long\nAnd a text", .init()) { $0.parts = parts } == [.over])
    }

    @Test func `a copy of a field, and of an example, are ones`() {
        #expect(faults("THE PUMP, works!") { $0.inputs = ["The pump works"] } == [.copy])
        let example = "The lonely wheelbarrow by the gate would like to go home"
        #expect(
            faults("Oh: the lonely wheelbarrow by the gate would like it") { $0.examples = [example] } == [.example])
        #expect(faults("The lonely wheelbarrow by the gate would stay") { $0.examples = [example] } == [])
    }

    @Test func `a twin is one, and the first of the two is not`() {
        var faults = DraftFaults(limits: LengthLimits(lines: 1), conditions: DraftConditions())
        #expect(faults.next("Tea for two", reason: .stop) == [])
        #expect(faults.next("Tea for three", reason: .stop) == [])
        #expect(faults.next("tea, for two!", reason: .stop) == [.twin])
    }

    @Test func `a name that is missing, thoughts, and nothing at all are ones`() {
        #expect(faults("Kettle and Vine brings tea") { $0.names = ["Kettle & Vine"] } == [.unnamed])
        #expect(faults("KETTLE & VINE brings tea") { $0.names = ["Kettle & Vine"] } == [])
        #expect(faults("I plan first</think> Tea") == [.thinking])
        #expect(faults(" \n ") == [.empty])
    }

    @Test func `are counted in one line`() {
        var report = TemplateTestReport()
        #expect(report.summary == "clean 0 of 0 (0%)")
        report.rows = [
            .init(
                template: "slogan", fields: [:],
                drafts: [
                    .init(text: "a", faults: []), .init(text: "b", faults: [.over]),
                    .init(text: "c", faults: [.quoted, .over]),
                ])
        ]
        #expect(report.summary == "clean 1 of 3 (33%); causes: over 2, quoted 1")
        #expect(report.rows[0].drafts[2].verdict == "quoted+over")
    }
}
