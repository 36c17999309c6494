import Generation

// Starts generations and takes their events. A late event of an earlier job changes only the texts of its own
// generation.

extension StudioState {
    mutating func generate() {
        if draft.chat != nil { return sendWords() }
        guard draft.running == nil else { return say("Still writing. Esc in the Draft pane stops it.") }
        guard let form = draft.form else {
            return say("Choose a template first: Enter opens its form.", isFailure: true)
        }
        if case .edit(let edit) = draft.mode, edit.editor.isChanged { return leaveEdit(then: .generate) }
        if let wrong = form.firstProblem { return showProblem(wrong.problem, ofField: wrong.field) }
        if let persona = form.template, persona.isPersona { return preparePersona(persona.name, fields: form.values) }
        // The form's text stays unsent until the store has it, because a model may take long to open.
        begin(form.request, formKey: form.key)
    }

    mutating func regenerate() {
        guard draft.running == nil, let generation = shownGeneration else { return }
        var request = generation.request
        if refusesChangedFields(of: request) { return }
        // If the form is still the one it came from, use the parameters that were set since.
        if let form = draft.form, form.request.source == request.source {
            request.sampling = form.sampling
            request.variantCount = form.variantCount
            request.limits = form.limits
        }
        request.seed = nil
        if request.beginning.isEmpty {
            request.parentDraftId = selectedVariant?.draftId
            request.relation = .regenerate
        } else {
            // Another way to go on with the same text.
            request.variantCount = 1
            request.sampling.bestOf = 0
        }
        begin(request)
    }

    /// True if the template has changed so that it refuses a request's values; says so, and focuses the field.
    private mutating func refusesChangedFields(of request: StudioRequest) -> Bool {
        guard case .template(let name, let values) = request.source,
            let item = templates.items.first(where: { $0.name == name && $0.brokenReason == nil })
        else { return false }
        if let form = draft.form, form.request.source == request.source, let wrong = form.firstProblem {
            showProblem(wrong.problem, ofField: wrong.field)
            return true
        }
        for field in item.fields {
            guard let problem = field.problem(of: values[field.name] ?? "") else { continue }
            let sentence = problem.sentence(label: field.label)
            say("\(sentence) The template was changed: fill in its form again.", isFailure: true)
            return true
        }
        return false
    }

    mutating func begin(_ request: StudioRequest, formKey: String? = nil) {
        let key = jobs.newNumber()
        draft.generations.append(OpenGeneration(key: key, request: request, modelName: modelName, createdAt: now))
        draft.running = RunningGeneration(job: key, formKey: formKey)
        draft.shown = key
        draft.mode = .overview
        draft.part = .variants
        focus = .draft
        notice = nil
        waitingNotices = []
        saveSessionIfChanged()
        start(.generate(request), as: key)
    }

    // MARK: Events

    mutating func take(_ message: GenerationMessage, ofGeneration job: Int) {
        switch message {
        case .began(let generationId, let draftIds, let seed, let uuid, let parts):
            draft.change(job) { generation in
                generation.setParts(parts)
                generation.seed = seed
                if let generationId { generation.generationId = generationId }
                if let uuid { generation.uuid = uuid }
                generation.takeIds(draftIds)
            }
            if generationId != nil { markSent(job) }
            sendWhatWaitedForIds(job)
            loadHistoryAnew()
        case .roomIsScarce(let room):
            draft.change(job) { $0.contextRoom = room.tokens }
            say(room.sentence, isFailure: true)
        case .text(let variant, let piece):
            setWait(nil, ofJob: job)
            markWriting(job)
            changeWriting(variant, of: job) { $0.append(piece) }
        case .reasoning(let variant, let piece):
            setWait(nil, ofJob: job)
            markWriting(job)
            changeWriting(variant, of: job) { $0.appendThought(piece) }
        case .restarted(let variant): changeWriting(variant, of: job) { $0.restart() }
        case .details(let variant, let details): changeWriting(variant, of: job) { $0.take(details) }
        case .chosen(let variants): draft.change(job) { if !$0.isFinished { $0.choose(variants) } }
        case .draftFinished(let variant, let reason, let tokenCount):
            draft.change(job) { generation in
                guard generation.variants.indices.contains(variant) else { return }
                generation.variants[variant].phase = .ended(reason)
                generation.variants[variant].tokenCount = tokenCount
            }
        case .timed(let timings): draft.change(job) { $0.timings = timings }
        case .saved(let generationId, let draftIds, let uuid):
            draft.change(job) { generation in
                generation.generationId = generationId
                if let uuid { generation.uuid = uuid }
                generation.notSaved = nil
                generation.takeIds(draftIds)
            }
            markSent(job)
            sendWhatWaitedForIds(job)
            sayRecovered(savedMessage(ofJob: job))
            loadHistoryAnew()
        case .notSaved(let sentence): draft.change(job) { $0.notSaved = sentence }
        case .notice(let sentence):
            guard draft.generation(job)?.notices.contains(sentence) == false else { return }
            draft.change(job) { $0.notices.append(sentence) }
            sayInTurn(onOneLine(sentence, limit: 1000))
        case .waiting(let wait): setWait(wait, ofJob: job)
        }
    }

    private mutating func setWait(_ wait: GeneratorWait?, ofJob job: Int) {
        guard draft.running?.job == job else { return }
        let time = now
        draft.running?.wait = wait.map { RunningGeneration.Wait(reported: $0, since: time) }
    }

    /// Remembers when the first text of the running generation came.
    private mutating func markWriting(_ job: Int) {
        let time = now
        if draft.running?.job == job, draft.running?.writingSince == nil { draft.running?.writingSince = time }
    }

    /// Changes a variant of a generation that is still being written.
    private mutating func changeWriting(_ variant: Int, of job: Int, _ body: (inout Variant) -> Void) {
        draft.change(job) { generation in
            guard generation.variants.indices.contains(variant), !generation.isFinished else { return }
            body(&generation.variants[variant])
        }
    }

    /// Takes the last message of a generation's job. The text that was written stays, whatever ended it.
    mutating func endGeneration(_ job: Int, _ message: JobMessage) {
        let failure: String? = if case .failed(let sentence) = message { sentence } else { nil }
        draft.change(job) { generation in
            generation.isFinished = true
            generation.failure = failure
            for index in generation.variants.indices where !generation.variants[index].isEnded {
                generation.variants[index].phase = .ended(failure == nil ? .stopped : .failed)
            }
        }
        if draft.running?.job == job { draft.running = nil }
        if let failure {
            say(failure, isFailure: true)
        } else if draft.generation(job)?.addedNothing == true {
            say("The model ended the text at once: it has nothing to add to it.")
        }
        loadHistoryAnew()
    }

    /// The store has the text that a job was sent with, so it is no longer unsent; text that was typed since still is.
    private mutating func markSent(_ job: Int) {
        guard let key = draft.running?.formKey, draft.running?.job == job,
            let request = draft.generation(job)?.request
        else { return }
        if draft.form?.key == key {
            guard draft.form?.request.source == request.source else { return }
            draft.form?.isUnsent = false
            // A form that was filled from its kept text has it there still.
            keeping.unsent[key] = nil
        } else if keeping.unsent[key] == request.source.fields {
            keeping.unsent[key] = nil
        }
    }

    /// Saves stars, edits and moves to the trash that came before the store had given ids.
    private mutating func sendWhatWaitedForIds(_ key: Int) {
        guard let generation = draft.generation(key) else { return }
        for (index, variant) in generation.variants.enumerated() {
            guard let id = variant.draftId, variant.hasUnsentEdit || variant.hasUnsentMarks else { continue }
            draft.change(key) { $0.variants[index].hasUnsentEdit = false }
            draft.change(key) { $0.variants[index].hasUnsentMarks = false }
            let letter = Variant.letter(index)
            if variant.hasUnsentEdit {
                write(
                    .revision(draftId: id, text: variant.text, origin: .edit), generationId: generation.generationId,
                    done: StudioState.savedMessage(of: index))
            }
            if variant.starred { write(.star(draftId: id, true), done: "\(letter) is starred") }
            if variant.inTrash { write(.trash(draftIds: [id]), done: "\(letter) is in the trash") }
        }
    }
}

extension OpenGeneration {
    fileprivate mutating func takeIds(_ ids: [Int64]) {
        for (index, id) in ids.enumerated() {
            if variants.indices.contains(index) {
                variants[index].draftId = id
            } else if leftOut.indices.contains(index - variants.count) {
                leftOut[index - variants.count].draftId = id
            }
        }
    }
}
