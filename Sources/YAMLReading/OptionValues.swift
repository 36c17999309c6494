// Values of sampling options, and of settings that take the same kinds of values, in YAML.
// - Numbers are read in all of YAML's spellings; a text that looks like a number, `true` or a date is a text.
// - `null` is not a value: to leave an option as it is, leave it out.

import Generation
import Yams

extension NodeReader {
    /// The value of an option; if it is wrong, notes a problem with an example.
    public mutating func value(_ node: Node, of option: SamplingOption) -> SamplingValue? {
        value(node, option.name, option.kind, hint: "Write it as '\(option.templateExample)'.")
    }

    /// The value of a key that takes the values of that kind.
    public mutating func value(
        _ node: Node, _ key: String, _ kind: SamplingOption.Kind, hint: String? = nil
    ) -> SamplingValue? {
        switch kind {
        case .number, .count, .oneOf, .choice, .text: return part(node, key, kind, hint)
        case .texts:
            guard let sequence = node.sequence else { return part(node, key, kind, hint) }
            var texts: [String] = []
            var isWhole = true
            for element in sequence {
                if case .texts(let more) = part(element, key, kind, hint) { texts += more } else { isWhole = false }
            }
            return isWhole ? .texts(texts) : nil
        case .biases:
            guard let mapping = node.mapping else {
                refuse(node, key, kind, hint)
                return nil
            }
            var biases: [Int: Float] = [:]
            var isWhole = true
            for (token, bias) in mapping {
                let pair = [token, bias].map { $0.numberText ?? "…" }.joined(separator: ":")
                if case .biases(let more) = kind.value(of: pair) {
                    biases.merge(more) { $1 }
                } else {
                    note(SamplingOptionError(name: key, kind: kind, foundText: pair), hint, at: token)
                    isWhole = false
                }
            }
            return isWhole ? .biases(biases) : nil
        }
    }

    /// A scalar value, or one element of a list.
    private mutating func part(
        _ node: Node, _ key: String, _ kind: SamplingOption.Kind, _ hint: String?
    ) -> SamplingValue? {
        let isText = kind.isText || kind.isList
        guard let scalar = node.scalar, !node.isNull, let text = isText ? scalar.string : node.numberText else {
            refuse(node, key, kind, hint)
            return nil
        }
        guard let value = kind.value(of: text) else {
            note(SamplingOptionError(name: key, kind: kind, foundText: scalar.string), hint, at: node)
            return nil
        }
        return value
    }

    private mutating func refuse(_ node: Node, _ key: String, _ kind: SamplingOption.Kind, _ hint: String?) {
        let error =
            switch node {
            case .mapping: SamplingOptionError(name: key, kind: kind, found: "a map")
            case .sequence: SamplingOptionError(name: key, kind: kind, found: "a list")
            default:
                node.isNull
                    ? SamplingOptionError(name: key, kind: kind, found: "null")
                    : SamplingOptionError(name: key, kind: kind, foundText: node.scalar?.string ?? "")
            }
        note(error, hint, at: node)
    }

    private mutating func note(_ error: SamplingOptionError, _ hint: String?, at node: Node) {
        note([error.description, hint].compactMap { $0 }.joined(separator: " "), at: node)
    }
}

extension Node {
    /// True for `null` in one of its spellings; in quotes these are texts.
    public var isNull: Bool {
        guard let scalar, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    /// The text of a scalar, with an unquoted number in decimal digits: `0x10`, `0o20`, `0b10000` and `1_6` are `16`.
    fileprivate var numberText: String? {
        guard let scalar else { return nil }
        guard scalar.style == .plain, let first = scalar.string.first, "+-.0123456789".contains(first) else {
            return scalar.string
        }
        let isNegative = first == "-"
        let digits = scalar.string.drop { $0 == "-" || $0 == "+" }
        guard scalar.string.count - digits.count <= 1, digits.first.map({ $0 != "_" }) ?? false else {
            return scalar.string
        }
        let plain = digits.filter { $0 != "_" }
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where plain.hasPrefix(prefix) {
            // Int(_:radix:) would accept a second sign.
            guard plain.dropFirst(2).first?.isHexDigit ?? false, let number = Int(plain.dropFirst(2), radix: radix)
            else { return scalar.string }
            return String(isNegative ? -number : number)
        }
        return (isNegative ? "-" : "") + plain
    }
}
