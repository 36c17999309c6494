import Generation
import Grammar
import Testing
import Text

@testable import Inference

@Suite struct `A draft held to a grammar` {
    private static let vocabulary = ListedVocabulary(texts: [
        "", "Yes", " No", "No", "{", "\"", "ok", "\":", " ", "true", "}", "}}", ", but", ":", "1", "2", "3", " 4",
    ])

    /// Draws with a model that likes everything alike but the end, which it likes most.
    private func draft(
        _ seed: UInt64, limits: LengthLimits = .init(), _ change: (inout SamplingOptions) -> Void
    ) throws -> (text: String, reason: FinishReason?) {
        var options = SamplingOptions()
        options.temperature = 1
        options.topP = 1
        options.maxTokens = 60
        change(&options)
        let vocabulary = Self.vocabulary
        let grammar = try GrammarVocabulary(vocabulary)
            .constraint(grammar: options.grammar, jsonSchema: options.jsonSchema)
        var decoder = DraftDecoder(
            rules: DraftRules(
                sampling: options, limits: limits, seed: seed, trimsWhitespace: false, grammar: grammar),
            variant: 0, prompt: [1], vocabulary: vocabulary, shapes: TokenShapes(vocabulary),
            special: SamplerTokens(ends: [0]))
        var workspace = SamplingWorkspace()
        while true {
            workspace.logits = vocabulary.texts.map { $0.isEmpty ? 3 : 1 }
            if case .finished(let reason) = decoder.step(&workspace) {
                return (String(decoding: decoder.text.bytes, as: UTF8.self), reason)
            }
        }
    }

    @Test func `is a text of the grammar, and ends only if the grammar allows it`() throws {
        var texts: Set<String> = []
        for seed in 0..<40 {
            let draft = try draft(UInt64(seed)) { $0.grammar = #"root ::= ("Yes" | "No" ", but") [1-3]{2,4}"# }
            #expect(draft.reason == .stop)
            #expect(draft.text.wholeMatch(of: /(Yes|No, but)[123]{2,4}/) != nil)
            texts.insert(draft.text)
        }
        #expect(texts.count > 10)
    }

    @Test func `is valid for a schema, and stops if nothing can follow`() throws {
        let schema = #"{"type": "object", "properties": {"ok": {"const": true}}, "required": ["ok"]}"#
        for seed in 0..<20 {
            let draft = try draft(UInt64(seed)) { $0.jsonSchema = schema }
            #expect(draft.reason == .stop)
            #expect(draft.text.filter { $0 != " " } == #"{"ok":true}"#)
        }
    }

    @Test func `is drawn from the allowed tokens before others are dropped`() throws {
        let draft = try draft(1) {
            $0.grammar = #"root ::= "No""#
            $0.topK = 1
        }
        #expect(draft.text == "No")
    }

    @Test func `rolls back a banned phrase and stays within the grammar`() throws {
        for seed in 0..<20 {
            let draft = try draft(UInt64(seed)) {
                $0.grammar = #"root ::= "Yes" [1-3] | "No" "1""#
                $0.bannedPhrases = ["yes"]
            }
            #expect(draft.text == "No1")
        }
    }

    @Test func `cannot be held to a grammar and a schema at once`() {
        #expect(throws: GrammarError.besideSchema) {
            try draft(0) {
                $0.grammar = #"root ::= "No""#
                $0.jsonSchema = "{}"
            }
        }
    }
}
