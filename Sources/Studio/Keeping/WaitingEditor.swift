import Generation

// An editor that came back at once and changed nothing, because it has a window of its own: its file stays, and its text
// is read when the writer says that it is saved.
// - Until then the session names the file, so its text is offered at the next start too.
// - The file is never removed, because the editor may still write to it.

extension StudioState {
    /// Asks what to do with the file of an editor that came back at once.
    mutating func askAboutEditor(_ target: EditorTarget) {
        keeping.waitingEditor = target
        keeping.editorFile?.waits = true
        saveSessionIfChanged()
        openEditorQuestion(
            "The editor came back at once, and the text is as it was. If it has a window of its own, edit and save "
                + "there, then read the text here.")
    }

    /// True if an editor has a file whose text is not read yet; asks about it then.
    mutating func isWaitingForEditor() -> Bool {
        guard keeping.waitingEditor != nil else { return false }
        openEditorQuestion("Your editor may still have a text from here. Save it there, then read it.")
        return true
    }

    mutating func openEditorQuestion(_ question: String) {
        guard let file = keeping.editorFile else { return }
        confirm(
            "$EDITOR", "\(question) The file is \(file.path).",
            .init(key: "r", title: "Read it", answer: .readEditorFile),
            .init(key: "w", title: "Wait"),
            .init(key: "l", title: "Let it go", answer: .leaveEditorFile))
    }

    mutating func readEditorFile() {
        guard keeping.waitingEditor != nil, let file = keeping.editorFile else { return }
        ask(.readEditorFile(path: file.path, text: file.text))
    }

    /// Takes what stands in the file of an editor that the studio waits for.
    /// - Parameter text: `nil` if it is as it was.
    mutating func takeEditorFile(path: String, text: String?) {
        guard let target = keeping.waitingEditor, let file = keeping.editorFile, file.path == path else { return }
        guard let text else {
            return openEditorQuestion("The text is still as it was. Save it in your editor, then read it.")
        }
        let isAsItWas = presentText(of: target, in: file) == file.text
        var read = session
        read.kept = []
        _ = read.takeEditorFile(text)
        keeping.waitingEditor = nil
        keeping.editorFile = nil
        if isAsItWas {
            place(text, from: target)
            say("The text from your editor is here")
        } else {
            for content in read.kept.map(\.content) { keeping.keep(KeptText(content)) }
            say("Its place has another text by now, so the text from your editor is kept\(keptNote)", isFailure: true)
        }
        saveSessionIfChanged()
    }

    /// The text that stands in the place of an editor's file; `nil` if there is no such place any more.
    private func presentText(of target: EditorTarget, in file: StudioSession.EditorFile) -> String? {
        switch target {
        case .field(let name):
            guard case .field(let key, _) = file.place, let form = draft.form, form.key == key else { return nil }
            return form.values[name]
        case .words(let key, let isEdit):
            guard let chat = draft.chat, chat.key == key else { return nil }
            return isEdit ? chat.edit?.editor.text : chat.composer.text
        case .variant(let key, let index):
            if case .edit(let edit) = draft.mode, edit.generation == key, edit.variant == index {
                return edit.editor.text
            }
            return draft.variant(key, index)?.text
        }
    }

    /// Forgets an editor's file and leaves it on the disk, because the editor may still write to it.
    mutating func leaveEditorFile() {
        guard let file = keeping.editorFile else { return }
        keeping.waitingEditor = nil
        keeping.editorFile = nil
        saveSessionIfChanged()
        say("\(file.path) stays as it is")
    }
}
