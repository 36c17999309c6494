// The parameters dialog: every option of the table, found, typed, refused and set.

import Generation
import Testing

@testable import Studio

/// A studio with a form open and its parameters in front of it.
private func opened(
    rows: Int = 24, columns: Int = 80, variants: Int = 3, _ change: (inout SamplingOptions) -> Void = { _ in }
) -> StudioScript {
    var sampling = SamplingOptions()
    change(&sampling)
    let template = TemplateItem(
        name: "notes", title: "Notes", familyTitle: "Own",
        fields: [.init(name: "topic", label: "Topic", example: "tea", isRequired: true)], variantCount: variants,
        sampling: sampling)
    var script = StudioScript(rows: rows, columns: columns, templates: [template])
    script.open("notes")
    script.press(.control("e"), .function(3))
    return script
}

extension StudioScript {
    fileprivate var parameters: ParametersDialog? { state.dialog as? ParametersDialog }

    /// Finds a row by its name and types a value in place of its own.
    fileprivate mutating func set(_ name: String, to text: String) {
        find(name)
        press(.control("u"))
        type(text)
    }

    fileprivate mutating func find(_ name: String) {
        press(.control("f"), .control("u"))
        type(name)
        press(.enter)
        var steps = 0
        while let parameters, ParametersDialog.fields[parameters.selected].name != name, steps < 40 {
            press(.down)
            steps += 1
        }
    }

    /// Accepts, generates and gives what was asked for.
    fileprivate mutating func requested() -> StudioRequest? {
        press(.enter, .control("g"))
        return request
    }

    /// The screen's text with the frame and the line breaks of the dialog taken out.
    fileprivate var words: String {
        frame.lines.map { $0.split(separator: "│").joined(separator: " ") }.joined(separator: " ")
            .split(separator: " ").joined(separator: " ")
    }
}

@Test(arguments: SamplingOption.all.map(\.name))
func `every option is found by its name and set in its row`(name: String) throws {
    let option = try #require(SamplingOption.named(name))
    var script = opened()
    script.set(name, to: option.dialogExample)
    #expect(script.frame.lines.contains { $0.contains("›•\(option.label)") })
    var expected = SamplingOptions()
    option.set(option.example, in: &expected)
    #expect(script.requested()?.sampling == expected)
}

@Test(arguments: SamplingOption.all.map(\.name))
func `a broken value is refused in the table's words, and the row says what it takes`(name: String) throws {
    let option = try #require(SamplingOption.named(name))
    let (line, found) =
        switch option.kind {
        case .number: ("hot", "hot")
        case .count: ("1.5", "1.5")
        case .oneOf: ("1", "1")
        case .choice: ("maybe", "maybe")
        case .text: ("  ", "  ")
        case .texts(allowsBlank: true): (#""" | x"#, "")
        case .texts(allowsBlank: false): (#"" " | x"#, " ")
        case .biases: ("42:x", "42:x")
        }
    var script = opened(rows: 30, columns: 120)
    script.set(name, to: line)
    let sentence = SamplingOptionError(name: name, kind: option.kind, foundText: found).description
    #expect(script.words.contains(sentence.split(separator: " ").joined(separator: " ")))
    #expect(script.frame.lines.contains { $0.contains("›✗\(option.label)") })
    script.press(.enter)
    #expect(script.parameters.map { ParametersDialog.fields[$0.selected].name } == name)
    #expect(script.state.draft.form?.sampling == SamplingOptions())
    // The row's former value is valid, and undo brings it back.
    script.press(.control("r"))
    #expect(script.requested()?.sampling == SamplingOptions())
}

@Test
func `all options set together are asked for together`() throws {
    var script = opened()
    var expected = SamplingOptions()
    for option in SamplingOption.all {
        script.set(option.name, to: option.dialogExample)
        option.set(option.example, in: &expected)
    }
    script.set("variants", to: "64")
    script.set("seed", to: "18446744073709551615")
    let asked = script.requested()
    let request = try #require(asked)
    #expect(request.sampling == expected)
    #expect(request.variantCount == 64)
    #expect(request.seed == .max)
    #expect(script.state.shownGeneration?.variants.count == 64)
}

@Test(arguments: [7.0, 10, 50])
func `a value that a template or an older version set does not lock the dialog`(penalty: Float) {
    var script = opened {
        $0.repetitionPenalty = penalty
        $0.mirostat = 1
    }
    script.press(.control("u"))
    script.type("1.5")
    let request = script.requested()
    #expect(script.state.dialog == nil)
    #expect(request?.sampling.temperature == 1.5)
    #expect(request?.sampling.repetitionPenalty == penalty)
    #expect(request?.sampling.mirostat == 1)
}

@Test
func `the common options are listed first, and the rest on a key that the footer names`() {
    var script = opened()
    #expect(script.screen.contains("The common 11 of 39 options"))
    #expect(script.screen.contains("Temperature") && script.screen.contains("Seed"))
    #expect(!script.screen.contains("Typical-p"))
    #expect(script.frame.lines.last?.contains("^O all") == true)
    #expect(script.frame.lines.last?.contains("^F find") == true)
    script.press(.control("o"))
    #expect(script.frame.lines.last?.contains("^O less") == true)
    var seen: Set<String> = []
    for _ in 0..<50 {
        for field in ParametersDialog.fields
        where script.frame.lines.contains(where: { $0.contains(" \(field.label) ") }) {
            seen.insert(field.label)
        }
        script.press(.down)
    }
    #expect(seen.count == ParametersDialog.fields.count)
    #expect(script.screen.contains("Text and tokens"))
    script.press(.control("o"))
    #expect(!script.screen.contains("Log probabilities"))
    #expect(script.frame.lines.contains { $0.contains("› Temperature") })
}

@Test(arguments: [
    ("dry", ["dry_multiplier", "dry_base", "dry_allowed_length", "dry_sequence_breakers"]),
    ("ENTROPY", ["dynamic_temperature_range", "dynamic_temperature_exponent"]), ("gbnf", ["grammar"]),
    ("json_schema", ["json_schema", "grammar"]), ("penalty window", ["penalty_window"]),
])
func `the search finds by name, label and help`(words: String, first: [String]) {
    var script = opened()
    script.press(.control("f"))
    script.type(words)
    let found = script.parameters?.items.compactMap { item in
        if case .field(let index) = item { ParametersDialog.fields[index].name } else { nil }
    }
    #expect(found?.prefix(first.count).elementsEqual(first) == true, "\(found ?? [])")
}

@Test
func `a search is left to what it found, and cleared step by step`() {
    var script = opened()
    script.press(.up)
    #expect(script.state.context == .optionSearch)
    script.type("nothing has this")
    #expect(script.screen.contains("No option has these words."))
    script.press(.enter)
    #expect(script.state.context == .optionSearch)
    script.press(.control("u"))
    script.type("seed")
    script.press(.enter)
    #expect(script.frame.lines.contains { $0.contains("› Seed") })
    #expect(script.frame.lines.last?.contains("Esc all rows") == true)
    script.type("7")
    script.press(.escape)
    #expect(script.screen.contains("The common 11 of 39 options"))
    #expect(script.frame.lines.contains { $0.contains("›•Seed") })
    script.press(.escape)
    #expect(script.state.dialog == nil)
    #expect(script.state.draft.form?.seed == nil)
}

@Test
func `a problem in a row that is not listed is shown`() {
    var script = opened()
    script.set("dry_base", to: "0")
    script.press(.escape)
    #expect(!script.screen.contains("DRY base"))
    script.press(.enter)
    #expect(script.words.contains("dry_base takes a number from 1 to 100, and '0' is not one."))
    #expect(script.frame.lines.contains { $0.contains("›✗DRY base") })
}

@Test
func `a pasted text keeps its line breaks`() {
    let grammar = "root ::= \"a\\n\" | b\nb ::= \"c|d\"\n"
    var script = opened()
    script.find("grammar")
    script.press(.paste(grammar))
    script.find("stop")
    script.press(.paste("News:\nTopic: \"x\" \\ y\n"))
    script.find("banned_phrase")
    script.press(.paste("very | 24,99\n"))
    let sampling = script.requested()?.sampling
    #expect(sampling?.grammar == grammar)
    #expect(sampling?.stop == ["News:\nTopic: \"x\" \\ y"])
    #expect(sampling?.bannedPhrases == ["very", "24,99"])
}

@Test
func `back to the template's values takes its values and keeps the place`() {
    var script = opened(variants: 5) { $0.topK = 40 }
    script.press(.control("o"))
    for (name, text) in [("top_k", "3"), ("variants", "2"), ("dry_base", "9")] { script.set(name, to: text) }
    script.press(.control("r"))
    #expect(script.parameters.map { ParametersDialog.fields[$0.selected].name } == "dry_base")
    let request = script.requested()
    #expect(request?.sampling.topK == 40)
    #expect(request?.sampling.dryBase == 1.75)
    #expect(request?.variantCount == 5)
}

@Test(arguments: [(24, 80), (12, 40), (45, 160), (8, 32), (5, 20), (60, 100), (7, 20)])
func `at any size the chosen row and the cursor are on screen`(rows: Int, columns: Int) {
    var script = opened(rows: rows, columns: columns)
    script.press(.control("o"))
    for _ in 0..<36 {
        guard let parameters = script.parameters else { return #expect(Bool(false), "the dialog is closed") }
        let label = ParametersDialog.fields[parameters.selected].label.prefix(3)
        let isShown = script.frame.lines.contains { $0.contains("› \(label)") || $0.contains("›•\(label)") }
        #expect(isShown, "\(label)\n\(script.screen)")
        #expect(script.frame.cursor != nil)
        script.press(.down)
    }
}

@Test
func `many variants can be read to the last one`() {
    var script = opened(variants: 64)
    script.press(.escape, .control("g"))
    script.write((0..<64).map { "Text number \($0)." })
    for _ in 0..<70 { script.press(.character("j")) }
    #expect(script.screen.contains("Text number 63."))
    #expect(script.screen.contains("L3"))
}
