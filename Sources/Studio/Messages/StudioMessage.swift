import Generation

// Everything that reaches the studio: keys, the screen's size, time, and the answers to its effects.
// - Late answers are harmless: an answer carries the number or name of its job, query or file, and is ignored if
//   another one is awaited.

public enum StudioMessage: Sendable, Equatable {
    case key(KeyPress)
    case resized(ScreenSize)
    /// The clock, in seconds since 1970: about ten times a second while a job runs or a message is shown,
    /// and at least every ten seconds (days change).
    case tick(now: Double)

    /// The process was asked to end (a closed window, SIGTERM): everything is kept, and nothing is asked.
    case terminated

    /// All templates, in the order to show them; again when they change.
    case templatesLoaded([TemplateItem])
    /// The sampling options that a free prompt begins with.
    case freePromptSampling(SamplingOptions)
    /// The unsent texts of earlier studios; sent at most once, after `templatesLoaded`.
    /// `problems`: a sentence for each text that could not be read.
    case sessionRestored(StudioSession, problems: [String] = [])
    /// The session could not be written. If this answers `quit`, the studio stays open, so that the writer can decide.
    case sessionNotSaved(sentence: String)
    /// The session is written again after `sessionNotSaved`.
    case sessionSaved

    /// The choices of earlier studios at this store; sent once, after `sessionRestored`.
    case choicesRemembered(RememberedChoices)

    /// The models of this machine, the aliases, and the names of the servers in the settings.
    case modelsListed([ModelItem], servers: [String] = [])
    case serverAnswered(name: String, ServerAnswer)
    /// The model that writes from now on. `contextLength`: `nil` if it is unknown, as it may be on a server; `openedAs`: what
    /// opens it again, such as the path of its file; `nil` if that is its name.
    case modelReady(name: String, contextLength: Int?, openedAs: String? = nil)
    /// The sentence says what, why and what to do; the earlier model stays.
    case modelFailed(sentence: String)

    case offersListed(DownloadOffers)
    case modelsFound(words: String, [DownloadOffer])
    case searchFailed(words: String, sentence: String)
    case downloadPlanned(DownloadPlan)
    case downloadNotPlanned(reference: String, sentence: String)

    /// The training runs, the one that began last first, and the details of the one that was asked for.
    case runsSeen([RunItem], details: RunDetails?)

    /// What was learned, the newest first. `offer`: what can be learned now; `nil` if the stars were not read.
    case learningsSeen([LearningItem], offer: LearningOffer?)
    case learningBegan
    case learningNotBegun(sentence: String)
    case comparisonOpened(BlindPairs)
    /// The answer is kept. `next`: the next pair to answer; `nil` if all have an answer.
    case pairAnswered(name: String, answeredCount: Int, next: Int?)
    case pairNotAnswered(name: String, sentence: String)
    /// What was learned is used from now on, or not any more. `model`: what to open instead of the model in use; `nil` if
    /// that one stays.
    case learnedTurned(sentence: String, model: String?)
    case learnedNotTurned(sentence: String)

    /// A message of long work, by the number of its job.
    case job(Int, JobMessage)
    /// A message that only generating has, by the number of its job.
    case generation(job: Int, GenerationMessage)

    /// A message that only the answering of a turn has, by the number of its job.
    case answer(job: Int, AnswerMessage)

    case conversationsListed(ConversationsRequest, [ConversationEntry])
    case conversationsFailed(ConversationsRequest, sentence: String)
    case conversationOpened(ConversationPlace, ConversationBranch)
    /// `isGone`: true if the store does not have the conversation.
    case conversationNotOpened(ConversationPlace, isGone: Bool, sentence: String)
    /// A conversation with a persona that is filled in; it is not in the store, and its id is 0.
    case personaPrepared(name: String, Conversation)
    case personaNotPrepared(name: String, sentence: String)
    /// `nil`: the context cannot be told.
    case contextPlanned(ContextQuestion, RulerNumbers?)

    case written(operation: Int)
    /// The store has the new conversation that `copyBranch` asked for.
    case branchCopied(operation: Int, Conversation)
    case writeFailed(operation: Int, sentence: String)
    /// A revision was not written, because its draft was changed elsewhere.
    /// `present`: the text that the store has; `nil` if the draft is no longer there.
    case draftChanged(operation: Int, present: String?)

    /// `hasMore`: true if older entries follow the last one.
    case historyPage(HistoryPageRequest, entries: [HistoryEntry], hasMore: Bool)
    case historyFailed(HistoryPageRequest, sentence: String)
    /// Another process changed the store: the studio asks again for the entries it shows.
    case historyChanged
    /// `written`: of each draft that was changed since, the model's own text, by the draft's id.
    case generationOpened(SavedGeneration, written: [Int64: String] = [:])
    /// `isGone`: true if the store no longer has the generation.
    case generationNotOpened(id: Int64, isGone: Bool, sentence: String)

    /// The file for $EDITOR is made. The editor starts after the session that names the file is written.
    case editorOpening(EditorTarget, path: String, text: String)
    /// `nil`: nothing changed, or the editor could not be run.
    case editorClosed(EditorTarget, text: String?)
    /// The editor failed. `text`: the content of its file, which stays; `nil` if it cannot be read.
    case editorFailed(EditorTarget, text: String?, sentence: String)
    /// The editor came back at once, and its file is as it was: it may have a window of its own. The file stays.
    case editorReturned(EditorTarget)
    /// The content of a file that an editor may still have; `nil`: it is as it was.
    case editorFileRead(path: String, text: String?)
    case fileLoaded(path: String, text: String)
    case fileFailed(path: String, sentence: String)

    /// The text is on the clipboard. `way`: the program that took it, or the terminal.
    case copied(way: String)
    /// A sentence for the status line.
    case notice(String, isFailure: Bool)
}
