// The words of `lexicon.must`: `tea`, or `{word: tea, in: 2}` for at least two of the variants.

import Generation
import YAMLReading
import Yams

extension Lexicon.Required {
    /// The most variants that a word can be asked for in.
    static let countRange = GenerationRequest.variantRange

    /// As it is written in config.yaml.
    public var yamlText: String {
        let text = SettingValue.value(.text(word)).yamlText
        return variantCount.map { "{word: \(text), in: \($0)}" } ?? text
    }

    /// As a shell gives it: the word alone if it stands for itself.
    public var part: String { variantCount == nil && !word.hasPrefix("{") ? word : mapText }

    private var mapText: String {
        let text = SettingValue.value(.text(word)).yamlText
        return variantCount.map { "{word: \(text), in: \($0)}" } ?? "{word: \(text)}"
    }

    /// Reads a part of `part`; `nil` if it is invalid.
    public init?(part: String) {
        var reader = NodeReader(file: "", lineOffset: 0)
        let node: Node
        if part.hasPrefix("{") {
            guard let mapping = try? SettingsReader.source(YAMLText(part)).root() else { return nil }
            node = .mapping(mapping)
        } else {
            node = Node(part, .implicit, .doubleQuoted)
        }
        guard let word = reader.requiredWord(node), reader.problems.isEmpty else { return nil }
        self = word
    }
}

extension NodeReader {
    /// The words of a list; a single one is a list of one. If one of them is wrong, none is read.
    mutating func requiredWords(_ node: Node, hint: String) -> [Lexicon.Required]? {
        guard let sequence = node.sequence else { return requiredWord(node, hint: hint).map { [$0] } }
        let words = sequence.map { requiredWord($0, hint: hint) }
        return words.contains(nil) ? nil : words.compactMap(\.self)
    }

    mutating func requiredWord(_ node: Node, hint: String = "") -> Lexicon.Required? {
        if let mapping = node.mapping {
            let values = values(of: mapping, known: ["word", "in"], in: "A word that must occur")
            guard let word = values["word"] else {
                note("A word that must occur is written as {word: tea, in: 2}. Write it so.", at: node)
                return nil
            }
            let before = problems.count
            let count = count(values["in"], "in", in: Lexicon.Required.countRange)
            guard problems.count == before, mapping.count == values.count, let text = self.word(word, hint) else {
                return nil
            }
            return Lexicon.Required(word: text, variantCount: count)
        }
        return word(node, hint).map { Lexicon.Required(word: $0) }
    }

    private mutating func word(_ node: Node, _ hint: String) -> String? {
        guard let text = node.scalar?.string, !node.isNull, !text.allSatisfy(\.isWhitespace) else {
            let sentence = "'must' takes \(Setting.Kind.requiredWords.takes), and this is not one."
            note(hint.isEmpty ? sentence : "\(sentence) \(hint)", at: node)
            return nil
        }
        return text
    }
}
