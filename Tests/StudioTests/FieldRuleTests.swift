import Generation
import Testing

@testable import Studio

/// A studio with the form whose fields have rules, its first field filled in and the cursor in the second, a number.
private func ruled(rows: Int = 24, columns: Int = 80) -> StudioScript {
    var script = StudioScript(rows: rows, columns: columns, templates: StudioScript.templates + [StudioScript.ruled])
    script.open("event")
    script.type("Harvest fair")
    script.press(.tab)
    return script
}

/// The row of the form that begins with a label.
private func row(_ label: String, in script: StudioScript) -> String {
    script.frame.lines.first { $0.dropFirst(2).hasPrefix(label) } ?? "no row"
}

@Suite struct `Field rules in the form` {
    @Test func `letters in a number field are marked at once, and generating starts nothing`() {
        var script = ruled()
        script.type("many")
        #expect(row("Guests", in: script).hasSuffix("! not a number"))
        #expect(script.notice == "")
        script.press(.tab, .tab)
        script.type("3")
        script.press(.control("g"))
        #expect(script.request == nil)
        #expect(script.state.draft.form?.focused == 1)
        #expect(
            script.notice
                == "Guests takes a number from 10 to 50, and 'many' is not one. Correct it, or leave it empty.")
    }

    @Test func `a number on the way to a valid one is not marked until the field is left`() {
        var script = ruled()
        script.type("1")
        #expect(!script.screen.contains("!"))
        script.type("2")
        #expect(!script.screen.contains("!"))
        script.press(.backspace, .tab)
        #expect(row("Guests", in: script).hasSuffix("! at least 10"))
    }

    @Test func `a mark stays until the text is corrected`() {
        var script = ruled()
        script.type("1")
        script.press(.tab, .backTab)
        #expect(row("Guests", in: script).hasSuffix("! at least 10"))
        script.press(.home)
        script.type("0")
        #expect(row("Guests", in: script).hasSuffix("! at least 10"))
        script.type("2")
        #expect(script.state.draft.form?.values["guests"] == "021")
        #expect(!script.screen.contains("!"))
        script.press(.backspace)
        #expect(!script.screen.contains("!"))
    }

    @Test func `leaving the Draft pane marks the field that was typed into`() {
        var script = ruled(rows: 30, columns: 120)
        script.type("5")
        #expect(!script.screen.contains("! at least"))
        script.press(.alt("1"))
        #expect(script.screen.contains("! at least 10"))
    }

    @Test func `a dialog in front of a field does not mark it`() {
        var script = ruled()
        script.type("5")
        script.press(.control("p"), .escape)
        #expect(!script.screen.contains("! at least"))
    }

    @Test func `more than the largest number is marked while it is typed`() {
        var script = ruled()
        script.type("51")
        #expect(row("Guests", in: script).hasSuffix("! at most 50"))
    }

    @Test func `the first field that keeps the form from being sent is focused, whatever its problem is`() {
        var script = ruled()
        script.type("20")
        script.press(.control("g"))
        #expect(script.state.draft.form?.focused == 3)
        #expect(script.notice == "Price is empty. Fill it in, or ^E takes the example.")
        script.type("-1")
        script.press(.control("g"))
        #expect(script.notice == "Price takes a number of at least 0, and '-1' is too small. Correct it.")
        script.press(.control("u"))
        script.type("２，５")
        script.press(.control("g"))
        #expect(
            script.request?.source
                == .template(
                    name: "event-post", fields: ["event": "Harvest fair", "guests": "20", "mood": "", "price": "２，５"]))
    }

    @Test func `a closed choice takes only its choices`() {
        var script = ruled()
        script.press(.tab)
        script.type("xyz")
        script.press(.paste("rude"))
        #expect(script.state.draft.form?.values["mood"] == "")
        script.type("f")
        #expect(script.state.draft.form?.values["mood"] == "formal")
        script.press(.enter, .up, .enter)
        #expect(script.state.draft.form?.values["mood"] == "warm")
    }

    @Test func `texts from last time that break a rule are kept and marked`() {
        var script = StudioScript(templates: StudioScript.templates + [StudioScript.ruled])
        let values = ["event": "Harvest fair", "guests": "a dozen", "mood": "grim", "price": "5"]
        script.send(
            .sessionRestored(
                StudioSession(templateName: "event-post", formKey: "event-post", values: ["event-post": values])))
        #expect(script.state.draft.form?.values == values)
        #expect(row("Guests", in: script).hasSuffix("! not a number"))
        #expect(row("Mood", in: script).hasSuffix("! not a choice"))
        script.press(.tab, .control("u"), .control("g"))
        #expect(script.request == nil)
        #expect(script.notice == "Mood cannot be 'grim': choose one of warm, formal. Enter shows them.")
        script.press(.enter, .enter, .control("g"))
        #expect(script.request?.source.fields["mood"] == "warm")
    }

    @Test func `what is typed stays when the template's rule changes under it, and is marked`() {
        var script = StudioScript()
        script.open("product ad")
        script.type("Aurora lamp")
        var changed = StudioScript.templates
        changed[2].fields[0].rule = FieldRule(.choice, choices: ["Borealis lamp"])
        script.send(.templatesLoaded(changed))
        #expect(script.state.draft.form?.values == ["product": "Aurora lamp"])
        #expect(row("Product", in: script).hasSuffix("! not a choice"))
        script.press(.control("g"))
        #expect(script.request == nil)
    }

    @Test func `regenerating asks for nothing that the changed template refuses`() {
        var script = ruled()
        script.press(.tab, .tab)
        script.type("5")
        script.press(.control("g"))
        script.write(["One", "Two", "Three"])
        let asked = script.effects.count { if case .start(_, .generate) = $0 { true } else { false } }
        #expect(asked == 1)
        var changed = StudioScript.ruled
        changed.fields[3].rule.minimum = 10
        script.send(.templatesLoaded(StudioScript.templates + [changed]))
        script.press(.character("r"))
        #expect(script.effects.count { if case .start(_, .generate) = $0 { true } else { false } } == 1)
        #expect(script.notice == "Price takes a number of at least 10, and '5' is too small. Correct it.")
        #expect(script.state.draft.form?.focused == 3)
    }

    @Test func `an empty field shows the default that stands in for it, and is not called required`() {
        var script = StudioScript()
        var changed = StudioScript.templates
        changed[1].fields[1].example = "warm"
        changed[1].fields[1].rule.isRequired = true
        script.send(.templatesLoaded(changed))
        script.open("search ad")
        script.type("Lamp")
        script.press(.tab, .control("u"))
        #expect(script.state.draft.form?.values["tone"] == "")
        #expect(row("Tone", in: script).contains("playful ▾"))
        #expect(!row("Tone", in: script).contains("required"))
        script.press(.control("g"))
        #expect(script.request?.source.fields["tone"] == "")
    }

    @Test(arguments: [(8, 24), (5, 20), (12, 40)])
    func `in a narrow form the mark stays and its words go`(rows: Int, columns: Int) {
        var script = ruled(rows: rows, columns: columns)
        script.type("many")
        #expect(row("Guests", in: script).contains("!"))
        #expect(row("Guests", in: script).contains("not a number") == (columns == 40))
    }
}
