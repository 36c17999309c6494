import Generation

// The rows of the dialog that gets models.

extension StudioState {
    static func downloadID(_ request: DownloadRequest) -> String { "download \(request.reference)" }
    static func arrivalID(_ name: String) -> String { "here \(name)" }
    static func foundID(_ offer: DownloadOffer) -> String { "found \(offer.reference)" }

    /// The sentence above the list; `nil` if there is none.
    var downloadProblem: String? { downloads.problem ?? downloads.offers?.obstacle }

    var downloadSections: [SectionList.Section] {
        let going = SectionList.Section(title: "Going on", rows: jobs.all.compactMap(row(ofJob:)))
        guard let offers = downloads.offers else { return [going] }
        let unfinished = offers.unfinished.filter { !isDownloading($0.request.reference) }
        return [
            going,
            .init(title: "Here now", rows: downloads.arrived.reversed().map(row(ofArrival:))),
            .init(title: "Not finished", rows: unfinished.map(row)),
            foundSection,
            .init(title: "Good small models", rows: offers.suggested.map { row(of: $0, id: $0.reference) }),
            .init(
                title: "Any other",
                rows: [
                    .init(id: DownloadsDialog.searchID, title: "Search the Hub…"),
                    .init(id: DownloadsDialog.addressID, title: "A name, an address or a file…"),
                ]),
        ]
    }

    private var foundSection: SectionList.Section {
        guard let search = downloads.search else { return .init() }
        let title = "Found by “\(clipped(onOneLine(search.words), columns: 40))”"
        if let failure = search.failure {
            let row = SectionList.Row(
                id: "search failed", title: "The search failed", note: failure, isFailure: true,
                choice: .tell(title: "Search", text: failure))
            return .init(title: title, rows: [row])
        }
        guard let found = search.found else { return .init(title: title, lines: ["asking the Hub…"]) }
        if found.isEmpty { return .init(title: title, lines: ["nothing that this program can run"]) }
        return .init(title: title, rows: found.map { row(of: $0, id: StudioState.foundID($0)) })
    }

    private func row(ofJob job: Job) -> SectionList.Row? {
        guard case .download(let request) = job.work else { return nil }
        return SectionList.Row(
            id: StudioState.downloadID(request), title: request.name, cells: [facts(ofDownload: job)],
            fraction: job.hasStarted ? job.fraction : nil,
            note: ["From \(request.source)", rate(of: job)].compactMap(\.self).joined(separator: " · "),
            cancel: .cancelJob(job.number))
    }

    private func row(ofArrival name: String) -> SectionList.Row {
        SectionList.Row(
            id: StudioState.arrivalID(name), title: name, cells: ["Enter uses it"], isMarked: name == modelName,
            choice: .useModel(name: name))
    }

    private func row(_ download: UnfinishedDownload) -> SectionList.Row {
        let failure = downloads.failures[download.request.reference]
        let bytes = JobProgress.Unit.bytes
        let amount =
            download.totalBytes.map { bytes.text(download.bytesThere, of: $0) }
            ?? bytes.text(download.bytesThere, of: nil)
        return SectionList.Row(
            id: StudioState.downloadID(download.request), title: download.request.name, cells: ["\(amount) are here"],
            note: failure ?? "From \(download.request.source)", isFailure: failure != nil,
            choice: .download(download.request), discard: .askToDiscardDownload(download))
    }

    private func row(of offer: DownloadOffer, id: String) -> SectionList.Row {
        let failure = downloads.failures[offer.reference]
        let size =
            isDownloading(offer.reference)
            ? "on its way"
            : downloads.planning == offer.reference
                ? "asking…"
                : downloads.sizes[offer.reference].map(JobProgress.Unit.size)
                    ?? offer.downloadCount.map { $0 == 1 ? "1 download" : "\(shortCount($0)) downloads" } ?? ""
        let licence = offer.isGated ? "terms to accept" : offer.licence
        return SectionList.Row(
            id: id, title: offer.title, cells: [offer.parameters, licence, size],
            note: failure ?? [offer.note, offer.reference].filter { !$0.isEmpty }.joined(separator: " · "),
            isFailure: failure != nil, choice: .planDownload(reference: offer.reference))
    }

    /// `950`, `12k`, `3.4M`.
    private func shortCount(_ count: Int) -> String {
        switch count {
        case ..<1000: "\(max(0, count))"
        case ..<1_000_000: "\(count / 1000)k"
        default: "\(count / 1_000_000).\(count / 100_000 % 10)M"
        }
    }
}
