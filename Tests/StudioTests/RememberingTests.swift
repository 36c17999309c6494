// What the writer chose: still there after a look elsewhere, and at the next start.

import Generation
import Testing

@testable import Studio

extension StudioScript {
    /// A studio that has the choices of an earlier one.
    fileprivate static func remembering(
        _ choices: RememberedChoices = .init(), templates: [TemplateItem] = StudioScript.templates
    ) -> StudioScript {
        var script = StudioScript(templates: templates)
        script.send(.choicesRemembered(choices))
        return script
    }

    /// The next start, with the choices that this studio leaves behind.
    fileprivate mutating func restarted(templates: [TemplateItem] = StudioScript.templates) throws -> StudioScript {
        send(.terminated)
        return StudioScript.remembering(try #require(remembered.last), templates: templates)
    }

    fileprivate var remembered: [RememberedChoices] {
        effects.compactMap { if case .remember(let choices) = $0 { choices } else { nil } }
    }

    /// Opens the parameters and types a temperature.
    fileprivate mutating func setTemperature(_ text: String) {
        press(.function(3), .control("u"))
        type(text)
        press(.enter)
    }

    fileprivate var temperature: Float? { state.draft.form?.sampling.temperature }

    fileprivate var reopened: [Int64] {
        effects.compactMap { if case .openGeneration(let id) = $0 { id } else { nil } }
    }

    /// Generates from the examples of search ad headlines, as generation 5.
    fileprivate mutating func writeHeadlines() {
        open("search ad")
        press(.control("e"), .control("g"))
        write(["Sunlight", "Lamp", "Warm light", "Sun"], generationId: 5)
    }
}

private func saved(_ id: Int64 = 5, uuid: String = "") -> SavedGeneration {
    SavedGeneration(
        id: id, uuid: uuid, createdAt: StudioScript.now, status: .complete, templateName: "search-ad-headline",
        title: "Search ad headlines", fields: ["product": "Lamp"], model: .init(name: "m", hash: "", engine: ""),
        seed: 3,
        drafts: (0..<4).map { index in
            SavedDraft(
                id: id * 10 + index, generationId: id, ordinal: Int(index), text: "Saved text \(index)",
                finishReason: .stop, createdAt: 0, updatedAt: 0)
        })
}

private func template(_ temperature: Float, topK: Int = 0, variants: Int = 3, field: String = "topic") -> TemplateItem {
    var sampling = SamplingOptions()
    sampling.temperature = temperature
    sampling.topK = topK
    return TemplateItem(
        name: "notes", title: "Notes", familyTitle: "Own", fields: [.init(name: field, label: "Topic", example: "tea")],
        variantCount: variants, sampling: sampling)
}

@Suite struct `Remembered parameters` {
    @Test func `stay after a look at another template`() {
        var script = StudioScript()
        script.open("article")
        script.setTemperature("1.3")
        script.open("short story")
        #expect(script.temperature == 0.7)
        script.open("article")
        #expect(script.temperature == 1.3)
        #expect(script.screen.contains("temp 1.3"))
    }

    @Test func `stay in a free prompt too`() {
        var script = StudioScript()
        script.press(.character("f"))
        script.setTemperature("1.3")
        script.open("short story")
        script.press(.escape, .character("f"))
        #expect(script.state.draft.form?.template == nil && script.temperature == 1.3)
    }

    @Test func `are there at the next start, variants and seed included`() throws {
        var script = StudioScript.remembering()
        script.open("article")
        script.press(.function(3), .control("u"))
        script.type("1.3")
        for _ in 0..<9 { script.press(.down) }
        script.press(.control("u"))
        script.type("6")
        script.press(.down)
        script.type("42")
        script.press(.enter)
        var next = try script.restarted()
        next.open("article")
        #expect(next.temperature == 1.3)
        #expect(next.state.draft.form?.variantCount == 6 && next.state.draft.form?.seed == 42)
        next.open("short story")
        #expect(next.temperature == 0.7 && next.state.draft.form?.seed == nil)
    }

    @Test func `override only the options that the writer changed when the template changes`() throws {
        var script = StudioScript.remembering(templates: [template(0.5, topK: 10)])
        script.open("notes")
        script.setTemperature("1.3")
        script.send(.templatesLoaded([template(0.6, topK: 40, variants: 5)]))
        #expect(script.temperature == 1.3)
        #expect(script.state.draft.form?.sampling.topK == 40 && script.state.draft.form?.variantCount == 5)
        var next = try script.restarted(templates: [template(0.6, topK: 50)])
        next.open("notes")
        #expect(next.temperature == 1.3 && next.state.draft.form?.sampling.topK == 50)
    }

    @Test func `stay when the template gets other fields`() {
        var script = StudioScript.remembering(templates: [template(0.5)])
        script.open("notes")
        script.setTemperature("1.3")
        script.send(.templatesLoaded([template(0.6, topK: 40, field: "subject")]))
        #expect(script.state.draft.form?.fields.map(\.name) == ["subject"])
        #expect(script.temperature == 1.3 && script.state.draft.form?.sampling.topK == 40)
    }

    @Test func `are forgotten by a reset in the dialog`() throws {
        var script = StudioScript.remembering()
        script.open("article")
        script.setTemperature("1.3")
        script.press(.function(3), .control("r"), .enter)
        #expect(script.temperature == 0.7)
        script.send(.terminated)
        #expect(script.remembered.allSatisfy { $0.parameters.isEmpty })
    }

    @Test func `are forgotten one by one when a row is set back to the template's value`() {
        var script = StudioScript.remembering()
        script.open("article")
        script.setTemperature("1.3")
        script.setTemperature("0.7")
        #expect(script.state.choices.parameters.isEmpty)
    }

    @Test func `are not changed by a dialog that is left with Esc or accepted untouched`() {
        var script = StudioScript.remembering()
        script.open("article")
        script.setTemperature("1.3")
        let before = script.state.choices
        script.press(.function(3), .control("u"))
        script.type("2")
        script.press(.escape, .function(3), .control("r"), .escape, .function(3), .enter)
        #expect(script.state.choices == before && script.temperature == 1.3)
    }

    @Test func `of a generation from history are its own, and only what is set there is remembered`() throws {
        var script = StudioScript.remembering()
        var old = saved()
        old.sampling.temperature = 0.2
        script.send(.generationOpened(old))
        #expect(script.temperature == 0.2)
        script.press(.function(3), .control("f"))
        script.type("top_k")
        script.press(.enter, .control("u"))
        script.type("40")
        script.press(.enter)
        let chosen = try #require(script.state.choices.parameters["search-ad-headline"])
        #expect(chosen.sampling.all.count == 1 && chosen.sampling["temperature"] == nil)
    }

    @Test func `hold for a refined draft and for a form that comes back from a session`() throws {
        var overrides = SamplingOverrides()
        overrides.set(try #require(SamplingOption.named("temperature")), to: .number(1.3))
        let choices = RememberedChoices(parameters: ["one-sentence-summary": .init(sampling: overrides)])
        var script = StudioScript.remembering(choices)
        script.writeHeadlines()
        script.press(.character("R"), .enter)
        #expect(script.state.draft.form?.template?.name == "one-sentence-summary" && script.temperature == 1.3)

        var restored = StudioScript()
        restored.send(
            .sessionRestored(
                StudioSession(
                    formKey: "one-sentence-summary", values: ["one-sentence-summary": ["text": "Bees dance."]])))
        restored.send(.choicesRemembered(choices))
        #expect(restored.temperature == 1.3)
        #expect(restored.screen.contains("Bees dance."))
    }
}

@Suite struct `The remembered model` {
    @Test func `is the one that was chosen and could be opened`() throws {
        var script = StudioScript.remembering()
        script.press(.character("m"), .down, .enter)
        #expect(script.effects.last == .useModel(name: "smollm2-360m"))
        #expect(script.state.choices.model == nil)
        script.send(.modelReady(name: "smollm2-360m", contextLength: nil))
        script.send(.terminated)
        #expect(script.remembered.last?.model == "smollm2-360m")
    }

    @Test func `stays if the chosen one cannot be opened, or another one was named at the start`() throws {
        var script = StudioScript.remembering(.init(model: "earlier"))
        script.press(.character("m"), .down, .enter)
        script.send(.modelFailed(sentence: "It is broken."))
        script.send(.modelReady(name: "given", contextLength: nil))
        #expect(script.state.choices.model == "earlier")
        script.send(.terminated)
        #expect(script.remembered.isEmpty)
    }

    @Test func `is also the one that writes already, if it is chosen`() {
        var script = StudioScript.remembering(.init(model: "gone"))
        script.press(.character("m"), .enter)
        #expect(script.state.choices.model == "built-in")
    }
}

@Suite struct `The remembered export` {
    @Test func `proposes the folder and the format again`() throws {
        var script = StudioScript.remembering()
        script.writeHeadlines()
        script.press(.character("x"), .control("u"))
        script.type("~/drafts/first.html")
        script.press(.enter)
        #expect(script.state.choices.export == nil)
        script.finishExport(path: "~/drafts/first.html")
        script.press(.character("x"))
        #expect(script.screen.contains("← HTML →") && script.screen.contains("~/drafts/search-ad-headlines-a.html"))
        script.press(.escape)
        var next = try script.restarted()
        next.writeHeadlines()
        next.press(.character("x"), .enter)
        let request = ExportRequest(
            scope: .draft(id: 50), format: .html, path: "~/drafts/search-ad-headlines-a.html")
        #expect(next.exports.last?.request == request)
    }

    @Test func `is not one that failed`() {
        var script = StudioScript.remembering()
        script.writeHeadlines()
        script.press(.character("x"), .control("u"))
        script.type("/nowhere/first.html")
        script.press(.enter)
        script.answerExport(.failed(sentence: "There is no folder /nowhere."))
        #expect(script.state.choices.export == nil)
    }

    @Test(arguments: [
        ("x.md", nil, "y.md"), ("./x.md", nil, "y.md"), ("/x.md", "/", "/y.md"), ("~/x.md", "~", "~/y.md"),
        ("a/b/x.md", "a/b", "a/b/y.md"), ("../x.md", "..", "../y.md"),
    ])
    func `has the folder of the path`(path: String, folder: String?, proposed: String) {
        #expect(ExportChoice.folder(ofPath: path) == folder)
        #expect(ExportChoice.path(of: "y.md", inFolder: folder) == proposed)
    }
}

@Suite struct `The generation that was open` {
    @Test func `opens again with its pane and its variant`() throws {
        var script = StudioScript.remembering()
        script.writeHeadlines()
        script.press(.down, .down, .enter)
        var next = try script.restarted()
        #expect(next.reopened == [5])
        next.send(.generationOpened(saved()))
        #expect(next.state.focus == .draft && next.state.shownGeneration?.selected == 2)
        #expect(next.state.context == .reader)
        #expect(next.screen.contains("Saved text 2"))
    }

    @Test func `still says which of its drafts were edited`() throws {
        var script = StudioScript.remembering()
        script.writeHeadlines()
        var next = try script.restarted()
        let opened = saved()
        next.send(.generationOpened(opened, written: [opened.drafts[1].id: "The model's own"]))
        #expect(next.state.shownGeneration?.variants.map(\.isEdited) == [false, true, false, false])
    }

    @Test(arguments: [KeyPress.alt("1"), .alt("3")])
    func `leaves the writer in the list that had the focus`(key: KeyPress) throws {
        var script = StudioScript.remembering()
        script.writeHeadlines()
        script.press(key)
        let focus = script.state.focus
        var next = try script.restarted()
        next.answerHistory((1...6).reversed().map { HistoryEntry(id: $0, createdAt: 1, title: "T", draftCount: 1) })
        next.send(.generationOpened(saved()))
        #expect(next.state.focus == focus && focus != .draft)
        #expect(next.state.shownGeneration?.generationId == 5 && next.state.history.selected == 5)
    }

    @Test func `has the form of its template with the parameters that are chosen now`() throws {
        var script = StudioScript.remembering()
        script.writeHeadlines()
        script.setTemperature("1.3")
        var next = try script.restarted()
        next.send(.generationOpened(saved()))
        #expect(next.temperature == 1.3)
        #expect(next.state.draft.form?.key == "search-ad-headline" && next.state.draft.form?.variantCount == 4)
        #expect(next.state.draft.form?.values["product"] == "Lamp")
        #expect(next.state.draft.form?.isUnsent == false)
    }

    @Test func `keeps its own parameters if it was opened from history`() throws {
        var old = saved()
        old.sampling.temperature = 0.2
        var script = StudioScript.remembering()
        script.send(.generationOpened(old))
        var next = try script.restarted()
        next.send(.generationOpened(old))
        #expect(next.temperature == 0.2)
    }

    @Test func `comes after an unsent form and after an unsaved edit`() {
        let choices = RememberedChoices(open: .init(generationId: 5))
        var script = StudioScript()
        script.send(.sessionRestored(StudioSession(formKey: "", values: ["": ["prompt": "A thought"]])))
        script.send(.choicesRemembered(choices))
        #expect(script.reopened.isEmpty && script.screen.contains("A thought"))

        script = StudioScript()
        script.send(
            .sessionRestored(StudioSession(openEdit: .init(draftId: 70, generationId: 7, text: "An edit"))))
        script.send(.choicesRemembered(choices))
        #expect(script.reopened == [7])
    }

    @Test func `is forgotten in silence if the store has it no more`() throws {
        var script = StudioScript.remembering(.init(open: .init(generationId: 5)))
        script.send(.generationNotOpened(id: 5, isGone: true, sentence: "It is gone."))
        #expect(script.notice.isEmpty)
        script.send(.terminated)
        #expect(try #require(script.remembered.last).open == nil)
    }

    @Test func `is told of if the store cannot be read`() {
        var script = StudioScript.remembering(.init(open: .init(generationId: 5)))
        script.send(.generationNotOpened(id: 5, isGone: false, sentence: "The store is damaged."))
        #expect(script.notice == "The store is damaged.")
    }

    @Test func `is not another one that has its number in a restored store`() {
        var script = StudioScript.remembering(.init(open: .init(generationId: 5, uuid: "one")))
        script.send(.generationOpened(saved(uuid: "other")))
        #expect(script.state.shownGeneration == nil && script.notice.isEmpty)
    }

    @Test func `does not move a writer who has begun something else`() {
        var script = StudioScript.remembering(.init(open: .init(generationId: 5)))
        script.press(.down, .down)
        let selected = script.state.templates.selected
        script.send(.generationOpened(saved()))
        #expect(script.state.focus == .templates && script.state.templates.selected == selected)
        #expect(script.state.shownGeneration?.generationId == 5)

        script = StudioScript.remembering(.init(open: .init(generationId: 5)))
        script.open("short story")
        script.send(.generationOpened(saved()))
        #expect(script.state.shownGeneration == nil && script.state.draft.form?.template?.name == "short-story")
    }

    @Test func `that has fewer variants than before still opens`() {
        var script = StudioScript.remembering(.init(open: .init(generationId: 5, variant: 9)))
        script.send(.generationOpened(saved()))
        #expect(script.state.shownGeneration?.selected == 0 && script.screen.contains("Saved text 0"))
    }
}

@Suite struct `Remembering` {
    @Test func `happens a second after a change, once`() {
        var script = StudioScript.remembering()
        script.open("article")
        script.setTemperature("1.3")
        #expect(script.state.isAnimating)
        script.send(.tick(now: StudioScript.now + 1))
        script.send(.tick(now: StudioScript.now + 3))
        script.press(.down)
        script.send(.tick(now: StudioScript.now + 5))
        #expect(script.remembered.count == 1)
        #expect(script.remembered.first?.parameters.keys.sorted() == ["article-headline"])
    }

    @Test func `waits for the choices of earlier studios`() {
        var script = StudioScript()
        script.open("article")
        script.setTemperature("1.3")
        script.send(.tick(now: StudioScript.now + 5))
        #expect(script.remembered.isEmpty)
        script.send(.choicesRemembered(.init(model: "tiny")))
        #expect(script.temperature == 1.3)
        script.send(.tick(now: StudioScript.now + 10))
        #expect(script.remembered.last?.model == "tiny")
        #expect(script.remembered.last?.parameters.count == 1)
    }

    @Test func `does not forget the open generation before it is open again`() {
        let choices = RememberedChoices(model: "tiny", open: .init(generationId: 5))
        var script = StudioScript.remembering(choices)
        script.send(.tick(now: StudioScript.now + 5))
        script.send(.terminated)
        #expect(script.remembered.isEmpty)
    }
}
