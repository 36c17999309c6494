import Foundation
import Testing

@testable import Generation

/// Valid texts of fields, and the sentences for invalid ones.
@Suite struct `The rules of fields` {
    static let words = FieldRule(.number, minimum: 5, maximum: 50)
    static let tone = FieldRule(.choice, choices: ["warm", "Formal"])

    private func outcome(_ rule: FieldRule, _ text: String) -> String {
        do {
            return try "value: " + rule.value(of: text)
        } catch {
            return error.sentence(label: "Words")
        }
    }

    @Test(arguments: [
        ("12", "12"), (" 12 ", "12"), ("7.5", "7.5"), ("7,5", "7.5"), ("１２．５", "12.5"), ("۲۰", "20"), ("2e1", "2e1"),
        ("+9", "+9"), ("12,", "12."), ("0,00012e5", "0.00012e5"),
    ])
    func `a number may be written with a decimal comma and with digits of any script`(text: String, value: String) {
        #expect(outcome(Self.words, text) == "value: \(value)")
        #expect(outcome(Self.words, value) == "value: \(value)")
    }

    @Test(arguments: [
        "many", "12 words", "0x1F", "1/2", "nan", "infinity", "1e999", "--9", "9-", "٫", "½", "9\u{301}", "1..2",
    ])
    func `a text that is not a number gets a sentence with the range`(text: String) {
        #expect(outcome(Self.words, text) == "Words takes a number from 5 to 50, and '\(text)' is not one.")
    }

    @Test(arguments: [
        ("1,000", "Write 1000 or 1.000."), ("1 000", "Write 1000."), ("1'000'000", "Write 1000000."),
        ("1.000,50", "Write 1000.50."), ("1,000,000.5", "Write 1000000.5."), ("-2,500", "Write -2500 or -2.500."),
        ("１，０００", "Write 1000 or 1.000."),
    ])
    func `grouped digits get a sentence with the numbers that they may mean`(text: String, hint: String) {
        #expect(outcome(FieldRule(.number), text) == "Words takes a number, and '\(text)' is not one. \(hint)")
    }

    @Test func `of the numbers that may be meant, only those within the bounds are named`() {
        let thousands = FieldRule(.number, minimum: 100)
        #expect(
            outcome(thousands, "1,000") == "Words takes a number of at least 100, and '1,000' is not one. Write 1000.")
        #expect(outcome(Self.words, "1,000") == "Words takes a number from 5 to 50, and '1,000' is not one.")
        #expect(outcome(thousands, "0,125") == "Words takes a number of at least 100, and '0,125' is too small.")
    }

    @Test func `a number beyond its bounds is too small or too large`() {
        #expect(outcome(Self.words, "4.9") == "Words takes a number from 5 to 50, and '4.9' is too small.")
        #expect(outcome(Self.words, "51") == "Words takes a number from 5 to 50, and '51' is too large.")
        #expect(
            outcome(FieldRule(.number, maximum: 3), "4") == "Words takes a number of at most 3, and '4' is too large.")
    }

    @Test func `a choice is found in any case and keeps the case of the list`() {
        #expect(outcome(Self.tone, " FORMAL\n") == "value: Formal")
        #expect(outcome(Self.tone, "rude") == "Words cannot be 'rude': choose one of warm, Formal.")
        #expect(
            outcome(Self.tone, "wram") == "Words cannot be 'wram': choose one of warm, Formal. Did you mean 'warm'?")
        #expect(outcome(FieldRule(.choice, choices: ["warm"], isOpen: true), "rude") == "value: rude")
    }

    @Test func `a long list of choices is cut in the sentence`() {
        let months = FieldRule(.choice, choices: (1...15).map { "m\($0)" })
        #expect(
            outcome(months, "never")
                == "Words cannot be 'never': choose one of m1, m2, m3, m4, m5, m6, m7, m8, m9, m10, m11, m12, and 3 more."
        )
    }

    @Test func `a long text with line breaks is quoted on one short line`() {
        let text = String(repeating: "word\n", count: 30)
        let sentence = FieldProblem.notANumber(value: text, readings: [], minimum: nil, maximum: nil)
            .sentence(label: "Words")
        #expect(!sentence.contains("\n") && sentence.count < 120)
    }

    @Test func `an empty text is valid if the field is not required or has a default`() {
        for kind in FieldRule.Kind.allCases { #expect(outcome(FieldRule(kind, choices: ["a"]), " ") == "value: ") }
        #expect(outcome(FieldRule(.line, isRequired: true), "\t") == "Words is empty.")
        let field = PromptField(name: "n", label: "N", kind: .number, defaultValue: "8", isRequired: true, minimum: 5)
        #expect(field.problem(of: "") == nil)
        #expect((try? field.value(of: " ")) == "8")
        #expect((try? field.value(of: "9")) == "9")
    }

    @Test(arguments: ["", "1", "5", "10", "5.", "+", "4e", "1e1", "0", "０", "50.0", "4"])
    func `a text on the way to a number within bounds may become valid`(text: String) {
        #expect(Self.words.mayBecomeValid(text))
    }

    @Test(arguments: ["a", "1a", "51", "1.", "4.9", "6.x", "-", "-6", "1 0", "1..", ".e", "5,0,", "e"])
    func `a text that cannot become a number within bounds may not`(text: String) {
        #expect(!Self.words.mayBecomeValid(text))
    }

    @Test func `the bounds decide how far digits may go`() {
        let year = FieldRule(.number, minimum: 1900, maximum: 2100)
        for text in ["1", "19", "2", "210", "2100", "0"] { #expect(year.mayBecomeValid(text), "\(text)") }
        for text in ["3", "22", "2101", "1.5", "18", "189"] { #expect(!year.mayBecomeValid(text), "\(text)") }
        let frost = FieldRule(.number, minimum: -20, maximum: -5)
        for text in ["-", "-1", "-15", "-6.2"] { #expect(frost.mayBecomeValid(text), "\(text)") }
        for text in ["5", "-3", "-21", "-4.5"] { #expect(!frost.mayBecomeValid(text), "\(text)") }
        #expect(Self.tone.mayBecomeValid("FOR") && !Self.tone.mayBecomeValid("x"))
    }

    @Test func `every beginning of a valid number may become valid`() {
        var random = SeededRandom(seed: 11)
        var count = 0
        while count < 2000 {
            let bounds = [
                Double.random(in: -2000...2000, using: &random), Double.random(in: -2000...2000, using: &random),
            ]
            .map { ($0 * 4).rounded() / 4 }.sorted()
            let rule = FieldRule(
                .number, minimum: Bool.random(using: &random) ? bounds[0] : nil,
                maximum: Bool.random(using: &random) ? bounds[1] : nil)
            let text = FieldNumber.text((Double.random(in: -2500...2500, using: &random) * 100).rounded() / 100)
            guard (try? rule.value(of: text)) != nil else { continue }
            count += 1
            for end in text.indices.dropFirst() {
                #expect(rule.mayBecomeValid(String(text[..<end])), "\(String(text[..<end])) of \(text), \(rule)")
            }
            #expect(rule.mayBecomeValid(text))
        }
    }

    @Test func `any text has a valid value or gets a complete sentence`() {
        var random = SeededRandom(seed: 5)
        let parts = ["1", "9", "0", ",", ".", " ", "e", "-", "+", "'", "x", "７", "，", "．", "\u{301}", "\n", "\u{A0}"]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...7, using: &random))
                .map { _ in parts.randomElement(using: &random) ?? "" }.joined()
            switch Result(catching: { () throws(FieldProblem) in try Self.words.value(of: text) }) {
            case .success(let value):
                #expect((try? Self.words.value(of: value)) == value)
                #expect(value.isEmpty || FieldNumber.value(value).map { (5...50).contains($0) } == true)
            case .failure(let problem):
                #expect(problem.sentence(label: "Words").hasPrefix("Words takes a number from 5 to 50, and "))
            }
        }
    }
}
