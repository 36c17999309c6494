// The key table: the action of each key in each context. Keys, footer, help, palette and sentences all read it.
// - In one context no key has two actions.
// - If text is typed in a context, no plain character is bound in it.
// - The most important keys come first: the footer shows them from the left until its room ends.

/// A place in which keys are read: a dialog, or the focused pane and the activity in it.
enum Context: String, Sendable, Hashable, CaseIterable {
    case templates, filter, field, choiceField, variants, reader, edit, compare, turns, composer, history, search
    case help, palette, list, filterList, parameters, optionSearch, export, confirm, path, message
    case models, modelFilter, downloads, modelWords, naming, runs, learnings, blind

    /// A context's name in help.
    var title: String { traits.title }
    /// True if plain characters are typed into something.
    var takesText: Bool { traits.takesText }
    var isDialog: Bool { traits.isDialog }

    private typealias Traits = (title: String, takesText: Bool, isDialog: Bool)

    private var traits: Traits {
        switch self {
        case .templates: ("Templates", false, false)
        case .filter: ("Filter", true, false)
        case .field: ("Field", true, false)
        case .choiceField: ("Choice", true, false)
        case .variants: ("Variants", false, false)
        case .reader: ("Reading", false, false)
        case .edit: ("Editing", true, false)
        case .compare: ("Comparing", false, false)
        case .turns: ("Conversation", false, false)
        case .composer: ("Writing to the model", true, false)
        case .history: ("History", false, false)
        case .search: ("Search", true, false)
        case .help: ("Keys", false, true)
        case .palette: ("Commands", true, true)
        case .list: ("List", false, true)
        case .filterList: ("List with a filter", true, true)
        case .parameters: ("Parameters", true, true)
        case .optionSearch: ("Finding an option", true, true)
        case .export: ("Export", true, true)
        case .confirm: ("Question", false, true)
        case .path: ("File", true, true)
        case .message: ("Message", false, true)
        case .models: ("Models", false, true)
        case .modelFilter: ("Filtering the models", true, true)
        case .downloads: ("Getting a model", false, true)
        case .modelWords: ("Naming a model", true, true)
        case .naming: ("Title", true, true)
        case .runs: ("Training runs", false, true)
        case .learnings: ("Learned from stars", false, true)
        case .blind: ("Comparing blind", false, true)
        }
    }
}

struct Binding: Sendable, Hashable {
    var keys: [KeyPress]
    var action: Action
    /// A word or two for the footer; `nil` if the footer does not show the key.
    var hint: String?

    init(_ keys: KeyPress..., does action: Action, hint: String? = nil) {
        self.keys = keys
        self.action = action
        self.hint = hint
    }
}

enum KeyTable {
    static func action(for key: KeyPress, in context: Context) -> Action? {
        bindings(in: context).first { $0.keys.contains(key) }?.action
    }

    /// The bindings of a context, most important first, and after them those of the whole screen.
    static func bindings(in context: Context) -> [Binding] { table[context] ?? [] }

    /// The name of an action's key, for sentences.
    static func label(_ action: Action, in context: Context) -> String { key(for: action, in: context)?.label ?? "" }

    /// The key that help and palette show for an action: its key in this context or, if it has none, in another one.
    static func key(for action: Action, in context: Context) -> KeyPress? {
        if let key = bindings(in: context).first(where: { $0.action == action })?.keys.first { return key }
        for other in Context.allCases {
            if let key = own(other).first(where: { $0.action == action })?.keys.first { return key }
        }
        return (everywhere + whileReading + whileTyping).first { $0.action == action }?.keys.first
    }

    private static let table: [Context: [Binding]] = Dictionary(
        uniqueKeysWithValues: Context.allCases.map { context in
            if context.isDialog { return (context, own(context) + inDialogs) }
            return (context, own(context) + everywhere + (context.takesText ? whileTyping : whileReading))
        })

    // MARK: The table

    /// The bindings of one context alone.
    static func own(_ context: Context) -> [Binding] {
        switch context {
        case .templates:
            [Binding(.enter, .right, .character("l"), does: .openTemplate, hint: "open")] + moves + [
                Binding(.character("/"), does: .filter, hint: "filter"),
                Binding(.character("f"), does: .freePrompt, hint: "free prompt"),
                Binding(.character("d"), does: .trashConversation, hint: "trash"),
                Binding(.character("r"), does: .restoreConversation, hint: "restore"),
                Binding(.character("D"), does: .emptyTrash, hint: "empty"),
                Binding(.character("T"), does: .showTrashedConversations, hint: "show trash"),
                Binding(.character("u"), does: .undo, hint: "undo"),
                Binding(.escape, does: .dismiss, hint: "clear"),
            ]
        case .filter, .search:
            [
                Binding(.enter, .down, does: .endTyping, hint: context == .filter ? "to the list" : "to the results"),
                Binding(.escape, does: .cancelTyping, hint: "clear"),
            ]
        case .field:
            [
                Binding(.enter, does: .submitForm, hint: "next"),
                Binding(.down, does: .nextField),
                Binding(.up, does: .previousField),
            ] + fields + [
                Binding(.control("o"), does: .loadFile, hint: "load file"),
                Binding(.control("x"), does: .editFieldExternally, hint: "$EDITOR"),
                Binding(.control("r"), does: .toggleRaw, hint: "chat or raw"),
            ]
        case .choiceField:
            [
                Binding(.left, does: .previousChoice),
                Binding(.right, does: .nextChoice, hint: "change"),
                Binding(.enter, does: .chooseFromList, hint: "list"),
                Binding(.down, does: .nextField),
                Binding(.up, does: .previousField),
            ] + fields
        case .variants:
            [
                Binding(.escape, does: .stop, hint: "stop"),
                Binding(.enter, does: .read, hint: "read"),
                Binding(.character("r"), does: .regenerate, hint: "again"),
                Binding(.character("e"), does: .edit, hint: "edit"),
                Binding(.character("o"), does: .toggleThoughts, hint: "thoughts"),
                Binding(.character("b"), does: .showChoice, hint: "why these"),
                Binding(.character("s"), does: .star, hint: "star"),
                Binding(.character("d"), does: .trash, hint: "trash"),
                Binding(.character("x"), does: .export, hint: "export"),
                Binding(.character("y"), does: .copy, hint: "copy"),
                Binding(.character("R"), does: .refine, hint: "refine"),
                Binding(.character("u"), does: .undo, hint: "undo"),
                Binding(.character("c"), does: .continueDraft, hint: "continue"),
                Binding(.character("v"), does: .compare, hint: "compare"),
                Binding(.character("E"), does: .editExternally, hint: "$EDITOR"),
                Binding(.character("Y"), does: .copyStarred),
                Binding(.character("i"), does: .showInfo, hint: "info"),
                Binding(.character("f"), does: .showForm, hint: "fields"),
                Binding(.character("/"), does: .filter),
                Binding(.character("j"), .shiftDown, does: .nextVariant),
                Binding(.character("k"), .shiftUp, does: .previousVariant),
                Binding(.down, does: .scrollDown),
                Binding(.up, does: .scrollUp),
                Binding(.pageDown, .control("d"), .character(" "), does: .pageDown),
                Binding(.pageUp, .control("u"), does: .pageUp),
                Binding(.character("g"), .home, does: .top),
                Binding(.character("G"), .end, does: .follow, hint: "follow"),
            ]
        case .reader:
            [
                Binding(.escape, .enter, .backspace, does: .closeReader, hint: "back"),
                Binding(.character("e"), does: .edit, hint: "edit"),
                Binding(.character("o"), does: .toggleThoughts, hint: "thoughts"),
                Binding(.character("b"), does: .showChoice, hint: "why these"),
                Binding(.character("s"), does: .star, hint: "star"),
                Binding(.character("y"), does: .copy, hint: "copy"),
                Binding(.character("x"), does: .export, hint: "export"),
                Binding(.right, .character("n"), .character("l"), does: .nextVariant, hint: "next"),
                Binding(.left, .character("N"), .character("h"), does: .previousVariant, hint: "before"),
                Binding(.character("r"), does: .regenerate, hint: "again"),
                Binding(.character("R"), does: .refine, hint: "refine"),
                Binding(.character("d"), does: .trash, hint: "trash"),
                Binding(.character("u"), does: .undo, hint: "undo"),
                Binding(.character("c"), does: .continueDraft, hint: "continue"),
                Binding(.character("v"), does: .compare, hint: "compare"),
                Binding(.character("i"), does: .showInfo, hint: "info"),
                Binding(.character("E"), does: .editExternally, hint: "$EDITOR"),
                Binding(.character("Y"), does: .copyStarred),
                Binding(.character("j"), .down, does: .scrollDown),
                Binding(.character("k"), .up, does: .scrollUp),
                Binding(.pageDown, .control("d"), .character(" "), does: .pageDown),
                Binding(.pageUp, .control("u"), does: .pageUp),
                Binding(.character("g"), .home, does: .top),
                Binding(.character("G"), .end, does: .follow, hint: "end"),
            ]
        case .edit:
            [
                Binding(.control("s"), does: .saveEdit, hint: "save"),
                Binding(.escape, does: .leaveEdit, hint: "leave"),
                Binding(.control("x"), does: .editExternally, hint: "$EDITOR"),
            ]
        case .compare:
            [
                Binding(.escape, .enter, .character("v"), does: .closeReader, hint: "back"),
                Binding(.right, .character("n"), .character("l"), does: .nextVariant, hint: "other variant"),
                Binding(.left, .character("N"), .character("h"), does: .previousVariant),
                Binding(.character("j"), .down, does: .scrollDown),
                Binding(.character("k"), .up, does: .scrollUp),
                Binding(.pageDown, .control("d"), .character(" "), does: .pageDown),
                Binding(.pageUp, .control("u"), does: .pageUp),
                Binding(.character("g"), .home, does: .top),
                Binding(.character("G"), .end, does: .bottom),
            ]
        case .turns:
            [
                Binding(.escape, does: .stop, hint: "stop"),
                Binding(.enter, does: .compose, hint: "write"),
                Binding(.character("r"), does: .answerAgain, hint: "again"),
                Binding(.character("e"), does: .editTurn, hint: "edit"),
                Binding(.right, .character("l"), does: .nextSwipe, hint: "next answer"),
                Binding(.left, .character("h"), does: .previousSwipe),
                Binding(.character("c"), does: .continueAnswer, hint: "continue"),
                Binding(.character("b"), does: .branchHere, hint: "branch"),
                Binding(.character("o"), does: .toggleThoughts, hint: "thoughts"),
                Binding(.character("s"), does: .star, hint: "star"),
                Binding(.character("d"), does: .trashTurn, hint: "trash"),
                Binding(.character("x"), does: .export, hint: "export"),
                Binding(.character("y"), does: .copyTurn, hint: "copy"),
                Binding(.character("i"), does: .showPrompt, hint: "prompt"),
                Binding(.character("P"), does: .pinTurn, hint: "pin"),
                Binding(.character("u"), does: .undo, hint: "undo"),
                Binding(.character("B"), does: .branchToNew, hint: "new branch"),
                Binding(.character("O"), does: .showOpenBranch, hint: "went on"),
                Binding(.character("t"), does: .renameConversation, hint: "title"),
                Binding(.character("T"), does: .titleByModel, hint: "model’s title"),
                Binding(.character("C"), does: .contextRule, hint: "context"),
                Binding(.character("n"), does: .newConversation, hint: "new"),
                Binding(.character("D"), does: .trashConversation),
                Binding(.character("/"), does: .filter),
                Binding(.character("j"), .shiftDown, does: .nextTurn),
                Binding(.character("k"), .shiftUp, does: .previousTurn),
                Binding(.down, does: .scrollDown),
                Binding(.up, does: .scrollUp),
                Binding(.pageDown, .control("d"), .character(" "), does: .pageDown),
                Binding(.pageUp, .control("u"), does: .pageUp),
                Binding(.character("g"), .home, does: .top),
                Binding(.character("G"), .end, does: .follow, hint: "end"),
            ]
        case .composer:
            [
                Binding(.enter, .control("s"), does: .send, hint: "send"),
                Binding(.altEnter, .control("j"), does: .newLine, hint: "new line"),
                Binding(.escape, does: .leaveComposer, hint: "to the turns"),
                Binding(.up, does: .editLastWords),
                Binding(.control("x"), does: .editWordsExternally, hint: "$EDITOR"),
                Binding(.pageUp, does: .pageUp),
                Binding(.pageDown, does: .pageDown),
                Binding(.tab, does: .nextPane, hint: "next pane"),
                Binding(.backTab, does: .previousPane),
            ]
        case .naming:
            [
                Binding(.enter, does: .accept, hint: "set it"),
                Binding(.escape, does: .close, hint: "close"),
            ]
        case .history:
            [Binding(.enter, .right, .character("l"), does: .openGeneration, hint: "open")] + moves + [
                Binding(.character("/"), does: .search, hint: "search"),
                Binding(.character("x"), does: .export, hint: "export"),
                Binding(.character("d"), does: .trashGeneration, hint: "trash"),
                Binding(.character("r"), does: .restore, hint: "restore"),
                Binding(.character("u"), does: .undo, hint: "undo"),
                Binding(.character("T"), does: .showTrash, hint: "show trash"),
                Binding(.character("D"), does: .emptyTrash, hint: "empty"),
                Binding(.control("r"), does: .reloadHistory),
                Binding(.escape, does: .dismiss, hint: "clear"),
            ]
        case .help:
            [Binding(.escape, .enter, .character("?"), .character("q"), .function(1), does: .close, hint: "close")]
                + moves
        case .message: [Binding(.escape, .enter, .character("q"), .character(" "), does: .close, hint: "close")] + moves
        case .palette:
            [
                Binding(.enter, does: .accept, hint: "do it"),
                Binding(.up, .control("p"), does: .up),
                Binding(.down, .control("n"), does: .down),
                Binding(.pageUp, does: .pageUp),
                Binding(.pageDown, does: .pageDown),
                Binding(.escape, does: .close, hint: "close"),
            ]
        case .list:
            [
                Binding(.enter, .character(" "), does: .accept, hint: "choose"),
                Binding(.character("d"), does: .discardKept, hint: "discard"),
                Binding(.escape, .character("q"), does: .close, hint: "close"),
            ] + moves
        case .filterList:
            [
                Binding(.enter, does: .accept, hint: "choose"),
                Binding(.up, .control("p"), does: .up),
                Binding(.down, .control("n"), does: .down),
                Binding(.pageUp, does: .pageUp),
                Binding(.pageDown, does: .pageDown),
                Binding(.escape, does: .close, hint: "close"),
            ]
        case .parameters:
            [
                Binding(.enter, .control("s"), does: .accept, hint: "set"),
                Binding(.escape, does: .close, hint: "leave"),
                Binding(.control("f"), does: .searchOptions, hint: "find"),
                Binding(.control("o"), does: .toggleOptions, hint: "all"),
                Binding(.control("r"), does: .resetParameters, hint: "template’s values"),
                Binding(.up, .backTab, does: .up, hint: "row"),
                Binding(.down, .tab, does: .down),
                Binding(.pageUp, does: .pageUp),
                Binding(.pageDown, does: .pageDown),
            ]
        case .optionSearch:
            [
                Binding(.enter, .down, .tab, does: .endTyping, hint: "to the results"),
                Binding(.escape, does: .cancelTyping, hint: "clear"),
            ]
        case .export:
            [
                Binding(.enter, does: .accept, hint: "export"),
                Binding(.up, .backTab, does: .up, hint: "field"),
                Binding(.down, .tab, does: .down),
                Binding(.left, does: .previousValue),
                Binding(.right, does: .nextValue, hint: "change"),
                Binding(.escape, does: .close, hint: "close"),
            ]
        case .path:
            [
                Binding(.enter, does: .accept, hint: "load"),
                Binding(.escape, does: .close, hint: "close"),
            ]
        case .models:
            [
                Binding(.enter, .character(" "), does: .accept, hint: "use"),
                Binding(.character("/"), does: .filterModels, hint: "filter"),
                Binding(.character("n"), does: .getModel, hint: "get a model"),
                Binding(.character("r"), does: .askServers, hint: "ask again"),
                Binding(.escape, .character("q"), does: .close, hint: "close"),
            ] + moves
        case .modelFilter:
            [
                Binding(.enter, .down, .tab, does: .endTyping, hint: "to the results"),
                Binding(.escape, does: .cancelTyping, hint: "clear"),
            ]
        case .downloads:
            [
                Binding(.enter, does: .accept, hint: "get it"),
                Binding(.character("/"), does: .searchHub, hint: "search"),
                Binding(.character("n"), does: .nameModel, hint: "name or address"),
                Binding(.character("x"), does: .cancelDownload, hint: "stop it"),
                Binding(.character("d"), does: .discardDownload, hint: "discard"),
                Binding(.escape, .character("q"), does: .close, hint: "close"),
            ] + moves
        case .modelWords:
            [
                Binding(.enter, does: .accept, hint: "search"),
                Binding(.escape, does: .cancelTyping, hint: "back"),
            ]
        case .runs:
            [
                Binding(.enter, .right, .character("l"), does: .accept, hint: "curve"),
                Binding(.character("s"), does: .smoothCurve, hint: "smooth or raw"),
                Binding(.character("x"), does: .stopRun, hint: "stop it"),
                Binding(.escape, .left, .character("h"), .character("q"), does: .close, hint: "close"),
                Binding(.character("*"), does: .showLearned, hint: "learn from stars"),
            ] + moves
        case .learnings:
            [
                Binding(.character("c"), does: .compareBlind, hint: "compare"),
                Binding(.character("a"), does: .adoptLearned, hint: "adopt"),
                Binding(.character("o"), does: .toggleLearned, hint: "off or on"),
                Binding(.character("r"), does: .goOnLearning, hint: "go on"),
                Binding(.character("x"), does: .stopRun, hint: "stop it"),
                Binding(.character("n"), does: .learnAnew, hint: "learn"),
                Binding(.enter, .right, .character("l"), does: .accept, hint: "all of it"),
                Binding(.escape, .left, .character("h"), .character("q"), does: .close, hint: "close"),
            ] + moves
        case .blind:
            [
                Binding(.character("a"), .left, does: .preferLeft, hint: "prefer A"),
                Binding(.character("b"), .right, does: .preferRight, hint: "prefer B"),
                Binding(.character("="), does: .preferNeither, hint: "neither"),
                Binding(.escape, .character("q"), does: .close, hint: "leave, go on later"),
                Binding(.character("p"), does: .unfoldPrompt, hint: "whole prompt"),
            ] + moves
        case .confirm:
            [
                Binding(.enter, does: .accept, hint: "choose"),
                Binding(.left, .up, .backTab, .character("h"), .character("k"), does: .previousValue),
                Binding(.right, .down, .tab, .character("l"), .character("j"), does: .nextValue),
                Binding(.escape, does: .close, hint: "cancel"),
            ]
        }
    }

    private static let moves: [Binding] = [
        Binding(.character("j"), .down, does: .down),
        Binding(.character("k"), .up, does: .up),
        Binding(.character("g"), .home, does: .top),
        Binding(.character("G"), .end, does: .bottom),
        Binding(.pageDown, .control("d"), does: .pageDown),
        Binding(.pageUp, .control("u"), does: .pageUp),
    ]

    private static let fields: [Binding] = [
        Binding(.control("e"), does: .fillExamples, hint: "examples"),
        Binding(.tab, does: .nextField, hint: "next field"),
        Binding(.backTab, does: .previousField),
        Binding(.escape, does: .leaveForm, hint: "leave"),
    ]

    private static let everywhere: [Binding] = [
        Binding(.control("g"), does: .generate, hint: "generate"),
        Binding(.control("c"), does: .interrupt),
        Binding(.control("z"), does: .suspend),
    ]

    private static let whileReading: [Binding] = [
        Binding(.character("m"), .function(2), does: .models, hint: "model"),
        Binding(.character("p"), .function(3), does: .parameters, hint: "parameters"),
        Binding(.tab, does: .nextPane, hint: "next pane"),
        Binding(.backTab, does: .previousPane),
        Binding(.character("1"), .alt("1"), does: .showTemplates),
        Binding(.character("2"), .alt("2"), does: .showDraft),
        Binding(.character("3"), .alt("3"), does: .showHistory),
        Binding(.character("z"), does: .zoom, hint: "zoom"),
        Binding(.character("S"), does: .retrySave),
        Binding(.character("K"), does: .showKept, hint: "kept texts"),
        Binding(.character("L"), does: .showRuns),
        Binding(.character("q"), does: .quit, hint: "quit"),
        Binding(.character(":"), .control("p"), does: .palette, hint: "commands"),
        Binding(.character("?"), .function(1), does: .help, hint: "keys"),
    ]

    private static let whileTyping: [Binding] = [
        Binding(.alt("1"), does: .showTemplates),
        Binding(.alt("2"), does: .showDraft),
        Binding(.alt("3"), does: .showHistory),
        Binding(.function(2), does: .models),
        Binding(.function(3), does: .parameters),
        Binding(.alt("s"), does: .retrySave),
        Binding(.alt("k"), does: .showKept, hint: "kept texts"),
        Binding(.control("p"), does: .palette, hint: "commands"),
        Binding(.function(1), does: .help, hint: "keys"),
    ]

    private static let inDialogs: [Binding] = [
        Binding(.control("c"), does: .close),
        Binding(.control("z"), does: .suspend),
    ]
}
