import Generation

// The texts that are neither sent nor saved, and the session that holds them.
// - A text stays here until it is sent, confirmed by the store, or discarded by the writer.

struct Keeping: Sendable {
    /// Forms that were left with something typed and not sent, by `Form.key`.
    var unsent: [String: [String: String]] = [:]
    /// Texts whose place was taken when sessions were merged, until the writer takes or discards them.
    private(set) var kept: [KeptText] = []
    /// An edit from an earlier session, until its generation is open.
    var editToRestore: StudioSession.OpenEdit?
    /// True if the writer chose `editToRestore` from the kept texts: then it opens even if its draft was changed since.
    var editIsChosen = false
    /// Problems with earlier sessions, until the writer was told of them.
    var restoreProblems: [String] = []
    /// The file that $EDITOR is working on.
    var editorFile: StudioSession.EditorFile?
    /// What the text of `editorFile` is for, if the editor came back at once and may still have it; else `nil`.
    var waitingEditor: EditorTarget?

    // MARK: Writing the session

    /// The session that the runner was last asked to write; `nil` if that failed.
    var lastSession: StudioSession? = StudioSession()
    var lastSessionTime = 0.0
    /// Why the session could not be written; `nil` if it was.
    var sessionFailure: String?
    /// True if something happened since the session was last compared. To compare whole texts at every key is expensive.
    var sessionMayDiffer = false

    /// Keeps a text, unless the same is kept already.
    mutating func keep(_ text: KeptText) {
        if !kept.contains(text) { kept.append(text) }
    }

    mutating func remove(_ text: KeptText) { kept.removeAll { $0 == text } }
}
