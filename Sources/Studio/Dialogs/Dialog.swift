import Generation

// What stands in front of the panes; one at a time.

enum Dialog: Sendable {
    /// The keys of what was focused.
    case help(of: Context, top: Int)
    case palette(PaletteDialog)
    case list(ListDialog)
    case parameters(ParametersDialog)
    case export(ExportDialog)
    /// The name of a file to load into a field.
    case path(PathDialog)
    case confirm(ConfirmDialog)
    /// A sentence too long for the status line.
    case message(title: String, text: String, top: Int)

    var context: Context {
        switch self {
        case .help: .help
        case .palette: .palette
        case .list: .list
        case .parameters(let parameters): parameters.isSearching ? .optionSearch : .parameters
        case .export: .export
        case .path: .path
        case .confirm: .confirm
        case .message: .message
        }
    }
}

struct PaletteDialog: Sendable {
    var input = TextEditor()
    var selected = 0
    var top = 0
    /// Where it was opened: whose keys it shows.
    var context: Context
}

struct ListDialog: Sendable {
    enum Purpose: Sendable, Hashable {
        case model
        /// A choice of the form's focused field.
        case choice(field: Int)
        /// A template that takes the chosen variant's text.
        case refine
        /// A text kept from an earlier session.
        case kept
    }

    struct Row: Sendable, Hashable {
        var value: String
        var title: String
        var detail: String = ""
    }

    var purpose: Purpose
    var title: String
    var rows: [Row]
    var selected = 0
    var top = 0
}

struct PathDialog: Sendable {
    var field: String
    var input = TextEditor()
    var failure: String?
    var isLoading = false
}

struct ConfirmDialog: Sendable {
    struct Option: Sendable, Hashable {
        /// Pressed alone, it chooses the option.
        var key: Character
        var title: String
        var answer: Answer
    }

    enum Answer: Sendable, Hashable {
        case cancel
        case saveEdit(then: Continuation)
        case discardEdit(then: Continuation)
        case quit
        /// Quit although what is typed cannot be kept.
        case abandon
        /// Quit although an export is still being written.
        case abandonExports
        case overwrite(ExportRequest)
        case emptyTrash
        /// Throw away a kept text, by its row in the list.
        case discardKept(String)
    }

    var title: String
    var question: String
    var options: [Option]
    var selected = 0
}

/// What goes on once an edit is saved or given up.
enum Continuation: Sendable, Hashable {
    case stay
    case openGeneration(Int64)
    case openForm(template: String?)
    case generate
    case regenerate
    /// Open a form that holds unsent text, by its key.
    case takeUnsent(key: String)
    case takeKept(KeptText)
    case quit
}
