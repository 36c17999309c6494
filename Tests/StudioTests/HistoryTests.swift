import Generation
import Testing

@testable import Studio

private func entries(_ ids: ClosedRange<Int64>) -> [HistoryEntry] {
    ids.map { id in
        HistoryEntry(id: id, createdAt: StudioScript.now - Double(id) * 60, title: "Entry \(id)", draftCount: 2)
    }
}

private let saved = SavedGeneration(
    id: 3, createdAt: StudioScript.now - 180, status: .complete, templateName: "search-ad-headline",
    title: "Search ad headlines", fields: ["product": "Lamp", "tone": "warm", "keyword": ""],
    limits: LengthLimits(characters: 30), model: ModelIdentity(name: "built-in", hash: "", engine: ""), seed: 11,
    drafts: [
        SavedDraft(
            id: 30, generationId: 3, ordinal: 0, text: "Warm lamp", finishReason: .stop, createdAt: 0, updatedAt: 0),
        SavedDraft(
            id: 31, generationId: 3, ordinal: 1, text: "Gone", finishReason: .stop, createdAt: 0, updatedAt: 0,
            deletedAt: 1),
    ])

@Test
func `the first start says in history what to press`() {
    var script = StudioScript(rows: 30, columns: 120)
    script.answerHistory([])
    #expect(script.screen.contains("Nothing is written yet."))
}

@Test
func `older pages are asked for when the end comes near`() {
    var script = StudioScript()
    script.press(.character("3"))
    script.answerHistory(entries(1...100), hasMore: true)
    #expect(script.state.history.awaited == nil)
    script.press(.character("G"))
    guard case .loadHistory(let query) = script.effects.last else {
        Issue.record("no page was asked for")
        return
    }
    #expect(query.after == .init(createdAt: StudioScript.now - 6000, id: 100))
    script.answerHistory(entries(101...150))
    #expect(script.state.history.entries.count == 150)
    #expect(script.state.history.selected == 100)
}

/// A store of entries that answers as the real one does.
private struct ListedStore {
    var entries: [HistoryEntry]

    func answer(_ script: inout StudioScript) {
        while let request = script.state.history.awaited {
            let last = request.after.flatMap { cursor in entries.firstIndex { $0.id == cursor.id } }
            let start = last.map { $0 + 1 } ?? 0
            let page = entries[start...].prefix(request.limit)
            script.send(
                .historyPage(request, entries: Array(page), hasMore: start + request.limit < entries.count))
        }
    }

    /// The list scrolled down to its end, and a little up.
    func scrolled(to count: Int) -> StudioScript {
        var script = StudioScript()
        script.press(.character("3"))
        answer(&script)
        while script.state.history.entries.count < count {
            script.press(.character("G"))
            answer(&script)
        }
        script.press(.up, .up)
        answer(&script)
        return script
    }
}

@Test
func `the selected entry stays selected at any depth when other entries come and go`() throws {
    var store = ListedStore(entries: entries(1...7000))
    var script = store.scrolled(to: 6000)
    let selected = try #require(script.state.history.selectedEntry)
    #expect(selected.id > 5800)

    // Others write: something new, something far above it gone, its neighbour gone.
    store.entries.insert(
        HistoryEntry(id: 9000, createdAt: StudioScript.now, title: "Entry 9000", draftCount: 1), at: 0)
    store.entries.removeAll { $0.id == 40 || $0.id == selected.id - 1 }
    script.send(.historyChanged)
    store.answer(&script)
    #expect(script.state.history.selectedEntry == selected)
    #expect(script.screen.contains("\(selected.title)"))
    let listed = script.state.history.entries.map(\.id)
    #expect(listed.first == 9000)
    #expect(!listed.contains(40) && !listed.contains(selected.id - 1))
    #expect(Set(listed).count == listed.count)
    #expect(listed.count > 5800)

    // The list still goes on from its end.
    script.press(.character("G"))
    store.answer(&script)
    #expect(script.state.history.entries.count > listed.count)
    script.press(.character("G"))
    store.answer(&script)
    #expect(script.state.history.entries.map(\.id).last == Int64(script.state.history.entries.count + 1))
}

@Test
func `the entry in its place is selected when a selected entry deep in the list is gone`() throws {
    var store = ListedStore(entries: entries(1...7000))
    var script = store.scrolled(to: 6000)
    let selected = try #require(script.state.history.selectedEntry)
    store.entries.removeAll { $0.id == selected.id }
    script.send(.historyChanged)
    store.answer(&script)
    #expect(script.state.history.selectedEntry?.id == selected.id + 1)
}

@Test
func `a search lists only what it finds, however deep the list was before`() {
    let store = ListedStore(entries: entries(1...3000))
    var script = store.scrolled(to: 2500)
    script.press(.character("/"))
    script.type("e")
    script.answerHistory(entries(1...100), hasMore: true)
    #expect(script.state.history.entries.map(\.id) == Array(1...100))
}

@Test
func `an answer to an earlier search is not shown`() throws {
    var script = StudioScript()
    script.press(.character("3"), .character("/"))
    script.answerHistory(entries(1...3))
    script.type("l")
    let earlier = try #require(script.state.history.awaited)
    script.type("amp")
    script.send(.historyPage(earlier, entries: entries(7...9), hasMore: false))
    #expect(!script.screen.contains("Entry 7"))
    script.answerHistory(entries(5...5))
    #expect(script.state.history.entries.map(\.id) == [5])
    script.press(.escape)
    #expect(script.state.history.awaited?.query.text == "")
}

@Test
func `opening a generation shows its variants and fills its form`() {
    var script = StudioScript()
    script.press(.character("3"))
    script.answerHistory(entries(1...5))
    script.press(.down, .down, .enter)
    #expect(script.effects.last == .openGeneration(id: 3))
    script.send(.generationOpened(saved))
    #expect(script.state.draft.form?.values == saved.fields)
    #expect(script.screen.contains("Warm lamp") && script.screen.contains("B ── in the trash"))
    script.press(.character("r"))
    #expect(script.request?.source == .template(name: "search-ad-headline", fields: saved.fields))
}

@Test(arguments: [true, false])
func `a free prompt is opened as it was sent, raw or as chat`(isRaw: Bool) {
    var script = StudioScript()
    script.press(.character("3"))
    script.answerHistory(entries(1...5))
    script.press(.enter)
    var free = saved
    free.templateName = nil
    free.fields = ["prompt": "Once upon a time"]
    free.isRaw = isRaw
    guard case .openGeneration(let id)? = script.effects.last else {
        Issue.record("nothing was opened")
        return
    }
    free.id = id
    script.send(.generationOpened(free))
    #expect(script.state.draft.form?.isRaw == isRaw)
    script.press(.character("r"))
    #expect(script.request?.source == .freePrompt(text: "Once upon a time", raw: isRaw))
}

@Test
func `what was typed and not sent is there again after a look into history`() {
    var script = StudioScript()
    script.open("search ad")
    script.type("My own lamp")
    script.press(.alt("3"))
    script.answerHistory(entries(3...3))
    script.press(.enter)
    script.send(.generationOpened(saved))
    #expect(script.state.draft.form?.values["product"] == "Lamp")
    script.open("search ad")
    #expect(script.state.draft.form?.values["product"] == "My own lamp")
}

@Test
func `a running generation is opened from history without asking the store`() {
    var script = StudioScript()
    script.open("article")
    script.press(.control("e"), .control("g"))
    script.send(.generation(job: script.job, .began(generationId: 8, draftIds: [80, 81, 82], seed: 1)))
    script.answerHistory(entries(8...9))
    script.send(.generation(job: script.job, .text(variant: 0, piece: "Half")))
    script.open("product ad")
    #expect(!script.screen.contains("Half"))
    script.press(.alt("3"), .character("g"), .enter)
    #expect(script.screen.contains("Half"))
    #expect(!script.effects.contains(.openGeneration(id: 8)))
}

@Test
func `a generation goes to the trash and comes back`() {
    var script = StudioScript()
    script.press(.character("3"))
    script.answerHistory(entries(1...3))
    script.press(.character("d"))
    script.confirmWrites()
    script.press(.character("u"))
    #expect(script.writes == [.trashGeneration(id: 1), .restoreGeneration(id: 1)])
    script.press(.character("T"))
    #expect(script.state.history.awaited?.query.inTrash == true)
    script.answerHistory(entries(2...2))
    #expect(script.screen.contains("Trash"))
    script.press(.character("r"))
    #expect(script.state.pendingWrites.last?.write == .restoreGeneration(id: 2))
    script.press(.character("D"))
    #expect(script.question.contains("Every draft and every conversation in the trash is removed for good."))
    script.press(.enter)
    #expect(!script.state.pendingWrites.contains { $0.write == .emptyTrash })
}

@Test
func `what is typed is kept for the next start, and is there again`() {
    var script = StudioScript()
    script.open("article")
    script.type("bees")
    script.send(.tick(now: StudioScript.now + 10))
    guard case .saveSession(let session) = script.effects.last else {
        Issue.record("no session was saved")
        return
    }
    var next = StudioScript()
    next.send(.sessionRestored(session))
    #expect(next.state.draft.form?.values["topic"] == "bees")
    #expect(next.screen.contains("bees"))
    let count = script.effects.count
    script.send(.tick(now: StudioScript.now + 20))
    #expect(script.effects.count == count)
}

@Test
func `an edit that was open when the studio ended is open again`() {
    var script = StudioScript()
    script.send(
        .sessionRestored(
            StudioSession(
                openEdit: .init(draftId: 30, generationId: 3, text: "Warm lamp, edited", base: .init(text: "Warm lamp"))
            )))
    #expect(script.effects.contains(.openGeneration(id: 3)))
    script.send(.generationOpened(saved))
    #expect(script.state.context == .edit)
    #expect(script.screen.contains("Warm lamp, edited"))
    script.press(.control("s"))
    #expect(
        script.state.pendingWrites.last?.write
            == .revision(draftId: 30, text: "Warm lamp, edited", origin: .edit, base: .init(text: "Warm lamp")))
}

@Test
func `a form filled from history and changed is there again at the next start`() {
    var script = StudioScript()
    script.press(.character("3"))
    script.answerHistory(entries(3...3))
    script.press(.enter)
    script.send(.generationOpened(saved))
    script.press(.character("f"))
    script.type(" two")
    script.press(.control("c"))
    let sessions = script.effects.compactMap { if case .saveSession(let session) = $0 { session } else { nil } }
    var next = StudioScript()
    next.send(.sessionRestored(sessions.last ?? StudioSession()))
    #expect(next.state.draft.form?.values["product"] == "Lamp two")
}

@Test
func `the filter prefers a title that holds what is typed`() {
    var script = StudioScript()
    script.press(.character("/"))
    script.type("story")
    #expect(script.state.templates.selected == "short-story")
    script.press(.escape)
    script.type("/ad h")
    #expect(script.state.templates.selected == "search-ad-headline")
    script.press(.enter, .enter)
    #expect(script.state.draft.form?.template?.name == "search-ad-headline")
}
