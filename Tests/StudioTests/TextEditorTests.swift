import Testing

@testable import Studio

private func edited(_ text: String, isMultiline: Bool = false, _ keys: KeyPress...) -> TextEditor {
    var editor = TextEditor(text, isMultiline: isMultiline)
    for key in keys { _ = editor.handle(key, columns: 20) }
    return editor
}

@Test
func `keys edit a line`() {
    #expect(edited("hello world", .control("w")).text == "hello ")
    #expect(edited("hello world", .control("u")).text == "")
    #expect(edited("hello world", .home, .control("k")).text == "")
    #expect(edited("hello", .left, .backspace, .character("p")).text == "helpo")
    #expect(edited("hello", .home, .delete).text == "ello")
    #expect(edited("one two three", .controlLeft, .controlLeft, .control("k")).text == "one ")
}

@Test
func `a paste of several lines into a line becomes spaces`() {
    #expect(edited("", .paste("one\ntwo\r\nthree")).text == "one two three")
    #expect(edited("", isMultiline: true, .paste("one\r\ntwo")).text == "one\ntwo")
}

@Test
func `undo takes back a run of typing at once, and each other change alone`() {
    var editor = edited("", .character("a"), .character("b"), .paste("cd"))
    _ = editor.handle(.control("_"), columns: 20)
    #expect(editor.text == "ab")
    _ = editor.handle(.control("_"), columns: 20)
    #expect(editor.text == "")
}

@Test
func `a combining mark joins the character before the cursor`() {
    let editor = edited("e", .character("\u{301}"))
    #expect(editor.characters.count == 1 && editor.cursor == 1)
    #expect(edited("e", .character("\u{301}"), .backspace).text == "")
}

@Test
func `up and down keep to the column through shorter lines`() {
    var editor = TextEditor("a long first line\nab\nanother long line", isMultiline: true)
    editor.moveCursor(to: 10)
    _ = editor.handle(.down, columns: 40)
    #expect(editor.cursor == 20)
    _ = editor.handle(.down, columns: 40)
    #expect(editor.cursor == 31)
    #expect(editor.handle(.down, columns: 40) == false)
}

@Test(arguments: [4, 9, 21])
func `every cursor place is one place on screen and back again`(width: Int) {
    let text = "Wrapped text with 世界 wide\nand\n\nlonglonglongword end"
    let characters = Array(text)
    let layout = EditorLayout(characters, columns: width)
    for index in 0...characters.count {
        let place = layout.position(of: index)
        #expect(place.column < width)
        // Hanging spaces share the last column, so only places that are drawn come back exactly.
        if place.column < width - 1 { #expect(layout.index(row: place.row, column: place.column) == index) }
    }
}

@Test(arguments: 0..<20)
func `a layout that follows changes is the one made anew`(seed: Int) {
    var random = seed &* 7919 &+ 1
    func next(_ bound: Int) -> Int {
        random = (random &* 1_103_515_245 &+ 12345) & 0x7FFF_FFFF
        return random / 65536 % max(1, bound)
    }
    let pieces = ["a", "word ", "\n", "世界", "long-hyphened-word", "\n\n", "end.", " ", "🎉"]
    var characters: [Character] = []
    var layout = EditorLayout(characters, columns: 12)
    for _ in 0..<80 {
        let start = next(characters.count + 1)
        let end = start + next(min(6, characters.count - start + 1))
        let added = next(3) == 0 ? [] : Array(pieces[next(pieces.count)])
        characters.replaceSubrange(start..<end, with: added)
        layout.replace(start..<end, with: added)
        let anew = EditorLayout(characters, columns: 12)
        #expect(layout.rows == anew.rows)
        let place = next(characters.count + 1)
        #expect(layout.position(of: place) == anew.position(of: place))
        #expect(layout.line(of: place) == anew.line(of: place))
    }
}
