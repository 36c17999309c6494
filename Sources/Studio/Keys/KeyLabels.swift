extension KeyPress {
    /// The key's name in footer, help and palette.
    var label: String {
        switch self {
        case .character(" "): "Space"
        case .character(let character): String(character)
        case .control(" "): "^Space"
        case .control(let character): "^" + String(character).uppercased()
        case .alt(let character): "Alt-" + String(character).uppercased()
        case .enter: "Enter"
        case .altEnter: "Alt-Enter"
        case .tab: "Tab"
        case .backTab: "Shift-Tab"
        case .escape: "Esc"
        case .backspace: "Backspace"
        case .delete: "Del"
        case .insert: "Ins"
        case .up: "↑"
        case .down: "↓"
        case .left: "←"
        case .right: "→"
        case .home: "Home"
        case .end: "End"
        case .pageUp: "PgUp"
        case .pageDown: "PgDn"
        case .shiftUp: "Shift-↑"
        case .shiftDown: "Shift-↓"
        case .shiftLeft: "Shift-←"
        case .shiftRight: "Shift-→"
        case .controlUp: "Ctrl-↑"
        case .controlDown: "Ctrl-↓"
        case .controlLeft: "Ctrl-←"
        case .controlRight: "Ctrl-→"
        case .controlHome: "Ctrl-Home"
        case .controlEnd: "Ctrl-End"
        case .wordBackspace: "Alt-Backspace"
        case .function(let number): "F\(number)"
        case .paste: "paste"
        }
    }
}
