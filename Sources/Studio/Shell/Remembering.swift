import Generation

// The choices that outlive the studio: taken at the start, changed by the writer, remembered a moment later.
// - Before `choicesRemembered` nothing is remembered, so a start never forgets what the last studio knew.
// - The open generation is not kept here but asked of the panes, except while it is being opened again.

struct Memory: Sendable {
    /// Without the open generation.
    var choices = RememberedChoices()
    /// True once the choices of earlier studios are here.
    var isLoaded = false
    /// The model that was asked for in the studio, until it is open.
    var awaitedModel: String?
    /// The generation that is being opened again; `nil` if none is.
    var reopening: OpenPlace?
    /// The conversation that is being opened again, by its UUID; `nil` if none is.
    var reopeningConversation: String?
    /// True once a key was pressed: then opening a generation again does not move the writer.
    var hasKey = false

    /// The choices that the runner was last asked to remember.
    var last = RememberedChoices()
    var lastTime = 0.0
    /// True if something happened since the choices were last compared.
    var mayDiffer = false

    /// Seconds between two writes.
    static let seconds = 1.0
}

extension StudioState {
    /// The present choices.
    var choices: RememberedChoices {
        var choices = memory.choices
        choices.open = memory.reopening ?? openPlace
        if let chat = draft.chat {
            choices.conversation = chat.isInStore ? chat.conversation.uuid : nil
        } else {
            choices.conversation = memory.reopeningConversation
        }
        return choices
    }

    mutating func rememberIfChanged() {
        memory.mayDiffer = false
        memory.lastTime = now
        let choices = choices
        guard memory.isLoaded, choices != memory.last else { return }
        memory.last = choices
        ask(.remember(choices))
    }

    /// Takes the choices of earlier studios. If the writer has chosen something already, that counts.
    mutating func takeChoices(_ remembered: RememberedChoices) {
        guard !memory.isLoaded else { return }
        let before = draft.form.map { newForm($0.template).parameters }
        let mine = memory.choices
        memory.isLoaded = true
        memory.mayDiffer = true
        memory.last = remembered
        memory.choices = remembered
        memory.choices.open = nil
        memory.choices.conversation = nil
        memory.choices.takeChanges(from: RememberedChoices(), to: mine)
        if let form = draft.form, form.parameters == before {
            let parameters = newForm(form.template).parameters
            draft.form?.parameters = parameters
        }
        if let uuid = remembered.conversation, canReopen, draft.awaitedConversation == nil {
            memory.reopeningConversation = uuid
            ask(.openConversation(.uuid(uuid)))
        } else if let place = remembered.open {
            reopen(place)
        }
    }

    // MARK: Parameters

    /// Sets the form's parameters, and remembers those that the writer changed for the form's template.
    mutating func setParameters(_ parameters: FormParameters, _ touched: TouchedParameters) {
        guard let form = draft.form else { return }
        draft.form?.parameters = parameters
        rememberParameters(parameters, touched, of: form.template)
    }

    /// - Parameter template: `nil` is the free prompt.
    mutating func rememberParameters(
        _ parameters: FormParameters, _ touched: TouchedParameters, of template: TemplateItem?
    ) {
        let usual = usualForm(template).parameters
        let name = template?.name ?? ""
        var chosen = touched.isReset ? ChosenParameters() : memory.choices.parameters[name] ?? ChosenParameters()
        for option in SamplingOption.all where touched.names.contains(option.name) {
            let value = option.value(in: parameters.sampling)
            if value == option.value(in: usual.sampling) {
                chosen.sampling.remove(option)
            } else {
                chosen.sampling.set(option, to: value)
            }
        }
        if touched.names.contains(ParametersDialog.variantsName) {
            chosen.variantCount = parameters.variantCount == usual.variantCount ? nil : parameters.variantCount
        }
        if touched.names.contains(ParametersDialog.seedName) { chosen.seed = parameters.seed }
        memory.choices.parameters[name] = chosen.isEmpty ? nil : chosen
    }

    // MARK: Export

    /// Remembers folder and format of an export that was written.
    mutating func remember(_ export: ExportRequest) {
        memory.choices.export = ExportChoice(folder: ExportChoice.folder(ofPath: export.path), format: export.format)
    }

    // MARK: The open generation

    private var openPlace: OpenPlace? {
        guard let generation = shownGeneration, let id = generation.generationId else { return nil }
        let pane: OpenPlace.PaneName =
            switch focus {
            case .templates: .templates
            case .draft: .draft
            case .history: .history
            }
        let isReading = if case .reader = draft.mode { true } else { false }
        return OpenPlace(
            generationId: id, uuid: generation.uuid, variant: generation.selected, pane: pane,
            view: isReading ? .reader : draft.part == .form ? .form : .variants,
            hasOwnForm: draft.form.map { $0.key == $0.template?.name ?? "" } ?? false)
    }

    /// Nothing is opened over a form or an edit that came back from a session.
    var canReopen: Bool { draft.form == nil && draft.shown == nil && draft.chat == nil && keeping.editToRestore == nil }

    private mutating func reopen(_ place: OpenPlace) {
        guard canReopen else { return }
        memory.reopening = place
        ask(.openGeneration(id: place.generationId))
    }

    /// Shows the generation that was open when the last studio ended.
    /// - Parameter written: the model's own text of each draft that was changed since, by the draft's id.
    /// - Returns: false if it is not the one that is being opened again.
    mutating func takeReopened(_ saved: SavedGeneration, written: [Int64: String]) -> Bool {
        guard let place = memory.reopening, place.generationId == saved.id else { return false }
        memory.reopening = nil
        // Another uuid: the store was replaced by a backup, which has another generation of this id.
        guard canReopen, place.uuid == nil || place.uuid == saved.uuid else { return true }
        let focusBefore = focus
        let templateBefore = templates.selected
        show(saved, written: written)
        guard let key = draft.shown else { return true }
        draft.change(key) { generation in
            if generation.variants.indices.contains(place.variant) { generation.selected = place.variant }
        }
        if place.hasOwnForm { giveOwnForm() }
        draft.part = place.view == .form ? .form : .variants
        if place.view == .reader { _ = draft.read() }
        history.select(saved.id)
        if memory.hasKey {
            focus = focusBefore
            templates.selected = templateBefore
        } else {
            switch place.pane {
            case .templates: focus = .templates
            case .draft: focus = .draft
            case .history: focus = .history
            }
        }
        return true
    }

    /// Gives up opening a generation again.
    /// - Returns: false if it is not the one that is being opened again, so that the writer asked for it.
    mutating func endReopening(of id: Int64) -> Bool {
        guard memory.reopening?.generationId == id else { return false }
        memory.reopening = nil
        return true
    }

    /// Replaces a form that was opened from history by the template's own form with the same values.
    private mutating func giveOwnForm() {
        guard let opened = draft.form else { return }
        var form = newForm(opened.template)
        form.setValues(opened.values)
        form.isRaw = opened.isRaw
        if let values = keeping.unsent[form.key] { fill(&form, with: values) }
        draft.form = form
    }
}

extension FormParameters {
    /// Lays chosen values over these.
    mutating func take(_ chosen: ChosenParameters) {
        sampling = chosen.sampling.applied(to: sampling)
        variantCount = chosen.variantCount ?? variantCount
        seed = chosen.seed ?? seed
    }
}

extension ExportChoice {
    /// The folder that a typed path names; `nil` if it names none, or only the working folder.
    static func folder(ofPath path: String) -> String? {
        guard let slash = path.lastIndex(of: "/") else { return nil }
        let folder = path[..<slash]
        if folder.isEmpty { return "/" }
        return folder == "." ? nil : String(folder)
    }

    /// The path of a file in the folder.
    static func path(of fileName: String, inFolder folder: String?) -> String {
        guard let folder else { return fileName }
        return folder.hasSuffix("/") ? folder + fileName : "\(folder)/\(fileName)"
    }
}
