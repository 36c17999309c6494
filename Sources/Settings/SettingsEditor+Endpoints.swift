// An endpoint added to the list of config.yaml, or taken out of it: the other ones stay as they are written.
// - As with one value, the new text is read back: the list must have one element more or less, the rest must be the same.

import Generation
import YAMLReading
import Yams

extension SettingsEditor {
    /// The text with an endpoint more, at the end of the list.
    public func adding(_ endpoint: EndpointSettings) throws(SettingsEditError) -> String {
        guard let pair = root?.first(where: { $0.key.scalar?.string == "endpoints" }),
            pair.value.sequence?.isEmpty == false || (pair.value.sequence == nil && !pair.value.isLeftEmpty)
        else {
            guard let key = try? SettingKey("endpoints") else { throw unlisted(at: nil) }
            return try setting(key, to: .endpoints([endpoint]))
        }
        guard let (entry, elements) = endpointList, let start = entry.valueStart, let last = elements.last else {
            throw unlisted(at: pair.key)
        }
        let edited: YAMLText
        if text.scalars[start] == "[" {
            guard let end = extent(of: last)?.upperBound else { throw unlisted(at: pair.key) }
            edited = text.replacing([(end..<end, ", \(endpoint.yamlText)")])
        } else {
            let indentation = start - text.lineStarts[text.line(of: start) - 1]
            let line = String(repeating: " ", count: indentation) + "- " + endpoint.yamlText
            edited = text.replacing([(entry.end..<entry.end, lineBreak + line)])
        }
        let added = settings.endpoints + [endpoint]
        return try checkedList(edited, at: pair.key, expected: added) { before, after in
            after.count == before.count + 1 && Array(after.dropLast()) == before
        }
    }

    /// The text without the endpoints of a name; `nil` if there is none.
    public func removingEndpoint(named name: String) throws(SettingsEditError) -> String? {
        guard let (entry, elements) = endpointList else { return nil }
        guard
            let index = elements.firstIndex(where: { element in
                element.mapping?.first { $0.key.scalar?.string == "name" }?.value.scalar?.string == name
            })
        else { return nil }
        guard elements.count > 1 else {
            guard let key = try? SettingKey("endpoints") else { throw unlisted(at: entry.key) }
            return try removingWholeList(key, entry)
        }
        guard let edited = removing(elements, index, of: entry) else { throw unlisted(at: entry.key) }
        let text = try checkedList(edited, at: entry.key, expected: nil) { before, after in
            var expected = before
            expected.remove(at: index)
            return after == expected
        }
        // A second one of that name did not count before, and would now.
        let rest = try SettingsEditor(bytes: Array(text.utf8), file: file)
        return try rest.removingEndpoint(named: name) ?? text
    }

    /// A list of one endpoint without a valid one in it is no entry of the settings, and still goes.
    private func removingWholeList(_ key: SettingKey, _ entry: YAMLEntry) throws(SettingsEditError) -> String {
        if settings.entries[key] != nil { return try removing(key) }
        throw unlisted(at: entry.key)
    }

    private func removing(_ elements: [Node], _ index: Int, of entry: YAMLEntry) -> YAMLText? {
        guard let start = entry.valueStart else { return nil }
        if text.scalars[start] == "[" {
            guard let extent = extent(of: elements[index]) else { return nil }
            if index + 1 < elements.count {
                guard let next = self.extent(of: elements[index + 1]) else { return nil }
                return text.replacing([(extent.lowerBound..<next.lowerBound, "")])
            }
            guard let previous = self.extent(of: elements[index - 1]) else { return nil }
            return text.replacing([(previous.upperBound..<extent.upperBound, "")])
        }
        let dashes = text.scalars[..<start].count - text.lineStarts[text.line(of: start) - 1]
        guard let first = dashLine(of: elements[index], column: dashes) else { return nil }
        var next = text.line(of: max(start, entry.end - 1)) + 1
        if index + 1 < elements.count {
            guard let line = dashLine(of: elements[index + 1], column: dashes) else { return nil }
            next = line
        }
        // Comments in front of the next one belong to it.
        var last = next - 1
        while last > first, text.isBlankOrComment(line: last) { last -= 1 }
        return text.replacing([(text.lineStarts[first - 1]..<text.start(afterLine: last), "")])
    }

    /// The line on which the dash of an element stands.
    private func dashLine(of element: Node, column: Int) -> Int? {
        guard var line = element.mark?.line, line <= text.lineStarts.count else { return nil }
        while line > 0 {
            let place = text.lineStarts[line - 1] + column
            if place < text.end(ofLine: line), text.scalars[place] == "-", text.indentation(ofLine: line) == column {
                return line
            }
            line -= 1
        }
        return nil
    }

    /// The extent of an element between brackets.
    private func extent(of element: Node) -> Range<Int>? {
        guard let mark = element.mark, let start = text.offset(of: FilePlace(line: mark.line, column: mark.column)),
            start < text.scalars.count,
            let end = YAMLScanner(scalars: text.scalars, isInFlow: true).end(ofValueAt: start), end >= start
        else { return nil }
        return start..<end
    }

    private var endpointList: (entry: YAMLEntry, elements: [Node])? {
        guard let root, let pair = root.first(where: { $0.key.scalar?.string == "endpoints" }),
            let elements = pair.value.sequence.map(Array.init), !elements.isEmpty,
            let entry = YAMLEntry(pair.key, pair.value, of: root, in: text)
        else { return nil }
        return (entry, elements)
    }

    private func unlisted(at node: Node?) -> SettingsEditError {
        .notEditable(file: file, line: node?.mark?.line ?? 1, key: "endpoints")
    }

    /// Reads the new text back.
    private func checkedList(
        _ edited: YAMLText, at node: Node, expected: [EndpointSettings]?,
        _ isRight: (_ before: [YAMLTree], _ after: [YAMLTree]) -> Bool
    ) throws(SettingsEditError) -> String {
        let string = withMark(edited)
        let newRoot: Node.Mapping?
        do {
            newRoot = try SettingsReader.source(edited).root()
        } catch {
            throw unlisted(at: node)
        }
        let after = UserSettings(bytes: Array(string.utf8), file: file)
        let known = Set(settings.problems.map(\.reason))
        if let problem = after.problems.first(where: { !known.contains($0.reason) }) { throw .refused(problem) }
        let (old, new) = (YAMLTree(root), YAMLTree(newRoot))
        guard old.removing(["endpoints"]) == new.removing(["endpoints"]),
            isRight(old.elements(at: "endpoints"), new.elements(at: "endpoints")),
            expected.map({ $0 == after.endpoints }) ?? true
        else { throw unlisted(at: node) }
        return string
    }
}
