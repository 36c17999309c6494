import Generation

// The protocol of dialogs, and everything that a dialog can ask of the studio.
// - A dialog stands in front of the panes, one at a time, and takes every key until it closes.
// - It never changes the studio: it answers each key with an outcome, and `StudioState.carryOut` does the rest.
//
// A new dialog is one file with a type of this protocol, a line in `Context`, and its keys in `KeyTable.own`. If it can
// ask for something new, that is one more case of `DialogRequest`.

protocol StudioDialog: Sendable {
    /// The part of the key table that works in it.
    var context: Context { get }

    /// Takes a key that does not move by rows.
    /// - Parameter action: the key's action in `context`; `nil` if it has none, so that the key may be typed text.
    mutating func press(_ key: KeyPress, for action: Action?) -> DialogOutcome

    /// Moves the choice, or the text, by rows. The step may go far beyond the edge: `settle` corrects that.
    mutating func move(by rows: Int)

    /// Keeps choice and scroll position within bounds. Called after every message and before the dialog is drawn.
    mutating func settle(in surroundings: DialogSurroundings)

    func draw(on canvas: inout Canvas, in surroundings: DialogSurroundings)

    /// The word or two that the footer shows for a key of `context`; `nil` if the key does nothing now.
    func hint(of binding: Binding) -> String?

    /// The footer if it does not come from the key table.
    var footerItems: [FooterItem]? { get }
}

extension StudioDialog {
    mutating func move(by rows: Int) {}
    mutating func settle(in surroundings: DialogSurroundings) {}
    func hint(of binding: Binding) -> String? { binding.hint }
    var footerItems: [FooterItem]? { nil }
}

/// The effect of a key on a dialog.
enum DialogOutcome: Sendable, Hashable {
    /// The dialog stays open.
    case stay
    /// The dialog stays open, unless the request opens another one.
    case ask(DialogRequest)
    /// The dialog closes before the request is carried out; `nil` if there is nothing to do.
    case close(DialogRequest?)
}

/// Everything that a dialog can ask of the studio.
enum DialogRequest: Sendable, Hashable {
    case perform(Action)
    case useModel(name: String)
    /// Open a model by the path of its file.
    case openModelFile(path: String)
    case askServers
    case openDownloads
    case searchHub(words: String)
    case planDownload(reference: String)
    case download(DownloadRequest)
    case cancelJob(Int)
    case askToDiscardDownload(UnfinishedDownload)
    case discardDownload(id: String)
    case openRuns
    case askToStopRun(RunItem)
    case stopRun(folder: String)
    /// Show what was learned, this one first.
    case openLearnings(selecting: String?)
    case askToLearn
    /// Begin to learn, or go on with a learning that was stopped.
    case learn(goingOnWith: String?)
    case compareLearning(name: String)
    case answerPair(name: String, pair: Int, PairAnswer)
    case askToAdopt(LearningItem)
    case turnLearned(name: String, isOn: Bool, isFirst: Bool)
    /// Show a sentence that is too long for its place.
    case tell(title: String, text: String)
    /// Put a text into the form's field of this index.
    case setField(index: Int, text: String)
    case setParameters(FormParameters, TouchedParameters)
    /// Parameters for the next conversation with this persona.
    case setPersonaParameters(String, FormParameters, TouchedParameters)
    /// Open a template's form with the selected variant's text; "" for the free prompt.
    case refine(template: String)
    /// Show a variant of a generation, by the generation's key.
    case reveal(generation: Int, variant: Int)
    /// Make a candidate that was left out a draft, by its place among them.
    case takeCandidate(generation: Int, index: Int)
    case setTitle(String)
    case setContextRule(ContextRule)
    case discardTurnEdit
    case loadFile(path: String)
    case export(ExportRequest)
    case emptyTrash
    case saveEdit(then: Continuation)
    case discardEdit(then: Continuation)
    case takeKept(KeptPlace)
    /// Ask first; the title is that of the kept text's row.
    case askToDiscardKept(KeptPlace, title: String)
    case discardKept(KeptPlace)
    /// Read the file of an editor that came back at once, or forget it.
    case readEditorFile
    case leaveEditorFile
    case quit
    /// Quit although the session cannot be written.
    case abandon
    /// Quit although an export is still being written.
    case abandonExports
}

/// The action that continues after an edit was saved or discarded.
enum Continuation: Sendable, Hashable {
    case stay
    case openGeneration(Int64)
    case openConversation(ConversationPlace)
    case openForm(template: String?)
    case generate
    case regenerate
    /// Open a form that holds unsent text, by its key.
    case takeUnsent(key: String)
    case takeKept(KeptText)
    case quit
}
