// Values of YAML nodes, checked one by one.
// - A problem is noted with its place and reading continues, so that one look shows everything to correct.
// - A value that is wrong reads as nil, like one that is missing.
// - Nothing here throws.

import Generation
import Yams

/// Collects the problems of one file while its nodes are read.
public struct NodeReader: Sendable {
    public let file: String
    /// Lines of the file before the first line of the YAML text.
    public let lineOffset: Int
    public private(set) var problems: [FileProblem] = []

    public init(file: String, lineOffset: Int) {
        self.file = file
        self.lineOffset = lineOffset
    }

    public mutating func note(_ reason: String, at node: Node?) {
        let place = place(of: node)
        note(reason, line: place.line, column: place.column)
    }

    /// The place in the file; without a node, the first line of the YAML text.
    public func place(of node: Node?) -> FilePlace {
        FilePlace(line: (node?.mark?.line ?? 1) + lineOffset, column: node?.mark?.column ?? 1)
    }

    public mutating func note(_ reason: String, line: Int, column: Int) {
        problems.append(FileProblem(file: file, line: line, column: column, reason: reason))
    }

    /// The values of a mapping by their keys; notes keys that are not in `known`.
    /// - Parameters:
    ///   - place: names the mapping in sentences: `'sampling'`, `A template`.
    ///   - skipsNull: true if YAML's null (`default: null`, `~`) counts as not written, as an empty value always does.
    public mutating func values(
        of mapping: Node.Mapping, known: [String], in place: String, skipsNull: Bool = false
    ) -> [String: Node] {
        var values: [String: Node] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string, known.contains(name) else {
                noteUnknown(key, known: known, in: place)
                continue
            }
            if !value.isLeftEmpty, !(skipsNull && value.isNull) { values[name] = value }
        }
        return values
    }

    /// Notes a key that is not in `known`, with the nearest one.
    public mutating func noteUnknown(_ key: Node, known: [String], in place: String) {
        let name = OptionLine.quoted(key.scalar?.string ?? "[…]")
        if let nearest = NearestName.to(key.scalar?.string ?? "", among: known) {
            note("\(place) has no key \(name). Did you mean '\(nearest)'?", at: key)
        } else {
            note("\(place) has no key \(name). Its keys are \(known.joined(separator: ", ")).", at: key)
        }
    }

    public mutating func text(_ node: Node?, _ key: String) -> String? {
        guard let node else { return nil }
        if let scalar = node.scalar { return scalar.string }
        note("'\(key)' is a text. Put quotes around it.", at: node)
        return nil
    }

    public mutating func flag(_ node: Node?, _ key: String) -> Bool? {
        guard let node else { return nil }
        switch node.scalar?.string.lowercased() {
        case "true", "yes": return true
        case "false", "no": return false
        default:
            note("'\(key)' is true or false. Write one of the two.", at: node)
            return nil
        }
    }

    public mutating func count(_ node: Node?, _ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node else { return nil }
        if let text = node.scalar?.string, let number = Int(text), range.contains(number) { return number }
        note("'\(key)' is a whole number from \(range.lowerBound) to \(range.upperBound).", at: node)
        return nil
    }

    /// The texts of a list, each with its node; a single text is a list of one.
    public mutating func texts(_ node: Node?, _ key: String) -> [(text: String, node: Node)]? {
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

extension Node {
    /// True for a key without a value (`summary:`), which counts as not written.
    public var isLeftEmpty: Bool { scalar.map { $0.string.isEmpty && $0.style == .plain } ?? false }
}
