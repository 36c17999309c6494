// Reads `examples:` in the head of a template: each has values for the fields, which the fields accept, and an output.

import Generation
import YAMLReading
import Yams

extension TemplateReader {
    static let exampleLimit = 16
    static let outputKey = "output"

    /// Reads the examples. The fields and the parts are known by then.
    mutating func readExamples(_ node: Node) {
        guard let sequence = node.sequence else {
            return nodes.note(
                "'examples' is a list, such as '- {topic: kites, output: A kite for a calm day}'. Write it so.",
                at: node)
        }
        guard sequence.count <= Self.exampleLimit else {
            return nodes.note("A template may have \(Self.exampleLimit) examples at most. Remove some.", at: node)
        }
        for element in sequence {
            guard let mapping = element.mapping else {
                nodes.note(
                    "An example is written as {topic: kites, output: A kite for a calm day}. Write it so.", at: element)
                continue
            }
            let known = fields.map(\.name) + [Self.outputKey]
            readExample(nodes.values(of: mapping, known: known, in: "An example"), at: element)
        }
    }

    private mutating func readExample(_ nodesByKey: [String: Node], at place: Node) {
        var values: [String: String] = [:]
        for field in fields {
            let node = nodesByKey[field.name]
            values[field.name] = field.defaultValue
            if let text = nodes.text(node, field.name) {
                values[field.name] = value(text, of: field, at: node)
            } else if node == nil, !field.mayBeEmpty {
                nodes.note("This example has no '\(field.name)', which is required. Add it.", at: place)
            }
        }
        let node = nodesByKey[Self.outputKey]
        let output = FieldText.trimmed(nodes.text(node, Self.outputKey) ?? "")
        guard !output.isEmpty else {
            return nodes.note("This example has no output. Add 'output: …', a good answer.", at: node ?? place)
        }
        noteMissingParts(in: output, at: node ?? place)
        examples.append(TemplateExample(values: values, output: output))
    }

    private mutating func value(_ text: String, of field: PromptField, at node: Node?) -> String {
        do {
            return try field.value(of: text)
        } catch {
            nodes.note(reason(of: error, "value", of: field.name), at: node)
            return text
        }
    }

    /// Notes an output that does not begin each part with its name. It may end before the last parts, as an ad set of
    /// which an example shows the first three headlines.
    private mutating func noteMissingParts(in output: String, at node: Node) {
        guard !parts.isEmpty else { return }
        let lines = output.split(separator: "\n")
        for (part, line) in zip(parts, lines) where !line.hasPrefix("\(part.name): ") {
            return nodes.note(
                "The output names its parts: a line '\(part.name): …' is expected, and '\(line.prefix(40))' was found.",
                at: node)
        }
    }
}
