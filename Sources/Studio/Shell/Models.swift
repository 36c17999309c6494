import Generation

// The models that can be chosen, and the one that writes.

/// A server of the settings, and what it answered when it was asked for its models.
struct Server: Sendable, Hashable {
    var name: String
    /// The last answer; `nil` before the first one.
    var answer: ServerAnswer?
    /// True if it is being asked.
    var isAsked = false
}

extension StudioState {
    mutating func openModels() {
        ask(.listModels)
        askServers()
        let isListed = models.contains { $0.name == modelName }
        let used = isListed ? modelName : modelOpenedAs ?? modelName
        dialog = ModelsDialog(selected: downloads.newest ?? used)
        downloads.newest = nil
    }

    mutating func askServers() {
        guard !servers.isEmpty else { return }
        for index in servers.indices { servers[index].isAsked = true }
        ask(.askServers)
    }

    mutating func takeModels(_ items: [ModelItem], servers names: [String]) {
        models = items
        let isNew = names != servers.map(\.name)
        servers = names.map { name in servers.first { $0.name == name } ?? Server(name: name) }
        if isNew, dialog is ModelsDialog { askServers() }
    }

    mutating func takeAnswer(_ answer: ServerAnswer, ofServer name: String) {
        guard let index = servers.firstIndex(where: { $0.name == name }) else { return }
        servers[index].answer = answer
        servers[index].isAsked = false
    }

    mutating func useModel(_ name: String) {
        if name == modelName || name == modelOpenedAs {
            giveChatModel(name)
            return memory.choices.model = name
        }
        guard draft.running == nil else { return say("The model is writing. Stop it first.", isFailure: true) }
        say("Opening \(name)…")
        memory.awaitedModel = name
        openingModel = name
        ask(.useModel(name: name))
    }

    mutating func takeModel(_ name: String, openedAs: String?) {
        modelName = name
        modelFailure = nil
        modelOpenedAs = openedAs ?? openingModel
        if let opened = modelOpenedAs, StudioState.isFilePath(opened) { openedFiles[opened] = name }
        if let path = downloads.openingFile, path == openingModel {
            downloads.openingFile = nil
            if dialog is DownloadsDialog { dialog = nil }
        }
        let isChosen = openingModel != nil && openingModel == memory.awaitedModel
        openingModel = nil
        if name == memory.awaitedModel {
            memory.choices.model = name
            memory.awaitedModel = nil
        }
        ask(.listModels)
        if draft.chat?.waiting != nil { takeChatModel() } else if isChosen { giveChatModel(modelOpenedAs ?? name) }
    }

    mutating func takeModelFailure(_ sentence: String) {
        if modelName.isEmpty { modelFailure = sentence }
        let path = openingModel
        openingModel = nil
        if let file = downloads.openingFile, file == path {
            downloads.openingFile = nil
            downloads.problem = sentence
            if dialog is DownloadsDialog { return }
        }
        if takeChatModelFailure(sentence) { return }
        say(sentence, isFailure: true)
    }

    /// True at a first start: nothing was chosen or written yet, and the model in use is the only one.
    var offersModels: Bool {
        models.count == 1 && models.first?.name == modelName && servers.isEmpty && memory.isLoaded
            && memory.choices == RememberedChoices() && memory.last == RememberedChoices() && history.entries.isEmpty
            && draft.generations.isEmpty && draft.form == nil && downloads.isUntouched
    }

    // MARK: Files

    /// True if a text names a file of this machine and no model of a list.
    static func isFilePath(_ text: String) -> Bool {
        let text = text.lowercased()
        if ["/", "~/", "./", "../"].contains(where: text.hasPrefix) { return true }
        return text.hasSuffix(".gguf") && !text.contains("/") && !text.contains(":")
    }

    /// Opens a model by the path of its file. A dialog that asked for it stays open until it is there.
    mutating func openModelFile(_ path: String) {
        downloads.problem = nil
        downloads.openingFile = path
        useModel(path)
        if openingModel != path { downloads.openingFile = nil }
    }

    // MARK: Rows

    /// The rows of the dialog.
    var modelSections: [SectionList.Section] {
        guard !models.isEmpty else { return [] }
        let own = models.filter { $0.origin == .own }.map(row) + rowsOfFiles
        let adapters = models.filter { $0.origin == .adapter }.map(adapterRow)
        let others = models.filter { if case .program = $0.origin { true } else { false } }.map(row)
        let aliases = models.filter { if case .alias = $0.origin { true } else { false } }.map(row)
        let going = jobs.all.lazy.compactMap { job -> String? in
            guard case .download(let request) = job.work else { return nil }
            return "\(request.name): \(self.facts(ofDownload: job))"
        }.first
        let more = SectionList.Row(
            id: ModelsDialog.getModelID, title: "Get a model…",
            cells: [going ?? "small ones that write well, or any other"], choice: .openDownloads)
        return [
            .init(title: "Your models", rows: own),
            .init(title: "Adapters, to put on top of the model", rows: adapters),
            .init(title: "Models of other programs", rows: others),
            .init(
                title: "On servers", rows: servers.flatMap(rows(of:)),
                lines: servers.filter { $0.isAsked && $0.answer == nil }.map { "asking \($0.name)…" }),
            .init(title: "Other names", rows: aliases),
            .init(rows: [more]),
        ]
    }

    /// The models that were opened by the paths of their files, and the one in use if no list has it.
    private var rowsOfFiles: [SectionList.Row] {
        let onServers = servers.flatMap { server -> [ModelItem] in
            if case .models(let items)? = server.answer { items } else { [] }
        }
        let listed = Set((models + onServers).map(\.name))
        var files = openedFiles
        if !modelName.isEmpty { files[modelOpenedAs ?? modelName] = modelName }
        return files.sorted { $0.key < $1.key }.filter { !listed.contains($0.key) && !listed.contains($0.value) }.map {
            opened, name in
            SectionList.Row(
                id: opened, title: name, cells: [opened == name ? "" : onOneLine(opened)], isMarked: name == modelName,
                choice: .useModel(name: opened))
        }
    }

    /// An adapter: it goes on top of the model in use, or comes off it.
    private func adapterRow(of item: ModelItem) -> SectionList.Row {
        var choice = ModelChoice(modelOpenedAs ?? modelName)
        let isOnTop = choice.adapters.contains { $0.name == item.name }
        if isOnTop {
            choice.adapters.removeAll { $0.name == item.name }
        } else {
            choice.adapters.append(ModelChoice.Adapter(item.name))
        }
        var row = row(of: item)
        row.isMarked = isOnTop
        guard item.problem == nil, !modelName.isEmpty else { return row }
        row.note = isOnTop ? "Comes off \(choice.base)." : "Goes on top of \(choice.base)."
        row.choice = .useModel(name: choice.text)
        return row
    }

    private func row(of item: ModelItem) -> SectionList.Row {
        let origin: String =
            switch item.origin {
            case .own, .server, .adapter: ""
            case .program(let name): name
            case .alias(let name): "is \(name)"
            }
        let detail = item.problem == nil ? item.detail : "cannot be used"
        return SectionList.Row(
            id: item.name, title: item.name, cells: [[origin, detail].filter { !$0.isEmpty }.joined(separator: " · ")],
            isMarked: item.name == modelName || item.name == modelOpenedAs, note: item.problem ?? "",
            isFailure: item.problem != nil,
            choice: item.problem.map { .tell(title: item.name, text: $0) } ?? .useModel(name: item.name))
    }

    private func rows(of server: Server) -> [SectionList.Row] {
        switch server.answer {
        case nil: []
        case .models(let items) where items.isEmpty:
            [
                SectionList.Row(
                    id: server.name + "/", title: server.name, cells: ["lists no models"],
                    note: "Type \(server.name)/MODEL into the filter to use a model that it does not list.")
            ]
        case .models(let items): items.map(row)
        case .failed(let sentence):
            [
                SectionList.Row(
                    id: server.name + "/", title: server.name,
                    cells: [server.isAsked ? "asking again…" : "gives no list"], note: sentence, isFailure: true,
                    choice: .tell(title: server.name, text: sentence))
            ]
        }
    }
}
