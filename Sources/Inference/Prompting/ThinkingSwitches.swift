// The variables by which chat templates turn thoughts on and off, and set from one option.
// - Only variables that the template reads are set, each with a value of the type that the template expects.
// - If the template compares a variable with several words, it gets one of these.

import Generation
import Jinja

/// The switches that one template reads.
struct ThinkingSwitches: Sendable {
    private enum Kind {
        /// True if the model thinks; some templates compare it with words instead.
        case thinks
        /// True if it does not.
        case skips
        /// How much it thinks, as a word.
        case effort
        /// How many tokens it may think.
        case budget
    }

    private struct Switch {
        var name: String
        var kind: Kind
        var words: TemplateWords
    }

    private static let known: [(name: String, kind: Kind)] = [
        ("enable_thinking", .thinks), ("thinking", .thinks), ("enable_reasoning", .thinks), ("reasoning", .thinks),
        ("thinking_mode", .thinks), ("thinking_option", .thinks), ("keep_reasoning", .thinks),
        ("skip_thinking", .skips), ("disable_thinking", .skips),
        ("reasoning_effort", .effort), ("thinking_effort", .effort), ("reasoning_strength", .effort),
        ("thinking_budget", .budget), ("reasoning_budget", .budget),
    ]

    /// Words that mean thinking, each with the one that means not thinking.
    private static let wordPairs = [
        ("on", "off"), ("enabled", "disabled"), ("enable", "disable"), ("think", "no_think"), ("thinking", "chat"),
        ("think", "nothink"), ("high", "none"), ("open", "close"), ("true", "false"),
    ]
    private static let offWords = wordPairs.map(\.1)

    private let switches: [Switch]

    /// - Parameter variables: the names that the template reads.
    init(source: String, variables: Set<String>) {
        let bytes = Array(source.utf8)
        switches = Self.known.filter { variables.contains($0.name) }.map { name, kind in
            Switch(name: name, kind: kind, words: TemplateWords(of: name, in: bytes))
        }
    }

    /// True if the template can be told to go without thoughts.
    var canTurnOff: Bool {
        switches.contains { item in
            switch item.kind {
            case .thinks: item.name != "keep_reasoning"
            case .skips, .budget: true
            case .effort: Self.first(of: Self.offWords, in: item.words.compared) != nil
            }
        }
    }

    /// The variables for an effort. A drafting tool wants no thoughts unless it is asked for them, so `auto` turns them
    /// off wherever the template has a switch.
    func variables(for effort: ReasoningEffort) -> [String: JinjaValue] {
        var variables: [String: JinjaValue] = [:]
        for item in switches { variables[item.name] = value(of: item, for: effort) }
        return variables
    }

    private func value(of item: Switch, for effort: ReasoningEffort) -> JinjaValue? {
        let isOn = effort != .off && effort != .auto
        switch item.kind {
        case .thinks, .skips:
            let wanted = item.kind == .thinks ? isOn : !isOn
            if item.words.all.isEmpty { return .bool(wanted) }
            return switchWord(wanted, item.words.all).map { .string($0) }
        case .effort: return effortWord(effort, item.words.compared).map { .string($0) }
        case .budget: return .integer(isOn ? effort.thoughtTokenLimit : 0)
        }
    }

    /// The word of a template that turns thoughts on or off; if the template names only the opposite, that of its pair.
    private func switchWord(_ isOn: Bool, _ words: Set<String>) -> String? {
        let pairs = Self.wordPairs.map { isOn ? (wanted: $0.0, other: $0.1) : (wanted: $0.1, other: $0.0) }
        return (pairs.first { words.contains($0.wanted) } ?? pairs.first { words.contains($0.other) })?.wanted
    }

    /// The word for an effort that a template knows; `nil` to leave the template's own.
    private func effortWord(_ effort: ReasoningEffort, _ words: Set<String>) -> String? {
        let candidates =
            switch effort {
            case .auto: Self.offWords
            case .off: Self.offWords + ["minimal", "low"]
            case .low: ["low", "minimal", "medium", "high"]
            case .medium: ["medium", "high", "low"]
            case .high: ["high", "xhigh", "max", "medium"]
            }
        if let known = Self.first(of: candidates, in: words) { return known }
        // A template that compares with one word or with none prints any other.
        guard effort != .auto, words.count < 2 else { return nil }
        return effort == .off ? "low" : effort.rawValue
    }

    private static func first(of candidates: [String], in words: Set<String>) -> String? {
        candidates.first(where: words.contains)
    }
}

extension ReasoningEffort {
    /// The most tokens of the thoughts before one answer.
    var thoughtTokenLimit: Int {
        switch self {
        case .off: 0
        case .low: 256
        case .medium: 1024
        // A model that is left alone may think as long as one that is asked to.
        case .high, .auto: 4096
        }
    }
}

/// The words that a template knows for a variable.
struct TemplateWords: Sendable {
    /// As in `name == 'x'`, `name in ['x', 'y']`.
    private(set) var compared: Set<String> = []
    /// As in `name = 'x'`, `name | default('x')`.
    private(set) var assigned: Set<String> = []

    var all: Set<String> { compared.union(assigned) }

    init(of name: String, in source: [UInt8]) {
        let wanted = Array(name.utf8)
        guard let first = wanted.first, wanted.count <= source.count else { return }
        for start in 0...(source.count - wanted.count)
        where source[start] == first && source[start...].starts(with: wanted) {
            let isAttribute =
                start > 0 && (Self.isNamePart(source[start - 1]) || source[start - 1] == UInt8(ascii: "."))
            var rest = source[(start + wanted.count)...]
            guard !isAttribute, !(rest.first.map(Self.isNamePart) ?? false) else { continue }
            switch Self.skipOperator(&rest) {
            case .comparison: compared.formUnion([Self.quoted(&rest)].compactMap(\.self))
            case .membership: compared.formUnion(Self.list(rest))
            case .assignment: assigned.formUnion([Self.quoted(&rest)].compactMap(\.self))
            case nil: continue
            }
        }
    }

    private enum Operator { case comparison, membership, assignment }

    /// Passes an operator that words may follow; `nil` if there is none.
    private static func skipOperator(_ rest: inout ArraySlice<UInt8>) -> Operator? {
        let operators: [(text: String, kind: Operator)] = [
            ("==", .comparison), ("!=", .comparison), ("=", .assignment), ("not in ", .membership),
            ("in ", .membership), ("|default(", .assignment), ("| default(", .assignment),
        ]
        skipSpaces(&rest)
        guard let found = operators.first(where: { rest.starts(with: $0.text.utf8) }) else { return nil }
        rest = rest.dropFirst(found.text.utf8.count)
        skipSpaces(&rest)
        return found.kind
    }

    private static func list(_ rest: ArraySlice<UInt8>) -> [String] {
        guard let first = rest.first, first == UInt8(ascii: "[") || first == UInt8(ascii: "(") else { return [] }
        var rest = rest.dropFirst()
        var words: [String] = []
        while true {
            skipSpaces(&rest)
            guard let word = quoted(&rest) else { return words }
            words.append(word)
            skipSpaces(&rest)
            guard rest.first == UInt8(ascii: ",") else { return words }
            rest = rest.dropFirst()
        }
    }

    private static func quoted(_ rest: inout ArraySlice<UInt8>) -> String? {
        guard let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
        let text = rest.dropFirst().prefix { $0 != quote }
        guard text.endIndex < rest.endIndex else { return nil }
        rest = rest[(text.endIndex + 1)...]
        return String(decoding: text, as: UTF8.self)
    }

    private static func skipSpaces(_ rest: inout ArraySlice<UInt8>) {
        rest = rest.drop { $0 == 0x20 || (9...13).contains($0) }
    }

    private static func isNamePart(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte >= 0x80 || (0x30...0x39).contains(byte)
            || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}
