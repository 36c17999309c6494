import Generation

// The table of actions: when each one can be carried out, and the function that does it. Footer, help and palette ask
// `can`; keys and palette call `perform`.

extension StudioState {
    func can(_ action: Action) -> Bool {
        switch action {
        case .generate: return draft.form != nil && draft.running == nil
        case .send, .newLine, .leaveComposer, .editWordsExternally, .compose, .renameConversation, .contextRule:
            return draft.chat != nil
        case .nextTurn, .previousTurn, .nextSwipe, .previousSwipe, .answerAgain, .continueAnswer, .editTurn,
            .branchHere, .branchToNew, .pinTurn, .trashTurn, .copyTurn, .showPrompt, .newConversation, .editLastWords:
            return canInChat(action)
        case .titleByModel: return canAskForTitle
        case .showOpenBranch: return draft.chat?.isOpenElsewhere == true && !isAnswering
        case .showTrashedConversations: return templates.hasPersonas
        case .restoreConversation: return templates.inTrash && templates.selectedEntry != nil
        case .trashConversation: return conversationToTrash != nil
        case .stop: return jobToCancel != nil
        case .models, .getModel: return true
        case .parameters: return draft.form != nil || draft.chat != nil || personaForParameters != nil
        case .withoutLearned: return learnings.toTurn(on: false, modelName: modelOpenedAs ?? modelName) != nil
        case .withLearned: return learnings.toTurn(on: true, modelName: modelOpenedAs ?? modelName) != nil
        case .retrySave: return saveFailure != nil
        case .showKept: return !keptRows.isEmpty
        case .fillExamples:
            guard let form = draft.form else { return false }
            return form.fields.indices.contains { index in
                !form.fields[index].example.isEmpty && form.editors[index].isBlank
            }
        case .clearField: return draft.form.map { $0.editors.contains { !$0.isEmpty } } ?? false
        case .loadFile, .editFieldExternally: return draft.form?.focusedField?.kind == .multiline
        case .toggleRaw: return draft.form != nil && draft.form?.template == nil
        case .submitForm: return draft.form?.focusedField?.kind != .multiline
        case .showForm: return draft.form != nil
        case .read: return selectedVariant != nil
        case .regenerate: return shownGeneration != nil && draft.running == nil
        case .continueDraft:
            guard draft.running == nil, !draft.isEditing, let variant = selectedVariant else { return false }
            return variant.isEnded && !variant.text.isEmpty
        case .refine: return !(selectedVariant?.text.isEmpty ?? true) && !refineRows.isEmpty
        case .edit, .editExternally:
            if draft.isEditing { return action == .editExternally }
            return selectedVariant?.isEnded ?? false
        case .star where draft.chat != nil: return canInChat(action)
        case .star, .trash: return selectedVariant?.isEnded ?? false
        case .toggleThoughts where draft.chat != nil: return canInChat(action)
        case .toggleThoughts: return selectedVariant?.thoughts != nil
        case .showChoice: return shownGeneration.map { $0.hasChoice && !$0.isChoosing } ?? false
        case .showInfo: return selectedVariant != nil
        case .copy: return !(selectedVariant?.text.isEmpty ?? true)
        case .copyStarred: return !starredVariants.isEmpty
        case .compare: return draft.canCompare
        case .undo: return !draft.undoSteps.isEmpty
        case .export: return !draft.isChoosing && !exportChoices.isEmpty
        case .follow where draft.chat != nil, .scrollUp where draft.chat != nil, .scrollDown where draft.chat != nil:
            return canInChat(action)
        case .follow, .scrollUp, .scrollDown, .nextVariant, .previousVariant: return selectedVariant != nil
        case .openGeneration: return history.selectedEntry != nil
        case .trashGeneration: return history.selectedEntry != nil && !history.inTrash
        case .restore: return history.selectedEntry != nil && history.inTrash
        case .emptyTrash:
            return focus == .templates
                ? templates.inTrash && !templates.conversations.isEmpty
                : history.inTrash && !history.entries.isEmpty
        case .openTemplate: return templates.isSelectionListed
        case .dismiss:
            let search = focus == .history ? history.search : templates.filter
            return !search.isEmpty || jobToCancel != nil
        case .saveEdit, .leaveEdit: return draft.isEditing
        default: return true
        }
    }

    mutating func perform(_ action: Action) {
        switch action {
        case .nextPane: moveFocus(by: 1)
        case .previousPane: moveFocus(by: -1)
        case .showTemplates: focus = .templates
        case .showDraft: focus = .draft
        case .showHistory: focus = .history
        case .zoom: isZoomed.toggle()
        case .generate: generate()
        case .palette: dialog = PaletteDialog(openedIn: context)
        case .help: dialog = HelpDialog(of: context)
        case .models: openModels()
        case .getModel: openDownloads()
        case .showRuns: openRuns()
        case .showLearned: openLearnings(selecting: nil)
        case .withoutLearned: turnLearned(on: false)
        case .withLearned: turnLearned(on: true)
        case .parameters: openParameters()
        case .retrySave: retrySave()
        case .showKept: openKept()
        case .suspend:
            saveSessionIfChanged()
            ask(.suspend)
        case .quit: quit()
        case .interrupt: if draft.running != nil { stop() } else { quit() }

        case .up: move(by: -1)
        case .down: move(by: 1)
        case .pageUp: moveByPage(-1)
        case .pageDown: moveByPage(1)
        case .top: moveToEdge(isEnd: false)
        case .bottom: moveToEdge(isEnd: true)

        case .openTemplate: openSelectedTemplate()
        case .filter:
            focus = .templates
            templates.isFiltering = true
        case .freePrompt: leaveEdit(then: .openForm(template: nil))
        case .endTyping:
            templates.isFiltering = false
            history.isSearching = false
        case .cancelTyping: cancelTyping()
        case .dismiss: dismiss()

        case .send: sendWords()
        case .newLine: draft.typeWords(.enter, in: surroundings(of: .draft))
        case .leaveComposer: leaveComposer()
        case .editWordsExternally: editWordsExternally()
        case .editLastWords: editLastWords()
        case .compose:
            focus = .draft
            draft.chat?.part = .composer
        case _ where focus == .draft && context == .turns && performOnSummary(action): break
        case .nextTurn: draft.selectTurn(by: 1, in: surroundings(of: .draft))
        case .previousTurn: draft.selectTurn(by: -1, in: surroundings(of: .draft))
        case .nextSwipe: swipe(by: 1)
        case .previousSwipe: swipe(by: -1)
        case .answerAgain: answerAgain()
        case .continueAnswer: continueAnswer()
        case .editTurn: editTurn()
        case .branchHere: branchHere()
        case .branchToNew: branchIntoNewConversation()
        case .showOpenBranch: showOpenBranch()
        case .pinTurn: pinTurn()
        case .trashTurn: trashTurn()
        case .copyTurn: copyTurn()
        case .showPrompt: showPrompt()
        case .renameConversation: renameConversation()
        case .titleByModel: askForTitle()
        case .contextRule: openContextRules()
        case .newConversation: beginAnotherConversation()
        case .trashConversation: trashConversation()

        case .nextField: moveField(by: 1)
        case .previousField: moveField(by: -1)
        case .submitForm: submitForm()
        case .fillExamples: fillExamples()
        case .clearField: clearForm()
        case .loadFile: openLoadFile()
        case .chooseFromList: openChoices()
        case .previousChoice: moveChoice(by: -1)
        case .nextChoice: moveChoice(by: 1)
        case .toggleRaw: toggleRaw()
        case .editFieldExternally: editFieldExternally()
        case .leaveForm: leaveForm()
        case .showForm:
            guard draft.form != nil else { return }
            focus = .draft
            if draft.isEditing { return }
            draft.mode = .overview
            draft.part = .form

        case .read: if draft.form == nil && selectedVariant == nil { focus = .templates } else { read() }
        case .closeReader: draft.mode = .overview
        case .stop: stop()
        case .regenerate: leaveEdit(then: .regenerate)
        case .continueDraft: continueDraft()
        case .refine: openRefine()
        case .edit: edit()
        case .editExternally: editExternally()
        case .star: if draft.chat == nil { toggleStar() } else { starAnswer() }
        case .trash: toggleTrash()
        case .undo: undo()
        case .export: openExport()
        case .copy: copy()
        case .toggleThoughts: if draft.chat == nil { toggleThoughts() } else { toggleTurnThoughts() }
        case .showChoice: openChoice()
        case .showInfo: showInfo()
        case .copyStarred: copyStarred()
        case .compare: compare()
        case .follow: followEnd()
        case .scrollUp: draft.scroll(by: -1, in: surroundings(of: .draft))
        case .scrollDown: draft.scroll(by: 1, in: surroundings(of: .draft))
        case .nextVariant: draft.selectVariant(by: 1, in: surroundings(of: .draft))
        case .previousVariant: draft.selectVariant(by: -1, in: surroundings(of: .draft))
        case .saveEdit: saveEdit()
        case .leaveEdit: leaveEdit(then: .stay)

        case .openGeneration: openSelectedGeneration()
        case .search:
            focus = .history
            history.isSearching = true
        case .showTrashedConversations: toggleTrashedConversations()
        case .restoreConversation: restoreConversation()
        case .showTrash: toggleTrashView()
        case .restore: restoreGeneration()
        case .trashGeneration: trashGeneration()
        case .emptyTrash: askToEmptyTrash()
        case .reloadHistory: loadHistoryAnew()

        case .accept, .close, .previousValue, .nextValue, .resetParameters, .searchOptions, .toggleOptions,
            .discardKept, .filterModels, .askServers, .searchHub, .nameModel, .cancelDownload, .discardDownload,
            .stopRun, .smoothCurve, .learnAnew, .goOnLearning, .compareBlind, .adoptLearned, .toggleLearned,
            .preferLeft, .preferRight, .preferNeither, .unfoldPrompt:
            // Only dialogs have keys for these, and carry them out themselves.
            break
        }
    }

    private mutating func dismiss() {
        switch focus {
        case .templates where !templates.filter.isEmpty:
            templates.filter = TextEditor()
            loadConversations()
        case .history where !history.search.isEmpty: ask(history.clearSearch())
        default: stop()
        }
    }

    private mutating func cancelTyping() {
        if templates.isFiltering {
            templates.isFiltering = false
            templates.filter = TextEditor()
            loadConversations()
        }
        if history.isSearching {
            history.isSearching = false
            ask(history.clearSearch())
        }
    }
}
