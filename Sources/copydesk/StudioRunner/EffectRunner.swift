// Carries out the studio's effects, and sends back the answers.
// - Only effects that need the terminal block the event loop.
// - Writes, reads, files and sessions have a queue each: a slow search or export never delays a save.
// - Every effect is answered; if it fails, the answer is a failure.

import Dispatch
import Drafting
import Export
import Foundation
import Generation
import Models
import Store
import Studio
import Synchronization
import Templates
import Terminal
import Training
import YAMLReading

@UIActor
final class EffectRunner {
    /// Set by the application before anything is performed.
    var deliver: (StudioMessage) -> Void = { _ in }
    private(set) var isFinished = false

    let store: DraftStore
    let shared: SharedOptions
    let settingsProblems: [FileProblem]
    private let screen: TerminalScreen
    private let environment: [String: String]
    private let session: SessionKeeper
    private let choices: ChoicesKeeper
    /// Serial, so that a star set and taken back ends as the writer left it.
    let writes = DispatchQueue(label: "copydesk.store.writes")
    let reads = DispatchQueue(label: "copydesk.store.reads")
    /// Files, the list of models, the local clipboard.
    let files = DispatchQueue(label: "copydesk.files")
    /// Questions to servers: each has a thread, because any of them may take long.
    let network = DispatchQueue(label: "copydesk.network", attributes: .concurrent)
    /// Downloads, one after another.
    let downloading = DispatchQueue(label: "copydesk.downloads")
    /// The training runs that were looked at.
    let runs: RunsReader
    /// What was learned from stars.
    let learnings = LearningsReader()
    /// What the sources told of models that may be downloaded, by the reference.
    let plans = DownloadPlans()
    /// Takes the sentences to print when the screen is restored.
    private let farewell: Farewell
    /// Exports may take long; they are written one after another.
    let exports = DispatchQueue(label: "copydesk.exports")
    private let watching = DispatchQueue(label: "copydesk.watching")
    /// The branch that was read last, so that a question about its context need not read it again.
    let openBranch = OpenBranch()
    /// The question about a context that was asked last; older ones need no answer.
    let newestQuestion = Mutex<ContextQuestion?>(nil)
    private let newestRequest = Mutex<HistoryPageRequest?>(nil)
    let generators: GeneratorSlot
    let records = EndedGenerations()
    private(set) lazy var jobs = JobRunner { @UIActor [weak self] message in
        self?.deliver(message)
    } ended: { @UIActor [weak self] in
        self?.finishIfIdle()
    }
    private var wantsToFinish = false
    /// True if jobs that need not be awaited had their time to end.
    private var isTimeOver = false
    /// True once the process was asked to end: then nobody can answer questions.
    var mustFinish = false
    private var watch: (any DispatchSourceTimer)?
    /// The name that the model in use was opened by; `nil` for the built-in one.
    var modelInUse: String?
    /// The sampling options that its author recommends.
    var authorInUse = SamplingOverrides()

    /// - Parameter settingsProblems: what is wrong in the file of settings, to be told once.
    init(
        store: DraftStore, shared: SharedOptions, settingsProblems: [FileProblem], screen: TerminalScreen,
        environment: [String: String], farewell: Farewell
    ) {
        self.farewell = farewell
        self.store = store
        self.shared = shared
        self.settingsProblems = settingsProblems
        self.screen = screen
        self.environment = environment
        session = SessionKeeper(folder: SessionFolder(path: shared.paths.data, storePath: store.path))
        choices = ChoicesKeeper(file: ChoicesFile(storePath: store.path))
        runs = RunsReader(KnownRuns(path: shared.paths.runs))
        generators = GeneratorSlot { [generators = shared.generators] in try generators.open($0) }
    }

    /// Sends the messages that the studio does not ask for: templates, unsent text and choices of earlier
    /// studios, the model.
    func start() {
        let changes = OutsideChanges(store: store, templates: shared.paths.templates)
        let remembered = choices.read()
        let first = firstModel(remembered.choices.model)
        // Its header alone is read here, because a form may be sent before the model is open.
        loadTemplates(forModel: first, author: shared.modelLibrary.authorSampling(of: first))
        session.restore(isInStore: { [store] in store.holds($0) }) { [weak self] message in
            Task { @UIActor in
                self?.deliver(message)
                if case .sessionRestored = message { self?.session.restoredWasTaken() }
            }
        }
        if let problem = settingsProblems.first {
            let more = settingsProblems.count > 1 ? " And \(settingsProblems.count - 1) more: copydesk config list" : ""
            deliver(.notice("\(problem)\(more)", isFailure: true))
        }
        if let notice = store.readOnlyNotice {
            deliver(.notice(notice + " Each draft and each change tries again.", isFailure: true))
        }
        // The studio knows the unsent form before the generation that was open, and its message before others.
        let afterSessions: @Sendable (StudioMessage) -> Void = { [session, sender] message in
            session.afterRestoring { sender(message) }
        }
        afterSessions(.choicesRemembered(remembered.choices))
        if let problem = remembered.problem { afterSessions(.notice(problem, isFailure: true)) }
        openFirstModel(remembered.choices.model, tell: afterSessions)
        // Whether what is adopted is stale is told once, and not before more important things.
        if !shared.learnings.all().isEmpty { lookAtLearnings(readsStars: true) }
        watchOutside(changes)
    }

    /// Tells the templates, and the sampling options that forms begin with: below a template's those of the settings,
    /// and below these those of the model's author.
    func loadTemplates(forModel model: String?, author: SamplingOverrides) {
        modelInUse = model
        authorInUse = author
        let base = shared.samplingSettings(forModel: model, author: author).options
        deliver(.freePromptSampling(base))
        deliver(.templatesLoaded(shared.templateLibrary.items(over: base, brand: shared.installation.settings.brand)))
    }

    /// Delivers from any thread.
    var sender: @Sendable (StudioMessage) -> Void {
        { [weak self] message in Task { @UIActor in self?.deliver(message) } }
    }

    /// Looks every two seconds for changes that others made.
    private func watchOutside(_ changes: OutsideChanges) {
        let timer = DispatchSource.makeTimerSource(queue: watching)
        timer.schedule(deadline: .now() + 2, repeating: 2, leeway: .milliseconds(200))
        timer.setEventHandler { @Sendable [weak self] in
            if changes.storeHasChanged() { Task { @UIActor in self?.deliver(.historyChanged) } }
            if changes.storeBecameWritable() {
                Task { @UIActor in self?.deliver(.notice("The store can be written again.", isFailure: false)) }
            }
            guard changes.templatesHaveChanged() else { return }
            Task { @UIActor in
                guard let self else { return }
                self.loadTemplates(forModel: self.modelInUse, author: self.authorInUse)
            }
        }
        timer.resume()
        watch = timer
    }

    func perform(_ effect: StudioEffect) {
        switch effect {
        case .start(let job, let work): start(work, as: job)
        case .cancel(let job): jobs.cancel(job)
        case .saveGeneration(let job, let texts): saveAgain(job, texts: texts)
        case .write(let operation, let change): write(change, operation: operation)
        case .loadHistory(let request): loadHistory(request)
        case .openGeneration(let id): openGeneration(id)
        case .loadConversations(let request): loadConversations(request)
        case .openConversation(let place): openConversation(place)
        case .preparePersona(let name, let fields): preparePersona(name, fields)
        case .planContext(let question): planContext(question)
        case .copy(let text): copy(text)
        case .openEditor(let target, let text): edit(text, target)
        case .readEditorFile(let path, let text): readEditorFile(path, openedWith: text)
        case .loadFile(let path): loadFile(path)
        case .listModels: listModels()
        case .useModel(let name): useModel(name)
        case .askServers: askServers()
        case .listOffers: listOffers()
        case .searchHub(let words): searchHub(words)
        case .planDownload(let reference): planDownload(reference)
        case .discardDownload(let id): discardDownload(id)
        case .lookAtRuns(let folder): lookAtRuns(folder)
        case .stopRun(let folder): stopRun(folder)
        case .lookAtLearnings(let readsStars): lookAtLearnings(readsStars: readsStars)
        case .learn(let name): learn(goingOnWith: name)
        case .openComparison(let name): openComparison(name)
        case .answerPair(let name, let pair, let answer): answerPair(name, pair, answer)
        case .turnLearned(let name, let isOn, let isFirst): turnLearned(name, isOn: isOn, isFirst: isFirst)
        case .sayAfterwards(let sentence): farewell.sentences.withLock { $0.append(sentence) }
        case .removeEditorFile(let path, let texts): session.removeEditorFile(path, holding: texts, deliver: sender)
        case .saveSession(let left): session.save(left, deliver: sender)
        case .remember(let made): choices.remember(made, deliver: sender)
        case .suspend: suspend()
        case .quit: finish()
        case .abandon:
            mustFinish = true
            finish()
        }
    }

    /// Ends the studio: all jobs are cancelled, and generations are saved first.
    func finish() {
        wantsToFinish = true
        isTimeOver = false
        jobs.cancelAll()
        finishIfIdle()
        guard !isFinished else { return }
        // An export removes its unfinished file, unless it is held up, for example by a pipe that nobody reads.
        Task { @UIActor [weak self] in
            try? await Task.sleep(for: .seconds(1))
            self?.isTimeOver = true
            self?.finishIfIdle()
        }
    }

    private func finishIfIdle() {
        guard wantsToFinish, !isFinished, jobs.isIdle || (isTimeOver && jobs.mayBeLeft) else { return }
        writes.sync {}  // all writes that were asked for are done
        if let failure = session.finish(), !mustFinish {
            wantsToFinish = false
            return deliver(.sessionNotSaved(sentence: failure))
        }
        choices.finish()
        watch?.cancel()
        if !mustFinish { files.sync {} }
        isFinished = true
    }

    /// Runs `work` on the queue of the store's writes and delivers its answer; `failed` makes the answer for an error.
    func inBackground(
        on other: DispatchQueue? = nil, _ work: @escaping @Sendable () throws -> StudioMessage?,
        failed: @escaping @Sendable (String) -> StudioMessage
    ) {
        inBackground(on: writes, work, failed: failed)
    }

    func inBackground(
        on queue: DispatchQueue, _ work: @escaping @Sendable () throws -> StudioMessage?,
        failed: @escaping @Sendable (String) -> StudioMessage
    ) {
        queue.async { [self] in
            let answer: StudioMessage?
            do { answer = try work() } catch { answer = failed(StudioHints.sentence(of: error)) }
            guard let answer else { return }
            Task { @UIActor in self.deliver(answer) }
        }
    }

    // MARK: Store

    private func write(_ change: StoreWrite, operation: Int) {
        inBackground { [store] in
            try store.answer(to: change, operation: operation)
        } failed: {
            .writeFailed(operation: operation, sentence: $0)
        }
    }

    private func loadHistory(_ request: HistoryPageRequest) {
        newestRequest.withLock { $0 = request }
        inBackground(on: reads) { [self] in
            // The studio waits for the newest request alone; one that a newer letter replaced need not run.
            guard newestRequest.withLock({ $0 == request }) else { return nil }
            let page = try store.page(request)
            return .historyPage(request, entries: page.entries, hasMore: page.hasMore)
        } failed: {
            .historyFailed(request, sentence: $0)
        }
    }

    private func openGeneration(_ id: Int64) {
        inBackground(on: reads) { [store] in
            if let generation = try store.generation(id: id, includesCandidates: true) {
                return .generationOpened(generation, written: try store.writtenTexts(of: generation))
            }
            return .generationNotOpened(id: id, isGone: true, sentence: "This generation is no longer in the store.")
        } failed: {
            .generationNotOpened(id: id, isGone: false, sentence: $0)
        }
    }

    // MARK: Files

    private func loadFile(_ path: String) {
        inBackground(on: files) {
            .fileLoaded(path: path, text: try TextFile.read(path))
        } failed: {
            .fileFailed(path: path, sentence: $0)
        }
    }

    // MARK: Terminal

    private func copy(_ text: String) {
        files.async { [self, environment] in
            let program = Clipboard.copy(text, environment: environment)
            Task { @UIActor in
                if program == nil { screen.copyToClipboard(base64: Data(text.utf8).base64EncodedString()) }
                deliver(.copied(way: program ?? "the terminal (OSC 52)"))
            }
        }
    }

    private func edit(_ text: String, _ target: EditorTarget) {
        let path: String
        do {
            path = try EditorFiles.make(text)
        } catch {
            return deliver(.notice(StudioHints.sentence(of: error), isFailure: true))
        }
        deliver(.editorOpening(target, path: path, text: text))
        session.flush()  // if the studio is killed while the editor runs, the session must name its file
        let outcome = ExternalEditor.edit(path, holding: text, on: screen, environment: environment)
        deliver(.resized(screen.size))
        switch outcome {
        case .edited(let text): deliver(.editorClosed(target, text: text))
        case .returnedAtOnce: deliver(.editorReturned(target))
        case .notRun(let sentence):
            deliver(.editorClosed(target, text: nil))
            deliver(.notice(sentence, isFailure: true))
        case .failed(let text, let sentence): deliver(.editorFailed(target, text: text, sentence: sentence))
        }
    }

    private func readEditorFile(_ path: String, openedWith text: String) {
        inBackground(on: files) {
            switch EditorFiles.read(path, openedWith: text) {
            case .text(let edited): .editorFileRead(path: path, text: edited == text ? nil : edited)
            case .missing: .notice("\(path) is gone.", isFailure: true)
            case .unreadable(let sentence): .notice(sentence, isFailure: true)
            }
        } failed: {
            .notice($0, isFailure: true)
        }
    }

    private func suspend() {
        session.flush()
        deliver(.resized(screen.suspend()))
    }
}
