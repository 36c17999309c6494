// Reads `sampling:` in the head of a template: every option of the table, by its name.
// - Numbers may have any of YAML's spellings. For an option that takes text, `1`, `true` or a date is text too.
// - `null` is not a value: leave out an option that should not change.

import Generation
import YAMLReading
import Yams

extension TemplateReader {
    mutating func readSampling(_ node: Node) {
        guard let mapping = node.mapping else {
            return nodes.note("'sampling' is written as {temperature: 0.5, max_tokens: 60}. Write it so.", at: node)
        }
        let options = SamplingOption.all
        let values = nodes.values(of: mapping, known: options.map(\.name), in: "'sampling'")
        for option in options {
            guard let node = values[option.name], let value = nodes.value(node, of: option) else { continue }
            sampling.set(option, to: value)
            samplingPlaces[option.name] = nodes.place(of: node)
        }
    }
}

extension TemplateReader {
    /// Options that a template sets beside `sampling`, because they are about the drafts and not about drawing tokens.
    static let optionKeys = ["tidy", "distinct", "best_of"]

    /// Reads the keys of `optionKeys`. Drafts are tidied unless their template says otherwise; a persona's answers are not, because
    /// a quotation or a label may be part of what is said.
    mutating func readOptions(_ values: [String: Node]) {
        for key in Self.optionKeys {
            guard let option = SamplingOption.named(key) else { continue }
            if let node = values[key] {
                if sampling[key] != nil {
                    nodes.note("'\(key)' stands in 'sampling' too. Remove one of the two.", at: node)
                } else if let value = nodes.value(node, of: option) {
                    sampling.set(option, to: value)
                    samplingPlaces[key] = nodes.place(of: node)
                }
            } else if key == "tidy", persona == nil, sampling[key] == nil, let value = option.kind.value(of: "on") {
                sampling.set(option, to: value)
            }
        }
    }
}

extension NodeReader {
    mutating func number(_ node: Node?, _ key: String, in range: ClosedRange<Double>) -> Double? {
        guard let node else { return nil }
        if let text = node.scalar?.string, let number = FieldNumber.value(text), range.contains(number) {
            return number
        }
        note("'\(key)' is \(FieldNumber.description(range.lowerBound, range.upperBound)).", at: node)
        return nil
    }
}
