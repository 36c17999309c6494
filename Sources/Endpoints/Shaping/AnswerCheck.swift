// What is checked in a draft that a server wrote, because the server may not have kept it.
// - A grammar or a schema is checked here always: some servers ignore it and answer with 200.
// - Words that must or must not occur cannot be forced on a server; their lack is said.

import Generation
import Grammar
import Text

/// Checks a complete draft against its request.
struct AnswerCheck {
    private let machine: GrammarMachine?
    private let schema: JSONValue?
    private let sampling: SamplingOptions
    private let lexicon: Lexicon

    /// - Throws: `GrammarError` or `JSONSchemaError` if the request's own grammar or schema cannot be used.
    init(_ request: GenerationRequest) throws {
        sampling = request.sampling
        lexicon = request.conditions.lexicon
        let grammar = try GBNFGrammar(grammar: sampling.grammar, jsonSchema: sampling.jsonSchema)
        machine = grammar.map { GrammarMachine($0) }
        schema = sampling.jsonSchema.flatMap { try? JSONValue(parsing: Array($0.utf8)) }
    }

    /// How a draft keeps its grammar.
    enum Verdict: Equatable {
        case keeps
        /// It is valid JSON, and the schema's grammar does not hold every valid value.
        case unclear(String)
        case breaks(String)
    }

    /// Checks the form of a draft.
    /// - Parameters:
    ///   - thoughts: those that were taken out of the text, because a grammar may describe them too.
    ///   - name: the draft, at the beginning of a sentence: `Draft 2`.
    func form(of text: String, thoughts: String = "", name: String) -> Verdict {
        guard let machine else { return .keeps }
        let trimmed = String(TextLength.trimmed(text))
        let forms = [text, trimmed] + (thoughts.isEmpty ? [] : ["<think>\(thoughts)</think>\(text)"])
        if forms.contains(where: { matches($0, machine) }) { return .keeps }
        guard let schema else {
            return .breaks(
                "\(name) does not follow the grammar: the server did not keep it. Use a server that takes grammars.")
        }
        guard let value = try? JSONValue(parsing: Array(trimmed.utf8)) else {
            return .breaks(
                "\(name) is not the JSON that the schema asks for: the server did not keep it. "
                    + "Use a server that takes schemas.")
        }
        if matches(CompactJSON.text(of: Self.ordered(value, by: schema)), machine) { return .keeps }
        return .unclear("\(name) is JSON, but it does not seem to follow the schema. Check it before you use it.")
    }

    /// What is to be said of a draft that ended before its form was complete.
    func unfinished(_ text: String, name: String) -> String? {
        guard let machine, !matches(String(TextLength.trimmed(text)), machine) else { return nil }
        return "\(name) ended before it was complete as its \(schema == nil ? "grammar" : "schema") asks. "
            + "Allow more tokens, or a longer text."
    }

    /// A sentence for each word that a draft lacks or should not have.
    func words(of text: String, name: String) -> [String] {
        var sentences: [String] = []
        let bytes = Array(text.utf8)
        func holds(_ phrase: String, wholeWords: Bool) -> Bool {
            PhraseFinder([phrase], folding: true, wholeWords: wholeWords)
                .firstMatch(in: bytes[...], newCount: bytes.count) != nil
        }
        for phrase in sampling.mustInclude where !holds(phrase, wholeWords: true) {
            sentences.append("\(name) lacks \(OptionLine.quoted(phrase)), which a server cannot be made to write.")
        }
        for phrase in sampling.bannedPhrases where holds(phrase, wholeWords: false) {
            sentences.append("\(name) contains \(OptionLine.quoted(phrase)), which is banned.")
        }
        for word in lexicon.banned where stands(word, in: text, bytes) {
            sentences.append("\(name) contains \(OptionLine.quoted(word)), which your lexicon bans.")
        }
        return sentences
    }

    private func stands(_ word: String, in text: String, _ bytes: [UInt8]) -> Bool {
        if Lexicon.isPattern(word) { return Lexicon.contains(word, in: text) }
        return PhraseFinder(Array(Inflections.of(word)) + [word], folding: true, wholeWords: true)
            .firstMatch(in: bytes[...], newCount: bytes.count) != nil
    }

    private func matches(_ text: String, _ machine: GrammarMachine) -> Bool {
        var matcher = GrammarMatcher(machine)
        // A stop text may have ended the draft before its grammar did.
        return matcher.accept(text) && (matcher.isComplete || !sampling.stop.isEmpty && schema == nil)
    }

    /// A value with its members in the schema's order, and without those that the schema leaves open.
    private static func ordered(_ value: JSONValue, by schema: JSONValue, depth: Int = 0) -> JSONValue {
        guard depth < 100 else { return value }
        switch value {
        case .array(let items):
            guard let items = schema["items"].map({ schema in items.map { ordered($0, by: schema, depth: depth + 1) } })
            else { return value }
            return .array(items)
        case .object(let members):
            guard let properties = schema["properties"]?.members else { return value }
            let known = properties.compactMap { property in
                members.last { $0.key == property.key }.map { member in
                    (key: member.key, value: ordered(member.value, by: property.value, depth: depth + 1))
                }
            }
            let others = members.filter { member in !properties.contains { $0.key == member.key } }
            return .object(known + (schema["additionalProperties"] == nil ? [] : others))
        default: return value
        }
    }
}
