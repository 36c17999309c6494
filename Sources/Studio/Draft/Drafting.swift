import Generation

// The actions of a writer on variants: read, star, edit, move to the trash, undo, copy. Each change of the store goes
// through `write`.

extension StudioState {
    var shownGeneration: OpenGeneration? { draft.shownGeneration }
    var selectedVariant: Variant? { draft.selectedVariant }

    // MARK: Moving

    mutating func read() {
        if draft.read() { focus = .draft }
    }

    mutating func compare() {
        if draft.compare(in: surroundings(of: .draft)) { focus = .draft }
    }

    mutating func followEnd() {
        if draft.chat != nil {
            draft.moveChatToEdge(isEnd: true, in: surroundings(of: .draft))
            guard draft.running != nil else { return }
        } else {
            guard draft.followEnd(in: surroundings(of: .draft)) else { return }
        }
        say("Following the end; ↑ stops it")
        notice?.isAboutFollowing = true
    }

    /// Takes the sentence away once it no longer holds.
    mutating func settleFollowingNotice() {
        guard notice?.isAboutFollowing == true else { return }
        let follows = draft.chat.map { $0.following == .end } ?? (selectedVariant?.follows == true)
        if draft.running == nil || !follows { endNotice() }
    }

    // MARK: Stars and trash

    mutating func toggleStar() {
        guard let generation = shownGeneration, let variant = selectedVariant else { return }
        draft.undoSteps.append(.star(generation: generation.key, variant: generation.selected, was: variant.starred))
        setStar(!variant.starred, generation: generation.key, variant: generation.selected)
    }

    private mutating func setStar(_ starred: Bool, generation key: Int, variant index: Int, done: String? = nil) {
        let id = draft.variant(key, index)?.draftId
        draft.change(key) { generation in
            generation.variants[index].starred = starred
            if id == nil { generation.variants[index].hasUnsentMarks = true }
        }
        let letter = Variant.letter(index)
        if let id {
            write(
                .star(draftId: id, starred),
                done: done ?? (starred ? "\(letter) is starred" : "\(letter) is no longer starred"))
        }
    }

    mutating func toggleTrash() {
        guard let generation = shownGeneration, let variant = selectedVariant else { return }
        let letter = Variant.letter(generation.selected)
        draft.undoSteps.append(.trash(generation: generation.key, variant: generation.selected, was: variant.inTrash))
        let key = KeyTable.label(.undo, in: .variants)
        let done =
            variant.inTrash ? "\(letter) is back from the trash" : "\(letter) is in the trash; \(key) undoes it"
        setTrash(!variant.inTrash, generation: generation.key, variant: generation.selected, done: done)
        if !variant.inTrash { draft.selectNeighbour(of: generation) }
    }

    private mutating func setTrash(_ inTrash: Bool, generation key: Int, variant index: Int, done: String) {
        let id = draft.variant(key, index)?.draftId
        draft.change(key) { generation in
            generation.variants[index].inTrash = inTrash
            if id == nil { generation.variants[index].hasUnsentMarks = true }
        }
        guard let id else { return }
        write(inTrash ? .trash(draftIds: [id]) : .restore(draftIds: [id]), done: done)
    }

    // MARK: Editing

    mutating func edit() {
        guard let generation = shownGeneration, let variant = selectedVariant, variant.isEnded, !draft.isEditing else {
            return
        }
        focus = .draft
        draft.part = .variants
        var editor = TextEditor(variant.text, isMultiline: true)
        editor.moveCursor(to: 0)
        draft.mode = .edit(
            EditSession(
                generation: generation.key, variant: generation.selected, editor: editor,
                base: generation.base(of: variant)))
    }

    mutating func saveEdit() {
        guard case .edit(let edit) = draft.mode else { return }
        draft.mode = .overview
        changeText(of: edit.variant, in: edit.generation, to: edit.editor.text, origin: .edit, base: edit.base)
    }

    /// Gives a variant a new text: shows it, remembers the old one for undo, and writes a revision.
    /// - Parameters:
    ///   - base: the text that the edit began from; `nil` if it began from the shown one.
    ///   - done: the message after the store confirmed it; `nil` for the usual one.
    mutating func changeText(
        of index: Int, in key: Int, to text: String, origin: RevisionOrigin, base: EditBase? = nil,
        done: String? = nil
    ) {
        guard let old = draft.variant(key, index), old.text != text else { return }
        if origin != .undo { draft.undoSteps.append(.edit(generation: key, variant: index, earlier: old.text)) }
        draft.change(key) { generation in
            generation.variants[index].replaceText(text)
            if old.draftId == nil { generation.variants[index].hasUnsentEdit = true }
        }
        let generation = draft.generation(key)
        if let id = old.draftId {
            write(
                .revision(draftId: id, text: text, origin: origin, base: base ?? generation?.base(of: old)),
                generationId: generation?.generationId,
                done: done ?? StudioState.savedMessage(of: index))
        } else {
            say("\(Variant.letter(index)) will be saved with its generation")
            saveSessionIfChanged()
        }
    }

    static func savedMessage(of index: Int) -> String { "\(Variant.letter(index)) is saved as a new revision" }

    /// Leaves an edit and continues. If the edit is not saved, asks first.
    mutating func leaveEdit(then continuation: Continuation) {
        guard let edit = draft.changedEdit else {
            if draft.isEditing { draft.mode = .overview }
            return go(on: continuation)
        }
        confirm(
            "Leave the edit", "The edit of \(Variant.letter(edit.variant)) is not saved.",
            .init(key: "s", title: "Save", answer: .saveEdit(then: continuation)),
            .init(key: "d", title: "Discard", answer: .discardEdit(then: continuation)),
            .init(key: "c", title: "Cancel"))
    }

    mutating func go(on continuation: Continuation) {
        switch continuation {
        case .stay: break
        case .openGeneration(let id): openGeneration(id)
        case .openConversation(let place): openConversation(place)
        case .openForm(let name): openForm(template: name)
        case .generate: generate()
        case .regenerate: regenerate()
        case .takeUnsent(let key): openUnsentForm(key)
        case .takeKept(let text): take(text)
        case .quit: perform(.quit)
        }
    }

    mutating func editExternally() {
        guard draft.isEditing || selectedVariant?.isEnded == true, !isWaitingForEditor() else { return }
        if case .edit(let edit) = draft.mode {
            let target = EditorTarget.variant(generation: edit.generation, index: edit.variant)
            return ask(.openEditor(target, text: edit.editor.text))
        }
        guard let generation = shownGeneration, let variant = selectedVariant, variant.isEnded else { return }
        ask(.openEditor(.variant(generation: generation.key, index: generation.selected), text: variant.text))
    }

    mutating func takeFromEditor(_ target: EditorTarget, text: String?) {
        let file = keeping.editorFile
        keeping.editorFile = nil
        keeping.waitingEditor = nil
        if let text { place(text, from: target) }
        guard let file else { return }
        // The file is removed only after its text is kept elsewhere.
        saveSessionIfChanged()
        ask(.removeEditorFile(path: file.path, holding: [text ?? file.text]))
    }

    mutating func place(_ text: String, from target: EditorTarget) {
        switch target {
        case .field(let name): setField(name, to: text)
        case .words(let key, let isEdit): placeWords(text, key: key, isEdit: isEdit)
        case .variant(let key, let index):
            if case .edit(var edit) = draft.mode, edit.generation == key, edit.variant == index {
                edit.editor.setText(text)
                draft.mode = .edit(edit)
            } else {
                changeText(of: index, in: key, to: text, origin: .editor)
            }
        }
    }

    // MARK: Undo

    mutating func undo() {
        guard let step = draft.undoSteps.last else { return say("Nothing to undo") }
        // The file of an editor belongs to a variant by its place, so no variant may go while it waits.
        if case .take = step, isWaitingForEditor() { return }
        draft.undoSteps.removeLast()
        switch step {
        case .edit(let key, let index, let earlier):
            changeText(
                of: index, in: key, to: earlier, origin: .undo,
                done: "The edit of \(Variant.letter(index)) is undone")
            draft.reveal(key, index)
        case .star(let key, let index, let was):
            guard draft.variant(key, index) != nil else { return }
            let letter = Variant.letter(index)
            setStar(
                was, generation: key, variant: index,
                done: was ? "\(letter) is starred again" : "\(letter) is no longer starred")
            draft.reveal(key, index)
        case .trash(let key, let index, let was):
            guard draft.variant(key, index) != nil else { return }
            let letter = Variant.letter(index)
            setTrash(
                was, generation: key, variant: index,
                done: was ? "\(letter) is in the trash again" : "\(letter) is back from the trash")
            draft.reveal(key, index)
        case .take(let key, let draftId, let place): leaveOut(draftId, of: key, at: place)
        case .trashGeneration(let id, let title):
            write(.restoreGeneration(id: id), done: "\(title) is back from the trash")
        case .starAnswer(let draftId, let was, _): setAnswerStar(was, draftId: draftId)
        case .trashTurns(let turn, let conversation):
            write(.conversation(conversation, .restoreTurns(from: turn)), done: "The turns are back from the trash")
        case .trashConversation(let id, let title):
            write(.conversation(id, .restore), done: "\(title) is back from the trash")
        case .title(let id, let was):
            write(.conversation(id, .retitle(was)), done: "The old title is back")
            show(title: was, of: id)
        case .summary(let turn, let was, let id):
            write(.conversation(id, .setSummary(turn: turn, draft: was)), done: "The old summary is back")
        case .summaryText(let draftId, let earlier, let later, _):
            write(
                .revision(draftId: draftId, text: earlier, origin: .undo, base: EditBase(text: later)),
                done: "The edit of the summary is undone")
        case .newBranch(let id, let origin): undoBranch(id, from: origin)
        }
    }

    // MARK: Copying

    mutating func copy() {
        guard let generation = shownGeneration, let variant = selectedVariant, !variant.text.isEmpty else { return }
        ask(.copy(variant.text))
        let count = variant.layout.length.characters(countsWideAsTwo: false)
        sayCopying("\(Variant.letter(generation.selected)) is copied, \(count) characters")
    }

    /// The variants that are starred, have a text and are not in the trash.
    var starredVariants: [(index: Int, variant: Variant)] {
        (shownGeneration?.variants ?? []).enumerated().filter { _, variant in
            variant.starred && !variant.inTrash && !variant.text.isEmpty
        }.map { ($0.offset, $0.element) }
    }

    /// Copies the starred variants of the generation shown, a blank line between them.
    mutating func copyStarred() {
        let starred = starredVariants
        guard !starred.isEmpty else {
            return say("No variant here is starred; \(KeyTable.label(.star, in: .variants)) stars one")
        }
        ask(.copy(starred.map(\.variant.text).joined(separator: "\n\n")))
        let letters = starred.map { Variant.letter($0.index) }.joined(separator: ", ")
        sayCopying("\(letters) \(starred.count == 1 ? "is" : "are") copied")
    }

    mutating func sayCopying(_ sentence: String) {
        say(sentence)
        copyNotice = sentence
    }

    /// Adds the way by which a text was copied to the sentence about it.
    mutating func sayCopied(_ way: String) {
        guard let sentence = copyNotice else { return }
        copyNotice = nil
        say("\(sentence), with \(way)")
    }
}
