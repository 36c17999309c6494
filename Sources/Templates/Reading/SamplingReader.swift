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
