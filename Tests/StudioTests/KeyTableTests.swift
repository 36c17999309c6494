import Testing

@testable import Studio

@Test(arguments: Context.allCases)
func `no key has two actions in one context`(context: Context) {
    var seen: [KeyPress: Action] = [:]
    for binding in KeyTable.bindings(in: context) {
        for key in binding.keys {
            #expect(seen[key] == nil, "\(key.label) is \(seen[key]?.rawValue ?? "") and \(binding.action.rawValue)")
            seen[key] = binding.action
        }
    }
}

@Test(arguments: Context.allCases.filter(\.takesText))
func `while text is typed, no plain character is a command`(context: Context) {
    for binding in KeyTable.bindings(in: context) {
        for key in binding.keys {
            if case .character(let character) = key { Issue.record("\(character) in \(context)") }
        }
    }
}

@Test(arguments: Context.allCases.filter(\.isDialog))
func `Esc and Ctrl-C leave every dialog`(context: Context) {
    #expect([.close, .cancelTyping].contains(KeyTable.action(for: .escape, in: context)))
    #expect(KeyTable.action(for: .control("c"), in: context) == .close)
}

@Test(arguments: Action.allCases)
func `every action has a key or is in the palette`(action: Action) {
    #expect(action.isCommand || KeyTable.key(for: action, in: .variants) != nil)
}

@Test(arguments: Context.allCases)
func `a sentence that names a key names one in every context`(context: Context) {
    let bound = Set(Context.allCases.flatMap { KeyTable.bindings(in: $0).map(\.action) })
    for action in bound { #expect(!KeyTable.label(action, in: context).isEmpty, "\(action.rawValue)") }
}

@Test(arguments: Action.allCases)
func `every action has a title of its own that fits into help`(action: Action) {
    #expect(!action.title.isEmpty && columns(of: action.title) <= 34)
    #expect(Action.allCases.count { $0.title == action.title } == 1)
}

@Test(arguments: Context.allCases)
func `every key of the footer does something in its context`(context: Context) {
    for binding in KeyTable.bindings(in: context) where binding.hint != nil {
        for key in binding.keys { #expect(KeyTable.action(for: key, in: context) == binding.action) }
    }
}

@Test(arguments: Context.allCases)
func `help lists every binding of its context`(context: Context) {
    let script = StudioScript(rows: 50, columns: 120)
    let titles = HelpDialog.rows(of: context, columns: script.state.size.columns).flatMap { row -> [String] in
        if case .entries(let entries) = row { entries.map(\.title) } else { [] }
    }
    for binding in KeyTable.bindings(in: context) { #expect(titles.contains(binding.action.title)) }
}

@Test(arguments: [(24, 80), (12, 40), (5, 20), (45, 160)])
func `the last line always names the key for all keys`(rows: Int, columns: Int) {
    var script = StudioScript(rows: rows, columns: columns)
    #expect(script.frame.lines.last?.hasSuffix("? keys") == true)
    script.open("search ad")
    #expect(script.frame.lines.last?.hasSuffix("F1 keys") == true)
}

@Test
func `the palette finds every command by its whole name`() {
    var script = StudioScript()
    script.open("search ad")
    script.press(.control("e"), .control("g"))
    script.write(["Sunlight", "Lamp", "Warm", "Sun"])
    for action in Action.allCases where action.isCommand && script.state.can(action) {
        var palette = PaletteDialog(openedIn: .variants, commands: DialogSurroundings(script.state).commands)
        palette.input = TextEditor(action.title)
        #expect(palette.found.first == action, "\(action.title)")
    }
}
