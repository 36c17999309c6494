import Generation

// The way between a dialog and the studio: keys go in, requests come out.

extension StudioState {
    mutating func pressInDialog(_ key: KeyPress, for action: Action?) {
        let pageRows = max(1, layout.body.rows / 2)
        switch action {
        case .suspend: perform(.suspend)
        case .up: dialog?.move(by: -1)
        case .down: dialog?.move(by: 1)
        case .pageUp: dialog?.move(by: -pageRows)
        case .pageDown: dialog?.move(by: pageRows)
        case .top: dialog?.move(by: -StudioState.farRows)
        case .bottom: dialog?.move(by: StudioState.farRows)
        default: take(dialog?.press(key, for: action) ?? .stay)
        }
        settleDialog()
        refreshRuns()
        refreshLearnings()
    }

    private mutating func take(_ outcome: DialogOutcome) {
        switch outcome {
        case .stay: break
        case .ask(let request): carryOut(request)
        case .close(let request):
            dialog = nil
            if let request { carryOut(request) }
        }
    }

    private mutating func carryOut(_ request: DialogRequest) {
        switch request {
        case .perform(let action): perform(action)
        case .useModel(let name): useModel(name)
        case .askServers: askServers()
        case .openModelFile(let path): openModelFile(path)
        case .openDownloads: openDownloads()
        case .searchHub(let words): searchHub(words)
        case .planDownload(let reference): planDownload(reference)
        case .download(let request): download(request)
        case .cancelJob(let number): cancel(number)
        case .askToDiscardDownload(let download): askToDiscard(download)
        case .discardDownload(let id): discardDownload(id)
        case .openRuns: openRuns()
        case .askToStopRun(let item): askToStopRun(item)
        case .stopRun(let folder): stopRun(folder)
        case .openLearnings(let name): openLearnings(selecting: name)
        case .askToLearn: askToLearn()
        case .learn(let name): learn(goingOnWith: name)
        case .compareLearning(let name): compareLearning(name)
        case .answerPair(let name, let pair, let answer): ask(.answerPair(name: name, pair: pair, answer))
        case .askToAdopt(let item): askToAdopt(item)
        case .turnLearned(let name, let isOn, let isFirst): turnLearned(name, isOn: isOn, isFirst: isFirst)
        case .tell(let title, let text): dialog = MessageDialog(title: title, text: text)
        case .setField(let index, let text): setField(index, to: text)
        case .setTitle(let title): setTitle(title)
        case .setContextRule(let rule): setContextRule(rule)
        case .discardTurnEdit: draft.chat?.edit = nil
        case .setParameters(let parameters, _) where draft.chat != nil: setChatParameters(parameters)
        case .setParameters(let parameters, let touched): setParameters(parameters, touched)
        case .setPersonaParameters(let name, let parameters, let touched):
            guard let item = templates.item(named: name) else { break }
            rememberParameters(parameters, touched, of: item)
            say("The next conversation with \(onOneLine(item.title)) begins with these parameters")
        case .refine(let name): refine(with: name)
        case .reveal(let key, let variant): draft.reveal(key, variant)
        case .takeCandidate(let key, let index): takeCandidate(index, in: key)
        case .loadFile(let path): ask(.loadFile(path: path))
        case .export(let request): start(.export(request))
        case .emptyTrash: write(.emptyTrash, done: "The trash is empty")
        case .saveEdit(let continuation):
            saveEdit()
            go(on: continuation)
        case .discardEdit(let continuation):
            draft.mode = .overview
            go(on: continuation)
        case .takeKept(let place): takeKept(place)
        case .askToDiscardKept(let place, let title): askToDiscardKept(place, title: title)
        case .discardKept(let place): discardKept(place)
        case .readEditorFile: readEditorFile()
        case .leaveEditorFile: leaveEditorFile()
        case .quit: finish()
        case .abandon: ask(.abandon)
        case .abandonExports:
            for export in exports { cancel(export.number) }
            quit()
        }
    }

    mutating func settleDialog() {
        guard var open = dialog else { return }
        // If it stayed in the state while it settles, its texts would be copied.
        dialog = nil
        open.settle(in: DialogSurroundings(self))
        dialog = open
    }

    func drawDialog(on canvas: inout Canvas) {
        dialog?.draw(on: &canvas, in: DialogSurroundings(self))
    }
}
