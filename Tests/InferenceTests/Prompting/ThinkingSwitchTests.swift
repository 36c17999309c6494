import Generation
import Testing

@testable import Inference

@Suite struct `The switches of a template` {
    /// The text of a template by effort: auto, off, low, medium, high.
    private func texts(_ source: String) throws -> [String] {
        let template = try ChatTemplate(source: source, model: "m", bosText: "", eosText: "")
        return try ReasoningEffort.allCases.map {
            try template.render([Message(.user, "Hi")], addGenerationPrompt: true, effort: $0)
        }
    }

    @Test(arguments: [
        "enable_thinking", "thinking", "enable_reasoning", "reasoning", "keep_reasoning", "thinking_mode",
        "thinking_option",
    ])
    func `that are true or false turn thoughts on where they are asked for`(name: String) throws {
        #expect(try texts("{{ \(name) }}") == ["False", "False", "True", "True", "True"])
    }

    @Test(arguments: ["skip_thinking", "disable_thinking"])
    func `that skip thoughts are true where they are not asked for`(name: String) throws {
        #expect(try texts("{{ \(name) }}") == ["True", "True", "False", "False", "False"])
    }

    @Test func `that are set only if missing are set all the same`() throws {
        let source = "{% if not thinking is defined %}{% set thinking = true %}{% endif %}{{ thinking }}"
        #expect(try texts(source) == ["False", "False", "True", "True", "True"])
    }

    @Test(arguments: [
        ("{{ 'x' if thinking_mode == 'enabled' else thinking_mode }}", "disabled", "x"),
        (
            "{% if thinking_option not in ['on', 'off'] %}{{ raise_exception('No.') }}{% endif %}{{ thinking_option }}",
            "off", "on"
        ),
        ("{{ thinking_mode | default('think') }}{{ thinking_mode == \"no_think\" }}", "no_thinkTrue", "thinkFalse"),
    ])
    func `that are words get the template's words`(source: String, off: String, on: String) throws {
        #expect(try texts(source) == [off, off, on, on, on])
    }

    @Test(arguments: ["reasoning_effort", "thinking_effort", "reasoning_strength"])
    func `that are an effort get its word, and are left alone by auto`(name: String) throws {
        let source = "{% if \(name) is not defined %}{% set \(name) = 'medium' %}{% endif %}Reasoning: {{ \(name) }}"
        let effort = ["medium", "low", "low", "medium", "high"].map { "Reasoning: \($0)" }
        #expect(try texts(source) == effort)
    }

    @Test func `that are an effort get no word that the template refuses`() throws {
        let source = """
            {%- if reasoning_effort is defined and reasoning_effort not in ['none', 'high'] -%}\
            {{ raise_exception('none or high') }}{%- endif -%}{{ reasoning_effort }}
            """
        #expect(try texts(source) == ["none", "none", "high", "high", "high"])
    }

    @Test(arguments: ["thinking_budget", "reasoning_budget"])
    func `that are a budget get the tokens that a thought may have`(name: String) throws {
        #expect(try texts("{{ \(name) }}") == ["0", "0", "256", "1024", "4096"])
    }

    @Test func `do not keep a template from rendering that refuses them`() throws {
        let source = "{% if thinking is defined %}{{ raise_exception('No.') }}{% endif %}{{ messages[0].content }}"
        #expect(try texts(source) == Array(repeating: "Hi", count: 5))
    }

    @Test func `are no attributes of messages and no names of the template's own`() throws {
        let template = try ChatTemplate(
            source: "{% set thinking = 'mine' %}{{ messages[0].reasoning }}{{ thinking }}", model: "m", bosText: "",
            eosText: "")
        #expect(!template.canTurnThoughtsOff)
        #expect(try template.render([Message(.user, "Hi")], addGenerationPrompt: true, effort: .high) == "mine")
    }
}
