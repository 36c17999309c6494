// The extent of a key and its value in the text: libyaml gives the beginnings, the ends are found by scanning.
// - Scanning covers YAML as people write it in settings. For anything else it gives nil or a wrong extent, and the
//   editor, which reads every edit back, refuses it.

import YAMLReading
import Yams

struct YAMLEntry {
    let key: Node
    let value: Node
    /// Offsets of scalars: of the key, behind its colon, of the value (`nil` if it is left empty), behind the value.
    let keyStart: Int
    let colonEnd: Int
    let valueStart: Int?
    let end: Int
    /// True if the value is a block mapping or a block list.
    let isBlock: Bool
    /// True if the entry stands between braces.
    let isInFlow: Bool

    init?(_ key: Node, _ value: Node, of mapping: Node.Mapping, in text: YAMLText) {
        guard let mark = key.mark, let start = text.offset(of: FilePlace(line: mark.line, column: mark.column))
        else { return nil }
        self.key = key
        self.value = value
        keyStart = start
        isInFlow = Self.isFlow(mapping, in: text)
        let scanner = YAMLScanner(scalars: text.scalars, isInFlow: isInFlow)
        guard let keyEnd = scanner.end(ofKeyAt: start) else { return nil }
        var place = keyEnd
        while place < text.scalars.count, YAMLText.isBlank(text.scalars[place]) { place += 1 }
        guard place < text.scalars.count, text.scalars[place] == ":" else { return nil }
        colonEnd = place + 1
        guard !value.isLeftEmpty else {
            (valueStart, end, isBlock) = (nil, colonEnd, false)
            return
        }
        let valueStart = scanner.skippingBlanks(from: colonEnd)
        guard valueStart < text.scalars.count else { return nil }
        self.valueStart = valueStart
        isBlock =
            (value.mapping != nil || value.sequence != nil)
            && !"{[*&!".unicodeScalars.contains(text.scalars[valueStart])
        let parentIndentation = start - text.lineStarts[text.line(of: start) - 1]
        if isBlock {
            end = Self.blockEnd(
                from: valueStart, in: text, deeperThan: parentIndentation, isList: value.sequence != nil)
        } else if "|>".unicodeScalars.contains(text.scalars[valueStart]), !isInFlow {
            end = Self.blockEnd(from: valueStart, in: text, deeperThan: parentIndentation, isText: true)
        } else if let valueEnd = scanner.end(ofValueAt: valueStart) {
            let isPlain = value.scalar?.style == .plain && !isInFlow
            end =
                isPlain
                ? Self.plainEnd(valueEnd, in: text, deeperThan: parentIndentation, lineCount: text.lineStarts.count)
                : valueEnd
        } else {
            return nil
        }
    }

    /// True for a mapping between braces. Yams takes the style from the wrong event, so the text is asked.
    static func isFlow(_ mapping: Node.Mapping, in text: YAMLText) -> Bool {
        guard let mark = mapping.mark, let start = text.offset(of: FilePlace(line: mark.line, column: mark.column))
        else {
            return false
        }
        return start < text.scalars.count && text.scalars[start] == "{"
    }

    /// The end of the last line that is indented more than the key.
    /// - Parameters:
    ///   - isList: items may stand right below the key.
    ///   - isText: a line that begins with `#` is part of the text, not a comment.
    private static func blockEnd(
        from start: Int, in text: YAMLText, deeperThan indentation: Int, isList: Bool = false, isText: Bool = false
    ) -> Int {
        let first = text.line(of: start)
        var last = first
        var line = first + 1
        while line <= text.lineStarts.count {
            defer { line += 1 }
            if isText ? text.isBlank(line: line) : text.isBlankOrComment(line: line) { continue }
            let found = text.indentation(ofLine: line)
            let isItem = isList && found == indentation && text.scalars[text.lineStarts[line - 1] + found] == "-"
            guard found > indentation || isItem else { break }
            last = line
        }
        return text.end(ofLine: last)
    }

    /// The end of a text without quotes, which may continue on lines that are indented more than the key.
    private static func plainEnd(_ end: Int, in text: YAMLText, deeperThan indentation: Int, lineCount: Int) -> Int {
        var line = text.line(of: end)
        guard end == text.end(ofLine: line) else { return end }
        var last = end
        while line < lineCount {
            line += 1
            if text.isBlank(line: line) { continue }
            guard text.indentation(ofLine: line) > indentation, !text.isBlankOrComment(line: line) else { break }
            last = text.end(ofLine: line)
        }
        return last
    }
}

/// Finds the ends of keys and of values on one line, or between brackets.
struct YAMLScanner {
    let scalars: [Unicode.Scalar]
    /// True between braces or brackets, which a text without quotes may not have in it.
    let isInFlow: Bool

    func end(ofKeyAt start: Int) -> Int? {
        if let end = quotedEnd(start) { return end }
        var index = start
        while index < scalars.count, !YAMLText.isBreak(scalars[index]) {
            if scalars[index] == ":", endsKey(after: index) { return index }
            index += 1
        }
        return nil
    }

    private func endsKey(after colon: Int) -> Bool {
        guard colon + 1 < scalars.count else { return true }
        let next = scalars[colon + 1]
        return YAMLText.isBlank(next) || YAMLText.isBreak(next) || (isInFlow && ",[]{}".unicodeScalars.contains(next))
    }

    /// The next offset that is no blank, no line break and not in a comment.
    func skippingBlanks(from start: Int) -> Int {
        var index = start
        while index < scalars.count {
            if YAMLText.isBlank(scalars[index]) || YAMLText.isBreak(scalars[index]) {
                index += 1
            } else if scalars[index] == "#" {
                while index < scalars.count, !YAMLText.isBreak(scalars[index]) { index += 1 }
            } else {
                break
            }
        }
        return index
    }

    /// The offset behind a value that is in quotes, in brackets, an alias, or a text without quotes on one line.
    func end(ofValueAt start: Int) -> Int? {
        if let end = quotedEnd(start) { return end }
        return "[{".unicodeScalars.contains(scalars[start]) ? bracketEnd(start) : plainEnd(start)
    }

    private func quotedEnd(_ start: Int) -> Int? {
        guard start < scalars.count, "\"'".unicodeScalars.contains(scalars[start]) else { return nil }
        let quote = scalars[start]
        var index = start + 1
        while index < scalars.count {
            if quote == "\"", scalars[index] == "\\" {
                index += 2
            } else if scalars[index] == quote {
                guard quote == "'", index + 1 < scalars.count, scalars[index + 1] == "'" else { return index + 1 }
                index += 2
            } else {
                index += 1
            }
        }
        return nil
    }

    private func bracketEnd(_ start: Int) -> Int? {
        var depth = 0
        var index = start
        while index < scalars.count {
            let scalar = scalars[index]
            let startsToken =
                index == start || "[{,:".unicodeScalars.contains(scalars[index - 1])
                || YAMLText.isBlank(scalars[index - 1]) || YAMLText.isBreak(scalars[index - 1])
            switch scalar {
            case "[", "{": depth += 1
            case "]", "}":
                depth -= 1
                if depth == 0 { return index + 1 }
            case "\"", "'":
                guard startsToken else { break }
                guard let end = quotedEnd(index) else { return nil }
                index = end
                continue
            case "#" where startsToken && !"[{,:".unicodeScalars.contains(scalars[index - 1]):
                while index < scalars.count, !YAMLText.isBreak(scalars[index]) { index += 1 }
                continue
            default: break
            }
            index += 1
        }
        return nil
    }

    private func plainEnd(_ start: Int) -> Int {
        var index = start
        var end = start
        while index < scalars.count, !YAMLText.isBreak(scalars[index]) {
            if isInFlow, ",[]{}".unicodeScalars.contains(scalars[index]) { break }
            if scalars[index] == "#", index > start, YAMLText.isBlank(scalars[index - 1]) { break }
            if !YAMLText.isBlank(scalars[index]) { end = index + 1 }
            index += 1
        }
        return end
    }
}
