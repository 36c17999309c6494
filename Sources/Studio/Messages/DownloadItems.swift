// Models that can be downloaded, as the studio knows them. A download is named by its reference, such as
// `OWNER/REPO:QUANT`, which the runner understands.

/// A model that is offered: one of the short list of good small ones, or one that a search found.
public struct DownloadOffer: Sendable, Hashable {
    public var reference: String
    public var title: String
    /// Such as `135M`; empty if it is unknown.
    public var parameters: String
    /// Empty if it is unknown.
    public var licence: String
    /// What it is good for; empty if nobody said.
    public var note: String
    /// How often it was downloaded from the Hub; `nil` for the short list.
    public var downloadCount: Int?
    /// True if its terms have to be accepted on its page first.
    public var isGated: Bool

    public init(
        reference: String, title: String, parameters: String = "", licence: String = "", note: String = "",
        downloadCount: Int? = nil, isGated: Bool = false
    ) {
        self.reference = reference
        self.title = title
        self.parameters = parameters
        self.licence = licence
        self.note = note
        self.downloadCount = downloadCount
        self.isGated = isGated
    }
}

/// What a download would bring, before anything is downloaded.
public struct DownloadPlan: Sendable, Hashable {
    public var reference: String
    /// Where it comes from, for people: it has no secrets, as an address may have.
    public var source: String
    /// The name that the model will have in the list of models.
    public var name: String
    public var fileCount: Int
    /// `nil` if it is unknown.
    public var totalBytes: Int?
    /// Of an earlier try.
    public var bytesThere: Int
    /// What the rest needs in the models folder.
    public var neededBytes: Int
    /// In the models folder; `nil` if it is unknown.
    public var freeBytes: Int?
    /// `nil` if it is unknown.
    public var licence: String?
    /// The file of another program that has the same content; `nil` if there is none.
    public var pathElsewhere: String?
    /// True if the model is in the models folder already.
    public var isHere: Bool

    public init(
        reference: String, source: String, name: String, fileCount: Int, totalBytes: Int?, bytesThere: Int = 0,
        neededBytes: Int = 0, freeBytes: Int? = nil, licence: String? = nil, pathElsewhere: String? = nil,
        isHere: Bool = false
    ) {
        self.reference = reference
        self.source = source
        self.name = name
        self.fileCount = fileCount
        self.totalBytes = totalBytes
        self.bytesThere = bytesThere
        self.neededBytes = neededBytes
        self.freeBytes = freeBytes
        self.licence = licence
        self.pathElsewhere = pathElsewhere
        self.isHere = isHere
    }
}

/// The work of a download.
public struct DownloadRequest: Sendable, Hashable {
    public var reference: String
    /// The model's name, for people.
    public var name: String
    /// Where it comes from, for people.
    public var source: String

    public init(reference: String, name: String, source: String) {
        self.reference = reference
        self.name = name
        self.source = source
    }
}

/// A download that did not end; its part is kept.
public struct UnfinishedDownload: Sendable, Hashable, Identifiable {
    /// The runner's own name for it.
    public var id: String
    public var request: DownloadRequest
    public var bytesThere: Int
    /// `nil` if it is unknown.
    public var totalBytes: Int?

    public init(id: String, request: DownloadRequest, bytesThere: Int, totalBytes: Int? = nil) {
        self.id = id
        self.request = request
        self.bytesThere = bytesThere
        self.totalBytes = totalBytes
    }
}

/// Everything that can be downloaded without a search.
public struct DownloadOffers: Sendable, Hashable {
    /// The short list of good small models.
    public var suggested: [DownloadOffer]
    public var unfinished: [UnfinishedDownload]
    /// Why nothing can be downloaded now, as a sentence; `nil` if it can.
    public var obstacle: String?

    public init(suggested: [DownloadOffer] = [], unfinished: [UnfinishedDownload] = [], obstacle: String? = nil) {
        self.suggested = suggested
        self.unfinished = unfinished
        self.obstacle = obstacle
    }
}
