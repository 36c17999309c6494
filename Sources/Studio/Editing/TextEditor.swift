// A text that is being typed, of one line or several, and its cursor.
// - `cursor` is between 0 and `characters.count`.
// - A text of one line never holds a line break: if one is pasted, it becomes a space.
// - Undo goes back change by change; a run of typed characters is one change.

struct TextEditor: Sendable {
    private(set) var characters: [Character]
    private(set) var cursor: Int
    let isMultiline: Bool
    /// True if it differs from the text with which it was opened.
    var isChanged: Bool { characters != opened }

    private var opened: [Character]
    private var undoSteps: [Step] = []
    /// Characters of all `undoSteps` together.
    private var undoCharacters = 0
    private var isTyping = false
    /// The column to which moving up and down returns.
    private var goalColumn: Int?
    private var cachedLayout: EditorLayout?

    private struct Step: Sendable {
        var characters: [Character]
        var cursor: Int
    }

    /// Undo keeps so many steps, or fewer if the text is long: all steps together hold at most so many characters.
    private static let undoLimit = 200
    private static let undoCharacterLimit = 2_000_000

    init(_ text: String = "", isMultiline: Bool = false) {
        self.isMultiline = isMultiline
        characters = TextEditor.accepted(text, isMultiline: isMultiline)
        opened = characters
        cursor = characters.count
    }

    var text: String { String(characters) }
    var isEmpty: Bool { characters.isEmpty }
    /// True if it holds nothing but spaces.
    var isBlank: Bool { characters.allSatisfy(\.isWhitespace) }
    /// Grows with every change, so that a change is noticed without comparing texts.
    private(set) var revision = 0

    /// Replaces the whole text, as one change that can be undone.
    mutating func setText(_ text: String) {
        remember()
        characters = TextEditor.accepted(text, isMultiline: isMultiline)
        cursor = characters.count
        cachedLayout = nil
        changed()
    }

    mutating func moveCursor(to index: Int) {
        cursor = min(max(0, index), characters.count)
        isTyping = false
        goalColumn = nil
    }

    // MARK: Keys

    /// Carries out an editing key.
    /// - Parameter columns: the width at which a text of several lines is wrapped.
    /// - Returns: false if the key is not for the editor, as up and down at the edge.
    mutating func handle(_ key: KeyPress, columns: Int) -> Bool {
        switch key {
        case .character(let character): insert(String(character), isTyped: true)
        case .paste(let text): insert(text, isTyped: false)
        case .enter, .altEnter:
            guard isMultiline else { return false }
            insert("\n", isTyped: false)
        case .backspace, .control("h"): remove(from: cursor - 1, to: cursor)
        case .delete: remove(from: cursor, to: cursor + 1)
        case .control("w"), .wordBackspace: remove(from: wordStart(before: cursor), to: cursor)
        case .control("u"): remove(from: lineStart(of: cursor), to: cursor)
        case .control("k"): remove(from: cursor, to: max(lineEnd(of: cursor), cursor))
        case .control("_"): undo()
        case .alt("d"): remove(from: cursor, to: wordEnd(after: cursor))
        case .left, .control("b"): moveCursor(to: cursor - 1)
        case .right, .control("f"): moveCursor(to: cursor + 1)
        case .controlLeft, .alt("b"): moveCursor(to: wordStart(before: cursor))
        case .controlRight, .alt("f"): moveCursor(to: wordEnd(after: cursor))
        case .home, .control("a"): moveCursor(to: lineStart(of: cursor))
        case .end: moveCursor(to: lineEnd(of: cursor))
        case .controlHome: moveCursor(to: 0)
        case .controlEnd: moveCursor(to: characters.count)
        case .up: return moveVertically(by: -1, columns: columns)
        case .down: return moveVertically(by: 1, columns: columns)
        case .pageUp: return isMultiline && moveVertically(by: -10, columns: columns)
        case .pageDown: return isMultiline && moveVertically(by: 10, columns: columns)
        default: return false
        }
        return true
    }

    // MARK: Layout

    /// The text wrapped to a width; from the cache if that has this width.
    func layout(columns: Int) -> EditorLayout {
        if let cachedLayout, cachedLayout.columns == columns { return cachedLayout }
        return EditorLayout(characters, columns: columns)
    }

    mutating func prepareLayout(columns: Int) {
        if cachedLayout?.columns != columns { cachedLayout = EditorLayout(characters, columns: columns) }
    }

    // MARK: Changes

    private mutating func insert(_ text: String, isTyped: Bool) {
        let added = TextEditor.accepted(text, isMultiline: isMultiline)
        guard !added.isEmpty else { return }
        if !(isTyped && isTyping) { remember() }
        // If the text begins with a combining mark, it joins the character before the cursor, so both are read together.
        if cursor > 0, let last = characters[..<cursor].last, last != "\n" {
            let joined = Array(String(last) + String(added))
            if joined.count != added.count + 1 {
                characters.replaceSubrange(cursor - 1..<cursor, with: joined)
                cachedLayout?.replace(cursor - 1..<cursor, with: joined)
                cursor += joined.count - 1
                changed()
                isTyping = isTyped
                return
            }
        }
        characters.insert(contentsOf: added, at: cursor)
        cachedLayout?.replace(cursor..<cursor, with: added)
        cursor += added.count
        changed()
        isTyping = isTyped
    }

    private mutating func remove(from start: Int, to end: Int) {
        let start = max(0, start)
        let end = min(end, characters.count)
        guard start < end else { return }
        remember()
        characters.removeSubrange(start..<end)
        cachedLayout?.replace(start..<end, with: [])
        cursor = start
        changed()
    }

    private mutating func undo() {
        guard let step = undoSteps.popLast() else { return }
        undoCharacters -= step.characters.count
        characters = step.characters
        cursor = step.cursor
        cachedLayout = nil
        changed()
    }

    private mutating func remember() {
        undoSteps.append(Step(characters: characters, cursor: cursor))
        undoCharacters += characters.count
        while undoSteps.count > 1,
            undoSteps.count > TextEditor.undoLimit || undoCharacters > TextEditor.undoCharacterLimit
        {
            undoCharacters -= undoSteps.removeFirst().characters.count
        }
    }

    private mutating func changed() {
        isTyping = false
        goalColumn = nil
        revision += 1
    }

    private static func accepted(_ text: String, isMultiline: Bool) -> [Character] {
        text.compactMap { character in
            if character == "\r\n" || character == "\r" || character == "\n" { return isMultiline ? "\n" : " " }
            return character
        }
    }

    // MARK: Moves

    private mutating func moveVertically(by rows: Int, columns: Int) -> Bool {
        guard isMultiline else { return false }
        prepareLayout(columns: columns)
        let layout = layout(columns: columns)
        let place = layout.position(of: cursor)
        let goal = goalColumn ?? place.column
        let row = min(max(0, place.row + rows), layout.rows.count - 1)
        guard row != place.row else { return false }
        cursor = layout.index(row: row, column: goal)
        goalColumn = goal
        isTyping = false
        return true
    }

    private func lineStart(of index: Int) -> Int {
        var start = index
        while start > 0 && characters[start - 1] != "\n" { start -= 1 }
        return start
    }

    private func lineEnd(of index: Int) -> Int {
        var end = index
        while end < characters.count && characters[end] != "\n" { end += 1 }
        return end
    }

    private func wordStart(before index: Int) -> Int {
        var start = index
        while start > 0 && !isWord(characters[start - 1]) { start -= 1 }
        while start > 0 && isWord(characters[start - 1]) { start -= 1 }
        return start
    }

    private func wordEnd(after index: Int) -> Int {
        var end = index
        while end < characters.count && !isWord(characters[end]) { end += 1 }
        while end < characters.count && isWord(characters[end]) { end += 1 }
        return end
    }

    private func isWord(_ character: Character) -> Bool { character.isLetter || character.isNumber || character == "'" }
}
