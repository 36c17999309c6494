// Checks the values of YAML nodes one by one.
// - A problem is noted with its place and reading continues, so that an author sees all problems at once.
// - A wrong value is nil, as a missing one is.

import Generation
import Yams

/// Collects the problems of one file while its nodes are read.
struct NodeReader {
    let file: String
    /// Lines of the file before the first line of the YAML text.
    let lineOffset: Int
    private(set) var problems: [TemplateProblem] = []

    init(file: String, lineOffset: Int) {
        self.file = file
        self.lineOffset = lineOffset
    }

    mutating func note(_ reason: String, at node: Node?) {
        let place = place(of: node)
        note(reason, line: place.line, column: place.column)
    }

    /// The node's place in the file; the place of the front matter if there is no node.
    func place(of node: Node?) -> PromptTemplate.FilePlace {
        PromptTemplate.FilePlace(line: (node?.mark?.line ?? 1) + lineOffset, column: node?.mark?.column ?? 1)
    }

    mutating func note(_ reason: String, line: Int, column: Int) {
        problems.append(TemplateProblem(file: file, line: line, column: column, reason: reason))
    }

    /// The values of a mapping by key; keys that are not in `known` are noted as problems.
    mutating func values(of mapping: Node.Mapping, known: [String], in place: String) -> [String: Node] {
        var values: [String: Node] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string, known.contains(name) else {
                let name = key.scalar?.string ?? "[…]"
                if let nearest = NearestName.to(name, among: known) {
                    note("\(place) has no key '\(name)'. Did you mean '\(nearest)'?", at: key)
                } else {
                    note("\(place) has no key '\(name)'. Its keys are \(known.joined(separator: ", ")).", at: key)
                }
                continue
            }
            // A key without a value (`summary:`) counts as missing.
            if let scalar = value.scalar, scalar.string.isEmpty, scalar.style == .plain { continue }
            values[name] = value
        }
        return values
    }

    mutating func text(_ node: Node?, _ key: String) -> String? {
        guard let node else { return nil }
        if let scalar = node.scalar { return scalar.string }
        note("'\(key)' is a text. Put quotes around it.", at: node)
        return nil
    }

    mutating func flag(_ node: Node?, _ key: String) -> Bool? {
        guard let node else { return nil }
        switch node.scalar?.string.lowercased() {
        case "true", "yes": return true
        case "false", "no": return false
        default:
            note("'\(key)' is true or false. Write one of the two.", at: node)
            return nil
        }
    }

    mutating func count(_ node: Node?, _ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node else { return nil }
        if let text = node.scalar?.string, let number = Int(text), range.contains(number) { return number }
        note("'\(key)' is a whole number from \(range.lowerBound) to \(range.upperBound).", at: node)
        return nil
    }

    mutating func number(_ node: Node?, _ key: String, in range: ClosedRange<Double>) -> Double? {
        guard let node else { return nil }
        if let text = node.scalar?.string, let number = FieldNumber.value(text), range.contains(number) {
            return number
        }
        note("'\(key)' is \(FieldNumber.description(range.lowerBound, range.upperBound)).", at: node)
        return nil
    }

    /// The texts of a list, each with its node; a single text is a list of one.
    mutating func texts(_ node: Node?, _ key: String) -> [(text: String, node: Node)]? {
        guard let node else { return nil }
        if let scalar = node.scalar { return [(scalar.string, node)] }
        var texts: [(String, Node)] = []
        for element in node.sequence ?? [] {
            if let scalar = element.scalar { texts.append((scalar.string, element)) } else { break }
        }
        if let sequence = node.sequence, sequence.count == texts.count { return texts }
        note("'\(key)' is a list of texts, such as [one, two]. Write it so.", at: node)
        return nil
    }
}
