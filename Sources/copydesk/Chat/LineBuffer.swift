// A text that is typed at a prompt: its characters, the cursor, and the lines that were sent before.
// - `cursor` is between 0 and `characters.count`.
// - What was typed is kept while one looks through the lines that were sent before.

import Studio

struct LineBuffer {
    /// What a key leads to besides a change of the text.
    enum Outcome: Equatable {
        case edited
        /// The text is sent.
        case sent(String)
        /// Ctrl-C: the text is cleared; `wasEmpty` if there was none.
        case cancelled(wasEmpty: Bool)
        /// Ctrl-D without a text.
        case ended
        /// The text is edited in the user's own editor.
        case openEditor
        case suspended
    }

    private(set) var characters: [Character]
    private(set) var cursor: Int
    /// The text that was removed last by a key that removes several characters.
    private var removed: [Character] = []
    /// Oldest first.
    private let history: [String]
    /// The line of the history that is shown; `history.count` for the one that is typed.
    private var place: Int
    private var typed: [Character] = []

    init(_ text: String = "", history: [String] = []) {
        characters = Array(text)
        cursor = characters.count
        self.history = history
        place = history.count
    }

    var text: String { String(characters) }

    mutating func setText(_ text: String) {
        characters = Array(text)
        cursor = characters.count
    }

    mutating func handle(_ key: KeyPress) -> Outcome {
        switch key {
        case .enter, .control("j"): return enter()
        case .control("c"):
            let wasEmpty = characters.isEmpty
            setText("")
            place = history.count
            return .cancelled(wasEmpty: wasEmpty)
        case .control("d") where characters.isEmpty: return .ended
        case .control("x"): return .openEditor
        case .control("z"): return .suspended
        default:
            if !remove(by: key), !move(by: key) { insert(key) }
            return .edited
        }
    }

    /// A backslash at the end of a line goes on with a new one.
    private mutating func enter() -> Outcome {
        if cursor == characters.count, characters.last == "\\" {
            characters[characters.count - 1] = "\n"
            return .edited
        }
        return .sent(text)
    }

    private mutating func insert(_ key: KeyPress) {
        switch key {
        case .character(let character): insert(String(character))
        case .paste(let text): insert(text)
        case .altEnter: insert("\n")
        case .tab: insert("\t")
        case .control("y"): insert(String(removed))
        default: break
        }
    }

    private mutating func insert(_ text: String) {
        // A mark that belongs to the character before it joins it.
        let head = String(characters[..<cursor]) + text
        let tail = characters[cursor...]
        let joined = Array(head)
        characters = joined + tail
        cursor = joined.count
    }

    private mutating func remove(by key: KeyPress) -> Bool {
        switch key {
        case .backspace, .control("h"): remove(cursor - 1, cursor, keeps: false)
        case .delete, .control("d"): remove(cursor, cursor + 1, keeps: false)
        case .control("w"), .wordBackspace: remove(wordStart, cursor)
        case .alt("d"): remove(cursor, wordEnd)
        case .control("u"): remove(lineStart, cursor)
        case .control("k"): remove(cursor, max(lineEnd, cursor))
        default: return false
        }
        return true
    }

    private mutating func remove(_ start: Int, _ end: Int, keeps: Bool = true) {
        let range = max(0, start)..<min(characters.count, max(end, max(0, start)))
        guard !range.isEmpty else { return }
        if keeps { removed = Array(characters[range]) }
        characters.removeSubrange(range)
        cursor = range.lowerBound
    }

    private mutating func move(by key: KeyPress) -> Bool {
        switch key {
        case .left, .control("b"): cursor = max(0, cursor - 1)
        case .right, .control("f"): cursor = min(characters.count, cursor + 1)
        case .controlLeft, .alt("b"): cursor = wordStart
        case .controlRight, .alt("f"): cursor = wordEnd
        case .home, .control("a"): cursor = lineStart
        case .end, .control("e"): cursor = lineEnd
        case .controlHome: cursor = 0
        case .controlEnd: cursor = characters.count
        case .up, .control("p"): moveUp()
        case .down, .control("n"): moveDown()
        default: return false
        }
        return true
    }

    private var lineStart: Int { characters[..<cursor].lastIndex(of: "\n").map { $0 + 1 } ?? 0 }
    private var lineEnd: Int { characters[cursor...].firstIndex(of: "\n") ?? characters.count }

    private var wordStart: Int {
        var index = cursor
        while index > 0, characters[index - 1].isWhitespace { index -= 1 }
        while index > 0, !characters[index - 1].isWhitespace { index -= 1 }
        return index
    }

    private var wordEnd: Int {
        var index = cursor
        while index < characters.count, characters[index].isWhitespace { index += 1 }
        while index < characters.count, !characters[index].isWhitespace { index += 1 }
        return index
    }

    /// Up in the text; from its first line to the line that was sent before.
    private mutating func moveUp() {
        let start = lineStart
        guard start > 0 else { return show(place - 1) }
        let before = characters[..<(start - 1)].lastIndex(of: "\n").map { $0 + 1 } ?? 0
        cursor = min(before + cursor - start, start - 1)
    }

    private mutating func moveDown() {
        let end = lineEnd
        guard end < characters.count else { return show(place + 1) }
        let column = cursor - lineStart
        let nextEnd = characters[(end + 1)...].firstIndex(of: "\n") ?? characters.count
        cursor = min(end + 1 + column, nextEnd)
    }

    private mutating func show(_ index: Int) {
        guard (0...history.count).contains(index), index != place else { return }
        if place == history.count { typed = characters }
        place = index
        characters = index == history.count ? typed : Array(history[index])
        cursor = characters.count
    }
}
