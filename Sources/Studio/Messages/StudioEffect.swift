import Generation

// The effects that the studio asks for. The runner carries each one out, off the UI thread if it may take time, and sends
// back the messages that its case names. No answer may be missing: a failure is an answer.

public enum StudioEffect: Sendable, Equatable {
    /// Begin long work. Answers: a `JobMessage` for each step, all with this number; the last one is `finished`,
    /// `failed` or `cancelled`. Generating also answers with each `GenerationMessage`; if saving fails at any time,
    /// `notSaved`, and the writing continues.
    case start(job: Int, JobWork)
    /// End a job soon. A generation ends every open variant at the next token and keeps its text; an export leaves no
    /// file; a download keeps its part. Answer: the job's own last message, `cancelled` unless it was done before.
    case cancel(job: Int)
    /// After `notSaved`: save the job's generation again, with these texts in the order of the variants.
    /// Answers: the generation's `saved` or `notSaved`.
    case saveGeneration(job: Int, texts: [String])
    /// Change the store. Answers: `written`, `branchCopied`, `writeFailed` or `draftChanged` with the same operation number.
    case write(operation: Int, StoreWrite)

    /// Answers: `historyPage` or `historyFailed` with the same request.
    case loadHistory(HistoryPageRequest)
    /// Answers: `generationOpened` or `generationNotOpened`.
    case openGeneration(id: Int64)

    /// Answers: `conversationsListed` or `conversationsFailed` with the same request.
    case loadConversations(ConversationsRequest)
    /// Answers: `conversationOpened` or `conversationNotOpened` with the same place.
    case openConversation(ConversationPlace)
    /// Fill in a persona with the values of its fields. Answers: `personaPrepared` or `personaNotPrepared`.
    case preparePersona(name: String, fields: [String: String])
    /// Count the tokens that the next answer would be written with. Answer: `contextPlanned` with the same question.
    case planContext(ContextQuestion)

    /// Put text on the clipboard, by a program that can or by the terminal. Answer: `copied`.
    case copy(String)
    /// Edit a text in $VISUAL or $EDITOR with the terminal handed over. Answers: `editorOpening` when the file is made;
    /// then `editorClosed`, with `nil` text and a `notice` if it could not be run, `editorReturned` or `editorFailed`.
    case openEditor(EditorTarget, text: String)
    /// Read the file of an editor that came back at once; `text`: its content before. Answer: `editorFileRead`, or a
    /// `notice` if it cannot be read.
    case readEditorFile(path: String, text: String)
    /// Remove a file that was made for $EDITOR, after the session is written, if it holds one of these texts.
    /// Answer: `notice` if the file was changed meanwhile and stays, else none.
    case removeEditorFile(path: String, holding: [String])
    /// Read a text file for a field. Answers: `fileLoaded` or `fileFailed` with the same path.
    /// A leading `~/` is the home folder; at most about a megabyte, UTF-8.
    case loadFile(path: String)

    /// Answers: `modelsListed`, or `notice` with a failure.
    case listModels
    /// Ask each server of the settings for its models. Answers: `serverAnswered` for each, as soon as it has answered.
    case askServers
    /// Answers: `offersListed`, or `notice` with a failure.
    case listOffers
    /// Search the Hub. Answers: `modelsFound` or `searchFailed` with the same words.
    case searchHub(words: String)
    /// Ask what a download would bring. Answers: `downloadPlanned` or `downloadNotPlanned` with the same reference.
    case planDownload(reference: String)
    /// Remove the part of a download that did not end. Answers: `offersListed`, or `notice` with a failure.
    case discardDownload(id: String)
    /// Open a model and use it from now on. Answers: `modelReady` or `modelFailed`.
    case useModel(name: String)

    /// Read the training runs, and the log of one of them. Answer: `runsSeen`, or `notice` with a failure.
    case lookAtRuns(details: String?)
    /// Ask a run to stop. Answer: `notice` if it cannot be asked, else none.
    case stopRun(folder: String)

    /// Read what was learned. `readsStars`: look at the starred drafts too. Answer: `learningsSeen`, or `notice` with a failure.
    case lookAtLearnings(readsStars: Bool)
    /// Begin to learn from the starred drafts, or go on with a learning that was stopped, in a process of its own.
    /// Answers: `learningBegan` or `learningNotBegun`.
    case learn(goingOnWith: String?)
    /// Read the pairs of a learning. Answers: `comparisonOpened` or `notice` with a failure.
    case openComparison(name: String)
    /// Keep the answer to a pair. Answers: `pairAnswered` or `pairNotAnswered`.
    case answerPair(name: String, pair: Int, PairAnswer)
    /// Write with what was learned from now on, or without it. `isFirst`: true if it is adopted with this.
    /// Answers: `learnedTurned` or `learnedNotTurned`.
    case turnLearned(name: String, isOn: Bool, isFirst: Bool)

    /// Keep the unsent texts. Answers: `sessionNotSaved` if it failed, `sessionSaved` when it works again, else none.
    case saveSession(StudioSession)
    /// Keep the choices for the next start. Answer: `notice` the first time that it fails, else none.
    case remember(RememberedChoices)
    /// Restore the terminal, stop the process, and paint again when it continues. Answer: `resized` if the size changed.
    case suspend
    /// Print a sentence when the terminal is restored. No answer.
    case sayAfterwards(String)
    /// Restore the terminal and end. Every job is cancelled; a generation is saved first, the end of other jobs is
    /// awaited for a moment only.
    /// Answer: `sessionNotSaved` if the session cannot be written; then the studio does not end.
    case quit
    /// End even if the session cannot be written.
    case abandon
}

/// A change of the store, which the studio keeps until the store has it.
public enum StoreWrite: Sendable, Hashable {
    /// A new text of a draft; the earlier one stays as a revision. If the draft is no longer `base`, nothing is written;
    /// `nil` skips this check.
    case revision(draftId: Int64, text: String, origin: RevisionOrigin, base: EditBase? = nil)
    case star(draftId: Int64, Bool)
    /// Make a candidate that was left out a draft like the chosen ones.
    case take(draftId: Int64)
    /// Make a draft that was taken a candidate that was left out again.
    case leaveOut(draftId: Int64)
    case trash(draftIds: [Int64])
    case restore(draftIds: [Int64])
    /// Move all drafts of a generation to the trash, or take them out.
    case trashGeneration(id: Int64)
    case restoreGeneration(id: Int64)
    /// Delete everything in the trash for good.
    case emptyTrash
    /// Change a conversation, by its id.
    case conversation(Int64, ConversationChange)
    /// Add a conversation of this title with copies of the turns up to this one. Answer: `branchCopied`.
    case copyBranch(at: Int64, of: Int64, title: String)
}

/// What an external editor was opened on.
public enum EditorTarget: Sendable, Hashable {
    /// A variant, by the studio’s own number of its generation and its index.
    case variant(generation: Int, index: Int)
    /// A field of the form.
    case field(name: String)
    /// The words to send, or the turn under edit, of the conversation with this key.
    case words(key: String, isEdit: Bool)
}

public struct ExportRequest: Sendable, Hashable {
    public enum Scope: Sendable, Hashable {
        case draft(id: Int64)
        case generation(id: Int64)
        case found(HistoryQuery)
        case conversation(id: Int64)
    }

    public var scope: Scope
    public var format: ExportFormat
    public var content: ExportContent
    /// As typed; a leading `~/` is the home folder, and a relative path begins at the working folder.
    public var path: String
    public var overwrite: Bool

    public init(
        scope: Scope, format: ExportFormat, content: ExportContent = .facts, path: String, overwrite: Bool = false
    ) {
        self.scope = scope
        self.format = format
        self.content = content
        self.path = path
        self.overwrite = overwrite
    }
}
