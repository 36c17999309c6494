import Generation

// Getting models: asked for in a dialog, planned before anything is downloaded, then a job that goes on while one drafts.
// - What was downloaded is kept whatever ends the job: cancelling, a failure, the end of the studio.
// - An answer that nobody waits for any more changes nothing.

/// What is known of models that can be downloaded.
struct Downloads: Sendable {
    /// `nil` before they were first asked for.
    var offers: DownloadOffers?
    var search: HubSearch?
    /// The reference that is being looked up.
    var planning: String?
    /// The path of a file that is being opened as a model.
    var openingFile: String?
    /// Why the last one could not be looked up, or opened.
    var problem: String?
    /// The sizes that the Hub has told, in bytes, by the reference.
    var sizes: [String: Int] = [:]
    /// Why a download ended early, by its reference.
    var failures: [String: String] = [:]
    /// The models that this studio got.
    var arrived: [String] = []
    /// The one that came last, until the dialog of models has shown it.
    var newest: String?

    /// True if nobody has asked for a model yet.
    var isUntouched: Bool { offers == nil && arrived.isEmpty }
}

struct HubSearch: Sendable, Hashable {
    var words: String
    /// `nil` while the Hub is asked.
    var found: [DownloadOffer]?
    var failure: String?
}

extension StudioState {
    mutating func openDownloads() {
        ask(.listOffers)
        downloads.problem = nil
        dialog = DownloadsDialog()
    }

    // MARK: Asking

    mutating func searchHub(_ words: String) {
        downloads.search = HubSearch(words: words)
        ask(.searchHub(words: words))
    }

    mutating func planDownload(_ reference: String) {
        downloads.planning = reference
        downloads.problem = nil
        downloads.failures[reference] = nil
        ask(.planDownload(reference: reference))
    }

    mutating func takeOffers(_ offers: DownloadOffers) { downloads.offers = offers }

    mutating func takeFound(_ found: [DownloadOffer], for words: String) {
        guard downloads.search?.words == words else { return }
        downloads.search?.found = found
        if let first = found.first, var open = dialog as? DownloadsDialog {
            open.select(StudioState.foundID(first))
            dialog = open
        }
    }

    mutating func takeSearchFailure(_ sentence: String, for words: String) {
        guard downloads.search?.words == words else { return }
        downloads.search?.failure = sentence
    }

    mutating func takePlanFailure(_ sentence: String, for reference: String) {
        guard downloads.planning == reference else { return }
        downloads.planning = nil
        downloads.problem = sentence
        if !(dialog is DownloadsDialog) { say(sentence, isFailure: true) }
    }

    /// Asks once before anything is downloaded. If the dialog was closed meanwhile, nothing is asked.
    mutating func takePlan(_ plan: DownloadPlan) {
        downloads.sizes[plan.reference] = plan.totalBytes
        guard downloads.planning == plan.reference else { return }
        downloads.planning = nil
        guard dialog is DownloadsDialog else { return }
        if plan.isHere { return takeArrival(plan.name, "\(plan.name) is here already") }
        if isDownloading(plan.reference) { return }
        if let free = plan.freeBytes, free < plan.neededBytes {
            downloads.problem =
                "\(plan.name) needs \(JobProgress.Unit.size(plan.neededBytes)) and the disk has \(JobProgress.Unit.size(free)) free. "
                + "Make room and try again, or take a smaller one."
            return
        }
        confirm(
            "Get \(clipped(onOneLine(plan.name), columns: 48))", question(about: plan),
            .init(
                key: "y", title: "Download",
                answer: .download(
                    DownloadRequest(reference: plan.reference, name: plan.name, source: plan.source))),
            .init(key: "n", title: "Cancel", answer: .openDownloads))
    }

    private func question(about plan: DownloadPlan) -> String {
        let files = plan.fileCount == 1 ? "1 file" : "\(plan.fileCount) files"
        var size = "\(files), \(plan.totalBytes.map(JobProgress.Unit.size) ?? "of unknown size")"
        if plan.bytesThere > 0 { size += ", of which \(JobProgress.Unit.size(plan.bytesThere)) are here" }
        if let free = plan.freeBytes { size += "; \(JobProgress.Unit.size(free)) are free" }
        let licence = onOneLine(plan.licence ?? "")
        var lines = [
            "From \(onOneLine(plan.source))", size + ".",
            licence.isEmpty ? "Its licence is not told." : "Licence: \(licence).",
        ]
        if let path = plan.pathElsewhere { lines.append("The same file is here already: \(onOneLine(path))") }
        lines.append("It is downloaded while you go on writing.")
        return lines.joined(separator: "\n")
    }

    // MARK: The job

    func isDownloading(_ reference: String) -> Bool {
        jobs.all.contains { if case .download(let request) = $0.work { request.reference == reference } else { false } }
    }

    mutating func download(_ request: DownloadRequest) {
        if !isDownloading(request.reference) {
            downloads.failures[request.reference] = nil
            start(.download(request))
        }
        if !(dialog is DownloadsDialog) { openDownloads() }
        if var open = dialog as? DownloadsDialog {
            open.select(StudioState.downloadID(request))
            dialog = open
        }
    }

    mutating func endDownload(_ request: DownloadRequest, _ message: JobMessage) {
        ask(.listOffers)
        switch message {
        case .failed(let sentence):
            downloads.failures[request.reference] = sentence
            say(sentence, isFailure: true)
        case .cancelled:
            guard !isQuitting else { return }
            say("\(onOneLine(request.name)) is not downloaded any further. Its part is kept: Enter resumes it here.")
        case .finished(.downloaded(let name)):
            ask(.listModels)
            takeArrival(name, "\(onOneLine(name)) is here")
        case .finished, .started, .progress: break
        }
    }

    /// Says that a model is here, and how to use it from where the writer is.
    private mutating func takeArrival(_ name: String, _ sentence: String) {
        if !downloads.arrived.contains(name) { downloads.arrived.append(name) }
        downloads.newest = name
        if var open = dialog as? DownloadsDialog {
            open.select(StudioState.arrivalID(name))
            dialog = open
            return say("\(sentence): Enter uses it")
        }
        let key = label(.models)
        say(dialog == nil ? "\(sentence): \(key), then Enter, uses it" : sentence)
    }

    mutating func askToDiscard(_ download: UnfinishedDownload) {
        confirm(
            "Discard",
            "Remove the \(JobProgress.Unit.size(download.bytesThere)) of \(onOneLine(download.request.name)) "
                + "that are downloaded?",
            .init(key: "n", title: "Keep", answer: .openDownloads),
            .init(key: "y", title: "Remove", answer: .discardDownload(id: download.id)))
    }

    mutating func discardDownload(_ id: String) {
        ask(.discardDownload(id: id))
        say("Its part is removed.")
        openDownloads()
    }
}
