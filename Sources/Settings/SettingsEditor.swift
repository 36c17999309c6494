// One value of config.yaml, set or removed in the text, with all that the person wrote around it.
// - Comments, order, unknown keys and the way other values are written stay. A comment on the line of a removed value
//   goes with it.
// - The new text is read back: it must differ from the old one in this one value, and have no new problem. If it does
//   not, the text is left alone and the error says so; no mistake here can destroy a file.

import Generation
import YAMLReading
import Yams

/// Why a value cannot be set or removed; the file is as it was.
public enum SettingsEditError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file is broken, or a key of it stands twice.
    case broken(FileProblem)
    /// A key on the way to the value has something else than keys below it.
    case inTheWay(FileProblem)
    /// The value is written in a way that cannot be edited.
    case notEditable(file: String, line: Int, key: String)
    /// The value contradicts another one.
    case refused(FileProblem)
    /// This version does not use the setting.
    case unused(name: String)

    public var description: String {
        switch self {
        case .broken(let problem), .inTheWay(let problem), .refused(let problem):
            "\(problem) The file was left as it is."
        case .notEditable(let file, let line, let key):
            "\(file):\(line): \(key) is written in a way that cannot be changed without touching the rest. "
                + "Change it by hand; the file was left as it is."
        case .unused(let name):
            "'\(name)' is not used by this version, so it cannot be set. A later version will know what to do with it."
        }
    }
}

/// Edits the text of a settings file.
public struct SettingsEditor {
    let file: String
    let settings: UserSettings
    let text: YAMLText
    private let hasMark: Bool
    let root: Node.Mapping?

    /// - Throws: `.broken` if the text cannot be read to its end.
    public init(bytes: [UInt8], file: String) throws(SettingsEditError) {
        self.file = file
        settings = UserSettings(bytes: bytes, file: file)
        do {
            let string = try SourceFile.text(of: bytes)
            hasMark = string.unicodeScalars.first == "\u{FEFF}"
            text = YAMLText(string)
            root = try SettingsReader.source(text).root()
        } catch let error as SourceFile.Unreadable {
            let place = error.place ?? FilePlace(line: 0, column: 0)
            throw .broken(FileProblem(file: file, line: place.line, column: place.column, reason: error.reason))
        } catch let error as YAMLFailure {
            throw .broken(FileProblem(file: file, line: error.line, column: error.column, reason: error.reason))
        } catch {
            throw .broken(FileProblem(file: file, line: 0, column: 0, reason: "\(error)"))
        }
    }

    /// The text as it is.
    public var source: String { withMark(text) }

    /// The text with a value set.
    public func setting(_ key: SettingKey, to value: SettingValue) throws(SettingsEditError) -> String {
        guard let setting = key.setting, setting.kind != .later else { throw .unused(name: key.name) }
        if settings.entries[key]?.value == value { return withMark(text) }
        let written = Self.plainText(of: value) ?? value.yamlText
        let edited = try edited(key) { (entries, rest) throws(SettingsEditError) in
            rest.isEmpty ? replacing(entries, with: written) : try inserting(rest, written, below: entries)
        }
        return try checked(edited, key, expected: value)
    }

    /// The text without a value; the same text if it has none.
    public func removing(_ key: SettingKey) throws(SettingsEditError) -> String {
        let edited = try edited(key) { (entries, rest) throws(SettingsEditError) in
            rest.isEmpty ? removing(entries) : text
        }
        return try checked(edited, key, expected: nil)
    }

    func withMark(_ text: YAMLText) -> String { (hasMark ? "\u{FEFF}" : "") + text.string }

    /// Finds the entries on the way to a value, and hands over the keys that are not there.
    private func edited(
        _ key: SettingKey,
        _ edit: (_ entries: [YAMLEntry], _ rest: [String]) throws(SettingsEditError) -> YAMLText?
    ) throws(SettingsEditError) -> YAMLText {
        var entries: [YAMLEntry] = []
        var mapping = root
        var rest = key.path[...]
        while let name = rest.first, let pairs = mapping {
            guard let pair = pairs.first(where: { $0.key.scalar?.string == name }) else { break }
            guard let entry = YAMLEntry(pair.key, pair.value, of: pairs, in: text) else {
                throw notEditable(key, at: pair.key)
            }
            entries.append(entry)
            rest = rest.dropFirst()
            mapping = pair.value.mapping
            if !rest.isEmpty, mapping == nil, !pair.value.isLeftEmpty {
                throw inTheWay(pair.value, name)
            }
        }
        guard let edited = try edit(entries, Array(rest)) else { throw notEditable(key, at: entries.last?.key) }
        return edited
    }

    private func notEditable(_ key: SettingKey, at node: Node?) -> SettingsEditError {
        .notEditable(file: file, line: node?.mark?.line ?? 1, key: key.description)
    }

    private func inTheWay(_ node: Node, _ name: String) -> SettingsEditError {
        .inTheWay(
            FileProblem(
                file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1,
                reason: "\(OptionLine.quoted(name)) has no keys below it, so nothing can be put there. "
                    + "Correct it or remove it."))
    }

    /// Reads the new text back.
    private func checked(
        _ edited: YAMLText, _ key: SettingKey, expected: SettingValue?
    ) throws(SettingsEditError) -> String {
        let string = withMark(edited)
        let newRoot: Node.Mapping?
        do {
            newRoot = try SettingsReader.source(edited).root()
        } catch {
            throw notEditable(key, at: entries(toward: key).last)
        }
        let after = UserSettings(bytes: Array(string.utf8), file: file)
        let known = Set(settings.problems.map(\.reason))
        if let problem = after.problems.first(where: { !known.contains($0.reason) }) { throw .refused(problem) }
        guard after.entries[key]?.value == expected,
            YAMLTree(root).removing(key.path) == YAMLTree(newRoot).removing(key.path)
        else { throw notEditable(key, at: entries(toward: key).last) }
        return string
    }

    /// The keys on the way to a value.
    private func entries(toward key: SettingKey) -> [Node] {
        var mapping = root
        var nodes: [Node] = []
        for name in key.path {
            guard let pair = mapping?.first(where: { $0.key.scalar?.string == name }) else { break }
            nodes.append(pair.key)
            mapping = pair.value.mapping
        }
        return nodes
    }

    /// A text that needs no quotes, such as a file's name; `nil` for other values.
    private static func plainText(of value: SettingValue) -> String? {
        guard case .value(.text(let text?)) = value, isPlain(text) else { return nil }
        return text
    }

    /// True for a text that YAML reads as itself without quotes.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 200 else { return false }
        func isLetter(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        }
        let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
        return (isLetter(first) || text.hasPrefix("/") || text.hasPrefix("~/")) && !words.contains(text.lowercased())
            && text.utf8.allSatisfy { isLetter($0) || "0123456789._/~+-".utf8.contains($0) }
    }

    // MARK: Edits; each gives nil if the text cannot be edited so

    private func replacing(_ entries: [YAMLEntry], with written: String) -> YAMLText? {
        guard let entry = entries.last else { return nil }
        if entry.isBlock, let start = entry.valueStart {
            // The value begins on a later line: its lines go, and the new one stands beside the key.
            let firstLine = text.line(of: start)
            guard firstLine > text.line(of: entry.colonEnd) else { return nil }
            let lines = text.lineStarts[firstLine - 1]..<text.start(afterLine: text.line(of: max(start, entry.end - 1)))
            return text.replacing([(entry.colonEnd..<entry.colonEnd, " " + written), (lines, "")])
        }
        guard let start = entry.valueStart else {
            return text.replacing([(entry.colonEnd..<entry.colonEnd, " " + written)])
        }
        return text.replacing([(start..<entry.end, written)])
    }

    private func inserting(
        _ keys: [String], _ written: String, below entries: [YAMLEntry]
    ) throws(SettingsEditError) -> YAMLText? {
        let keys = keys.map { Self.isPlain($0) ? $0 : SettingValue.value(.text($0)).yamlText }
        func flow(_ keys: some Collection<String>) -> String {
            guard let key = keys.first else { return written }
            return keys.count == 1 ? "\(key): \(written)" : "\(key): {\(flow(keys.dropFirst()))}"
        }
        func block(_ indentation: Int) -> String {
            keys.enumerated().map { index, key in
                String(repeating: " ", count: indentation + 2 * index) + key
                    + (index == keys.count - 1 ? ": \(written)" : ":")
            }.joined(separator: lineBreak)
        }
        guard let parent = entries.last else {
            guard let root, root.count > 0 else { return atTheEnd(block(0)) }
            return after(root, flow(keys), block)
        }
        if let mapping = parent.value.mapping, let last = after(mapping, flow(keys), block) { return last }
        guard parent.value.isLeftEmpty else { return emptyFlow(parent, flow(keys)) }
        if parent.isInFlow { return text.replacing([(parent.colonEnd..<parent.colonEnd, " {\(flow(keys))}")]) }
        // `sampling:` with nothing below it.
        let line = text.line(of: parent.keyStart)
        let indentation = parent.keyStart - text.lineStarts[line - 1] + 2
        return text.replacing([(text.end(ofLine: line)..<text.end(ofLine: line), lineBreak + block(indentation))])
    }

    var lineBreak: String { String(String.UnicodeScalarView(text.lineBreak)) }

    private func atTheEnd(_ lines: String) -> YAMLText {
        let end = text.scalars.count
        let needsBreak = text.scalars.last.map { !YAMLText.isBreak($0) } ?? false
        return text.replacing([(end..<end, (needsBreak ? lineBreak : "") + lines + lineBreak)])
    }

    /// Puts an entry after the last one of a mapping; `nil` if it is empty.
    private func after(_ mapping: Node.Mapping, _ flow: String, _ block: (Int) -> String) -> YAMLText? {
        guard let pair = Array(mapping).last, let last = YAMLEntry(pair.key, pair.value, of: mapping, in: text)
        else { return nil }
        if last.isInFlow { return text.replacing([(last.end..<last.end, ", " + flow)]) }
        let line = text.line(of: max(last.keyStart, last.end - 1))
        let indentation = last.keyStart - text.lineStarts[text.line(of: last.keyStart) - 1]
        return text.replacing([(text.end(ofLine: line)..<text.end(ofLine: line), lineBreak + block(indentation))])
    }

    /// Puts an entry into `{}`.
    private func emptyFlow(_ parent: YAMLEntry, _ flow: String) -> YAMLText? {
        guard let start = parent.valueStart, text.scalars[start] == "{" else { return nil }
        return text.replacing([(start..<parent.end, "{\(flow)}")])
    }

    /// Removes the entry, and those above it that hold nothing else, unless a comment stands in them.
    private func removing(_ entries: [YAMLEntry]) -> YAMLText? {
        guard var entry = entries.last else { return nil }
        for parent in entries.dropLast().reversed() where parent.value.mapping?.count == 1 {
            guard !parent.isInFlow || parent.end > entry.end, !hasComment(in: parent, before: entry) else { break }
            if parent.value.mapping.map({ mapping in mapping.contains { $0.key == entry.key } }) != true { break }
            entry = parent
        }
        if entry.isInFlow { return removingFromFlow(entry) }
        let first = text.lineStarts[text.line(of: entry.keyStart) - 1]
        let last = text.start(afterLine: text.line(of: max(entry.keyStart, entry.end - 1)))
        return text.replacing([(first..<last, "")])
    }

    private func hasComment(in parent: YAMLEntry, before entry: YAMLEntry) -> Bool {
        text.scalars[parent.colonEnd..<entry.keyStart].contains("#")
    }

    private func removingFromFlow(_ entry: YAMLEntry) -> YAMLText? {
        var end = entry.end
        while end < text.scalars.count, YAMLText.isBlank(text.scalars[end]) { end += 1 }
        if end < text.scalars.count, text.scalars[end] == "," {
            end += 1
            while end < text.scalars.count, YAMLText.isBlank(text.scalars[end]) { end += 1 }
            return text.replacing([(entry.keyStart..<end, "")])
        }
        var start = entry.keyStart
        while start > 0, YAMLText.isBlank(text.scalars[start - 1]) { start -= 1 }
        if start > 0, text.scalars[start - 1] == "," { return text.replacing([(start - 1..<entry.end, "")]) }
        return text.replacing([(entry.keyStart..<entry.end, "")])
    }
}

extension YAMLText {
    /// The text with ranges of offsets replaced; they are in order and do not overlap.
    func replacing(_ edits: [(range: Range<Int>, text: String)]) -> YAMLText {
        var result: [Unicode.Scalar] = []
        var place = 0
        for edit in edits {
            result += scalars[place..<edit.range.lowerBound]
            result += edit.text.unicodeScalars
            place = edit.range.upperBound
        }
        result += scalars[place...]
        return YAMLText(scalars: result)
    }
}
