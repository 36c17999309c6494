// The choice of the model: its sections, servers that answer late or not at all, filtering, names for nothing listed.

import Generation
import Testing

@testable import Studio

private func opened(rows: Int = 30, columns: Int = 100) -> StudioScript {
    var script = StudioScript(rows: rows, columns: columns)
    script.send(.modelsListed(StudioScript.modelItems, servers: ["local", "far"]))
    script.press(.character("m"))
    return script
}

extension StudioScript {
    fileprivate var usedModels: [String] {
        effects.compactMap { if case .useModel(let name) = $0 { name } else { nil } }
    }

    /// Moves down from the top until a row is selected.
    fileprivate mutating func select(_ title: String) {
        press(.character("g"))
        for _ in 0..<40 where !frame.lines.contains(where: { $0.contains("› \(title)") }) { press(.down) }
    }
}

@Test
func `the dialog lists models by where they are, and asks the servers when it opens`() {
    var script = opened()
    #expect(script.effects.contains(.askServers))
    for text in [
        "Your models", "built-in  ✓", "Models of other programs", "Ollama · llama, 1.2B", "On servers", "asking local…",
        "asking far…", "Other names", "is local/qwen3-4b", "Get a model…",
    ] {
        #expect(script.screen.contains(text), "\(text)")
    }
    script.send(.serverAnswered(name: "local", .models(StudioScript.serverItems)))
    #expect(script.screen.contains("local/qwen3-4b") && !script.screen.contains("asking local…"))
    #expect(script.screen.contains("asking far…"))
}

@Test
func `a model of a server can be chosen while another server is still being asked`() {
    var script = opened()
    script.send(.serverAnswered(name: "local", .models(StudioScript.serverItems)))
    script.select("local/mistralai/mistral-small")
    script.press(.enter)
    #expect(script.usedModels == ["local/mistralai/mistral-small"])
    script.send(.modelReady(name: "local/mistralai/mistral-small", contextLength: nil))
    #expect(script.state.modelName == "local/mistralai/mistral-small")
}

@Test
func `a filter selects its first row, or the one that has exactly this name`() {
    var script = opened()
    script.send(.serverAnswered(name: "local", .models(StudioScript.serverItems)))
    script.press(.character("/"))
    for character in "local/" { script.press(.character(character)) }
    let first = StudioScript.serverItems.first?.name ?? ""
    #expect(script.screen.contains("› \(first)"))
    for _ in "local/" { script.press(.backspace) }
    let last = StudioScript.serverItems.last?.name ?? ""
    for character in last { script.press(.character(character)) }
    script.press(.enter)
    script.press(.enter)
    #expect(script.usedModels == [last])
}

@Test
func `the selected row stays selected when a server answers`() {
    var script = opened()
    script.select("Get a model…")
    script.send(.serverAnswered(name: "local", .models(StudioScript.serverItems)))
    #expect(script.screen.contains("› Get a model…"))
}

@Test
func `the model in use is selected once its server has answered`() {
    var script = StudioScript(rows: 30, columns: 100)
    script.send(.modelReady(name: "local/qwen3-4b", contextLength: nil))
    script.send(.modelsListed(StudioScript.modelItems, servers: ["local", "far"]))
    script.press(.character("m"))
    script.send(.serverAnswered(name: "local", .models(StudioScript.serverItems)))
    #expect(script.screen.contains("› local/qwen3-4b  ✓"))
}

@Test
func `a server that does not answer says why, and is asked again by a key`() {
    var script = opened()
    script.send(.serverAnswered(name: "far", .failed(sentence: StudioScript.farSentence)))
    script.select("far")
    #expect(script.screen.contains("gives no list"))
    #expect(script.screen.contains("Nothing answers at http://far.example:8080 within 2 seconds."))
    let asked = script.effects.count { $0 == .askServers }
    script.press(.character("r"))
    #expect(script.effects.count { $0 == .askServers } == asked + 1)
    #expect(script.screen.contains("asking again…"))
    script.send(.serverAnswered(name: "far", .models([])))
    #expect(script.screen.contains("lists no models"))
}

@Test(arguments: [(30, 100), (24, 80), (12, 40)])
func `the reason why a model cannot be used is readable in full`(rows: Int, columns: Int) {
    var script = opened(rows: rows, columns: columns)
    script.select("broken-1b")
    script.press(.enter)
    let words = script.frame.lines.joined(separator: " ").split { $0 == " " || $0 == "│" }.joined(separator: " ")
    #expect(words.contains("The file is cut short: download it again."))
    #expect(script.usedModels.isEmpty)
}

@Test
func `a filter lists what holds its words, and Esc brings all back`() {
    var script = opened()
    script.send(.serverAnswered(name: "local", .models(StudioScript.serverItems)))
    script.press(.character("/"))
    script.type("ollama")
    #expect(script.screen.contains("llama3.2:1b") && !script.screen.contains("local/qwen3-4b"))
    script.press(.enter, .enter)
    #expect(script.usedModels == ["llama3.2:1b"])
    var again = opened()
    again.press(.character("/"))
    again.type("nothing like it")
    #expect(again.screen.contains("No model has these words."))
    again.press(.enter, .enter)
    #expect(again.usedModels.isEmpty)
    again.press(.escape)
    #expect(again.screen.contains("llama3.2:1b") && again.state.context == .models)
}

@Test
func `a model that its server does not list is used as typed`() {
    var script = opened()
    script.send(.serverAnswered(name: "far", .failed(sentence: StudioScript.farSentence)))
    script.press(.character("/"))
    script.type("far/owner/model")
    #expect(script.screen.contains("Not listed by its server"))
    script.press(.enter, .enter)
    #expect(script.usedModels == ["far/owner/model"])
    var other = opened()
    other.press(.character("/"))
    other.type("nobody/model")
    other.press(.enter, .enter)
    #expect(other.usedModels.isEmpty)
}

@Test
func `a long list scrolls to every row`() {
    var script = StudioScript(rows: 12, columns: 60)
    let items = (1...60).map { ModelItem(name: "model-\($0)") }
    script.send(.modelsListed(items))
    script.press(.character("m"), .character("G"))
    #expect(script.screen.contains("› Get a model…"))
    script.press(.character("k"))
    // No list has the model in use, so it stands behind them.
    #expect(script.screen.contains("› built-in  ✓"))
    script.press(.character("k"))
    #expect(script.screen.contains("› model-60"))
    script.press(.character("g"))
    #expect(script.screen.contains("› model-1 ") && script.screen.contains("Your models"))
    #expect(script.screen.contains("more"))
}

@Test
func `an answer of a server that is no longer in the settings changes nothing`() {
    var script = opened()
    let screen = script.screen
    script.send(.serverAnswered(name: "gone", .models(StudioScript.serverItems)))
    #expect(script.screen == screen)
}

@Test
func `a first start offers better models in one line, until something was used`() {
    var script = StudioScript()
    script.send(.modelsListed([ModelItem(name: "built-in")]))
    script.send(.choicesRemembered(RememberedChoices()))
    #expect(script.screen.contains("built-in is a small model: m gets a better one"))
    #expect(script.state.dialog == nil)
    script.open("search ad")
    #expect(!script.screen.contains("gets a better one"))
    var asked = StudioScript()
    asked.send(.modelsListed([ModelItem(name: "built-in")]))
    asked.send(.choicesRemembered(RememberedChoices()))
    asked.press(.character("m"), .character("n"))
    asked.send(.offersListed(StudioScript.offers))
    asked.press(.escape)
    #expect(!asked.screen.contains("gets a better one"))
}

@Test(arguments: [
    (["built-in", "other"], [String](), RememberedChoices()),
    (["built-in"], ["local"], RememberedChoices()),
    (["built-in"], [], RememberedChoices(model: "built-in")),
    (["built-in"], [], RememberedChoices(open: .init(generationId: 3))),
])
func `nobody who has another model, a server or a past is offered models`(
    names: [String], servers: [String], choices: RememberedChoices
) {
    var script = StudioScript()
    script.send(.modelsListed(names.map { ModelItem(name: $0) }, servers: servers))
    script.send(.choicesRemembered(choices))
    #expect(!script.screen.contains("gets a better one"))
}

@Test
func `an adapter goes on top of the model in use, and comes off it again`() {
    let base = "qwen2.5-coder-0.5b-q4"
    var script = StudioScript(rows: 30, columns: 100)
    script.send(.modelReady(name: base, contextLength: 4096))
    let style = ModelItem(name: "style", detail: "adapter, rank 8", origin: .adapter)
    script.send(.modelsListed(StudioScript.modelItems + [style], servers: []))
    script.press(.character("m"))
    script.select("style")
    #expect(script.screen.contains("Adapters, to put on top of the model"))
    #expect(script.screen.contains("Goes on top of \(base)."))
    script.press(.enter)
    #expect(script.usedModels.last == "\(base) + style")
    script.send(.modelReady(name: "\(base) + style", contextLength: 4096))
    script.press(.character("m"))
    script.select("style")
    #expect(script.screen.contains("› style  ✓") && script.screen.contains("Comes off \(base)."))
    script.press(.enter)
    #expect(script.usedModels.last == base)
}
