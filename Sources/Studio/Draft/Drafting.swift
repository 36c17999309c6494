import Generation

// What a writer does with variants: move, read, star, edit, throw away and take back.

extension StudioState {
    var shownGeneration: OpenGeneration? { draft.shown.flatMap { key in generations.first { $0.key == key } } }

    var selectedVariant: Variant? {
        guard let generation = shownGeneration, generation.variants.indices.contains(generation.selected) else {
            return nil
        }
        return generation.variants[generation.selected]
    }

    /// Changes the selected variant of the shown generation.
    mutating func changeSelected(_ body: (inout Variant) -> Void) {
        guard let key = draft.shown else { return }
        change(key) { generation in
            guard generation.variants.indices.contains(generation.selected) else { return }
            body(&generation.variants[generation.selected])
        }
    }

    // MARK: Moving

    mutating func selectVariant(by step: Int) {
        guard let generation = shownGeneration else { return }
        let next = generation.selected + step
        if case .compare(let comparison) = draft.mode {
            let right = otherVariant(in: generation, than: comparison.left, from: comparison.right, step: step)
            return compare(comparison.left, with: right, in: generation)
        }
        if next < 0, case .overview = draft.mode, draft.form != nil, step == -1 { return draft.part = .form }
        change(generation.key) { $0.selected = min(max(0, next), $0.variants.count - 1) }
        if case .reader = draft.mode { draft.readerTop = 0 }
    }

    /// By a row in a text that is longer than its place; at its edge, to the next variant.
    mutating func scroll(by rows: Int) {
        switch draft.mode {
        case .reader, .compare:
            draft.readerTop += rows
            if rows < 0 { changeSelected { $0.follows = false } }
        case .edit: break
        case .overview:
            guard let variant = selectedVariant, let card = selectedCard else { return }
            let last = max(0, variant.layout.rows.count - card.textRows)
            let next = variant.top + rows
            if next < 0 || next > last {
                let isInside = (rows < 0 && variant.top > 0) || (rows > 0 && variant.top < last)
                if isInside {
                    changeSelected { $0.top = rows < 0 ? 0 : last }
                } else {
                    selectVariant(by: rows < 0 ? -1 : 1)
                }
            } else {
                changeSelected { $0.top = next }
            }
            if rows < 0 { changeSelected { $0.follows = false } }
        }
    }

    mutating func followEnd() {
        // A text that is done and seen whole has no end to go to: then it is the last variant, as `g` is the first.
        if case .overview = draft.mode, let generation = shownGeneration, let variant = selectedVariant,
            variant.isEnded,
            let card = selectedCard, variant.layout.rows.count <= card.textRows
        {
            return change(generation.key) { $0.selected = $0.variants.count - 1 }
        }
        changeSelected { $0.follows = true }
        draft.readerTop = Int.max / 2
        if running != nil, selectedVariant?.isEnded == false { say("Following the end; ↑ stops it") }
    }

    mutating func read() {
        guard selectedVariant != nil else { return }
        focus = .draft
        draft.part = .variants
        draft.mode = .reader
        draft.readerTop = selectedVariant?.follows == true ? Int.max / 2 : selectedVariant?.top ?? 0
    }

    // MARK: Stars and trash

    mutating func toggleStar() {
        guard let generation = shownGeneration, let variant = selectedVariant else { return }
        undoSteps.append(.star(generation: generation.key, variant: generation.selected, was: variant.starred))
        setStar(!variant.starred, generation: generation.key, variant: generation.selected)
    }

    private mutating func setStar(_ starred: Bool, generation key: Int, variant index: Int, done: String? = nil) {
        let id = variant(key, index)?.draftId
        change(key) { generation in
            generation.variants[index].starred = starred
            if id == nil { generation.variants[index].hasUnsentMarks = true }
        }
        let letter = Variant.letter(index)
        if let id {
            write(
                .star(draftId: id, starred),
                done: done ?? (starred ? "\(letter) is starred" : "The star of \(letter) is off"))
        }
    }

    mutating func toggleTrash() {
        guard let generation = shownGeneration, let variant = selectedVariant else { return }
        let letter = Variant.letter(generation.selected)
        undoSteps.append(.trash(generation: generation.key, variant: generation.selected, was: variant.inTrash))
        let key = KeyTable.label(.undo, in: .variants)
        let done =
            variant.inTrash ? "\(letter) is back from the trash" : "\(letter) is in the trash; \(key) takes it back"
        setTrash(!variant.inTrash, generation: generation.key, variant: generation.selected, done: done)
        if !variant.inTrash { selectNeighbour(of: generation) }
    }

    private mutating func setTrash(_ inTrash: Bool, generation key: Int, variant index: Int, done: String) {
        let id = variant(key, index)?.draftId
        change(key) { generation in
            generation.variants[index].inTrash = inTrash
            if id == nil { generation.variants[index].hasUnsentMarks = true }
        }
        guard let id else { return }
        write(inTrash ? .trash(draftIds: [id]) : .restore(draftIds: [id]), done: done)
    }

    private mutating func selectNeighbour(of generation: OpenGeneration) {
        let after = generation.variants.indices.first { $0 > generation.selected && !generation.variants[$0].inTrash }
        let before = generation.variants.indices.last { $0 < generation.selected && !generation.variants[$0].inTrash }
        if let next = after ?? before { change(generation.key) { $0.selected = next } }
    }

    private func variant(_ key: Int, _ index: Int) -> Variant? {
        guard let generation = generations.first(where: { $0.key == key }), generation.variants.indices.contains(index)
        else { return nil }
        return generation.variants[index]
    }

    // MARK: Editing

    mutating func edit() {
        guard let generation = shownGeneration, let variant = selectedVariant, variant.isEnded else { return }
        if case .edit = draft.mode { return }
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

    /// A new text for a variant: shown, remembered for undo, and written as a revision.
    /// - Parameters:
    ///   - base: what the edit began from; `nil` for the text that is shown.
    ///   - done: the message once the store has it; `nil` for the usual one.
    mutating func changeText(
        of index: Int, in key: Int, to text: String, origin: RevisionOrigin, base: EditBase? = nil,
        done: String? = nil
    ) {
        guard let old = variant(key, index), old.text != text else { return }
        if origin != .undo { undoSteps.append(.edit(generation: key, variant: index, earlier: old.text)) }
        change(key) { generation in
            generation.variants[index].replaceText(text)
            if old.draftId == nil { generation.variants[index].hasUnsentEdit = true }
        }
        let generation = generations.first { $0.key == key }
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

    /// Leaves an edit, asking first where something would be lost, and goes on.
    mutating func leaveEdit(then continuation: Continuation) {
        guard case .edit(let edit) = draft.mode, edit.editor.isChanged else {
            if case .edit = draft.mode { draft.mode = .overview }
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
        case .openForm(let name): openForm(template: name)
        case .generate: generate()
        case .regenerate: regenerate()
        case .takeUnsent(let key): openUnsentForm(key)
        case .takeKept(let text): take(text)
        case .quit: perform(.quit)
        }
    }

    mutating func editExternally() {
        if case .edit(let edit) = draft.mode {
            let target = EditorTarget.variant(generation: edit.generation, index: edit.variant)
            return ask(.openEditor(target, text: edit.editor.text))
        }
        guard let generation = shownGeneration, let variant = selectedVariant, variant.isEnded else { return }
        ask(.openEditor(.variant(generation: generation.key, index: generation.selected), text: variant.text))
    }

    mutating func takeFromEditor(_ target: EditorTarget, text: String?) {
        let file = editorFile
        editorFile = nil
        if let text { place(text, from: target) }
        guard let file else { return }
        // The file goes only once its text is kept elsewhere.
        saveSessionIfChanged()
        ask(.removeEditorFile(path: file.path, holding: [text ?? file.text]))
    }

    private mutating func place(_ text: String, from target: EditorTarget) {
        switch target {
        case .field(let name): setField(name, to: text)
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
        guard let step = undoSteps.popLast() else { return say("Nothing to undo") }
        switch step {
        case .edit(let key, let index, let earlier):
            changeText(
                of: index, in: key, to: earlier, origin: .undo,
                done: "The edit of \(Variant.letter(index)) is taken back")
            reveal(key, index)
        case .star(let key, let index, let was):
            guard variant(key, index) != nil else { return }
            let letter = Variant.letter(index)
            setStar(
                was, generation: key, variant: index,
                done: was ? "\(letter) has its star again" : "The star of \(letter) is off again")
            reveal(key, index)
        case .trash(let key, let index, let was):
            guard variant(key, index) != nil else { return }
            let letter = Variant.letter(index)
            setTrash(
                was, generation: key, variant: index,
                done: was ? "\(letter) is in the trash again" : "\(letter) is back from the trash")
            reveal(key, index)
        case .trashGeneration(let id, let title):
            write(.restoreGeneration(id: id), done: "\(title) is back from the trash")
        }
    }

    private mutating func reveal(_ key: Int, _ index: Int) {
        change(key) { $0.selected = index }
        if case .edit = draft.mode { return }
        if draft.shown != key, generations.contains(where: { $0.key == key }) { draft.shown = key }
    }

    // MARK: Copy and compare

    mutating func copy() {
        guard let generation = shownGeneration, let variant = selectedVariant, !variant.text.isEmpty else { return }
        ask(.copy(variant.text))
        let count = variant.layout.length.characters(countsWideAsTwo: false)
        say("\(Variant.letter(generation.selected)) is copied, \(count) characters")
    }

    mutating func compare() {
        guard let generation = shownGeneration, can(.compare) else { return }
        if case .edit = draft.mode { return }
        let right = otherVariant(in: generation, than: generation.selected, from: generation.selected, step: 1)
        compare(generation.selected, with: right, in: generation)
    }

    private mutating func compare(_ left: Int, with right: Int, in generation: OpenGeneration) {
        focus = .draft
        draft.part = .variants
        draft.readerTop = 0
        draft.mode = .compare(Comparison(left: left, right: right, of: generation, columns: comparisonColumns))
    }

    private func otherVariant(in generation: OpenGeneration, than left: Int, from start: Int, step: Int) -> Int {
        let count = generation.variants.count
        var index = start
        for _ in 0..<count {
            index = (index + step + count) % count
            let variant = generation.variants[index]
            if index != left && !variant.inTrash && !variant.text.isEmpty { return index }
        }
        return start
    }
}
