// Brings one file, in as many tries as it takes.
// - Each try asks its source anew, because the addresses that it redirects to are valid for a short time only.
// - Bytes that have come are kept between tries. The file host decides whether it goes on or begins again; what it says
//   about the range must be exactly what was asked for.
// - The file is done only when its size and its checksum are right; a wrong one comes once more from the beginning.

import Transfer

/// Who gives a file out.
struct FileSource {
    /// The headers that an address may get because of who it is.
    var authorization: (WebAddress) -> [HTTPHeader]
    /// What a refusal of the first address means; nil if it is to be told as it is.
    var refusal: (_ head: HTTPHead, _ path: String) -> DownloadError?
    /// The commit that a Hub must name; nil if the source is no Hub.
    var commit: String?
    /// Gets a token after a refusal; true if another try may succeed.
    var takeToken: (HTTPHead) throws -> Bool = { _ in false }
}

/// Brings one file into its part.
final class FileTransfer {
    /// The most bytes that are read at once; fewer and larger writes are faster.
    private static let bufferBytes = 512 << 10
    private static let tries = 6
    private static let triesIfRefused = 3

    private let requests: Requests
    private let source: FileSource
    private let file: PullPlan.File
    private let part: PartFile
    private let start: WebAddress
    /// Called for each piece with the bytes so far, and while none comes.
    private let progress: (Int) -> Void
    /// Called when the host of the bytes is known, before the first byte of the file.
    private let hostIsKnown: (_ tag: String?, _ origin: String) throws -> Void
    private var hostTag: (tag: String, origin: String)?
    private var hasEnded = false

    init(
        _ file: PullPlan.File, into part: PartFile, from source: FileSource, _ requests: Requests,
        facts: PartFacts?, progress: @escaping (Int) -> Void,
        hostIsKnown: @escaping (_ tag: String?, _ origin: String) throws -> Void
    ) throws {
        guard let start = WebAddress(file.address) else { throw DownloadError.invalidEndpoint(file.address) }
        (self.file, self.part, self.source, self.requests, self.start) = (file, part, source, requests, start)
        (self.progress, self.hostIsKnown) = (progress, hostIsKnown)
        if let tag = facts?.hostTag, let origin = facts?.hostOrigin { hostTag = (tag, origin) }
    }

    /// - Returns: the checksum of the complete file.
    func run() throws -> String {
        // Bytes of a file whose content has no name but its address may be those of an older one.
        if file.sum == nil, hostTag == nil, part.count > 0 { try part.restart() }
        var isSecond = false
        while true {
            try bring()
            let found = try part.finish()
            guard let expected = file.sum?.hexadecimal, found != expected else { return found }
            try part.restart()
            hasEnded = false
            if isSecond { throw DownloadError.wrongSum(file: file.path, expected: expected, found: found) }
            isSecond = true
        }
    }

    private var isComplete: Bool { file.bytes.map { part.count == $0 } ?? hasEnded }

    private func bring() throws {
        var failures = 0
        while !isComplete {
            let before = part.count
            do {
                try attempt()
                if !isComplete {
                    throw PassingFailure(error: .transfer("\(TransferError.cutOff(host: start.host))", tries: 1))
                }
            } catch let failure as PassingFailure {
                failures = part.count > before ? 1 : failures + 1
                try requests.wait(after: failure, failures: failures)
            }
        }
    }

    /// What the head of an answer asks for.
    private enum Verdict {
        case append, redirect(HTTPHead), refused(HTTPHead), isComplete, beginAgain
    }

    /// Ends a transfer whose head said everything.
    private struct HeadIsEnough: Error {}

    private func attempt() throws {
        var trail = RedirectTrail(start)
        var hasCommit = source.commit == nil
        while true {
            let offset = part.count
            switch try exchange(trail, offset, &hasCommit) {
            case .append: return
            case .isComplete:
                hasEnded = true
                return
            case .redirect(let head): try trail.follow(head)
            case .refused(let head): try refuse(head, trail)
            case .beginAgain:
                try part.restart()
                hostTag = nil
                throw PassingFailure(error: .wrongRange(host: trail.address.host, found: "nothing"))
            }
        }
    }

    private func exchange(_ trail: RedirectTrail, _ offset: Int, _ hasCommit: inout Bool) throws -> Verdict {
        var request = requests.request(trail.address, headers(trail.address, offset))
        request.bufferSize = Self.bufferBytes
        var verdict = Verdict.append
        var named = hasCommit
        defer { hasCommit = named }
        let reader = HTTPClient.Reader(
            head: { [self] head in
                verdict = try judge(head, trail, offset, &named)
                guard case .append = verdict else { throw HeadIsEnough() }
            },
            body: { [self] bytes in try take(bytes) }, waiting: { [self] _ in progress(part.count) })
        do {
            try requests.passing { try HTTPClient().send(request, isStopped: requests.isStopped, reader: reader) }
            if case .append = verdict { hasEnded = true }
        } catch is HeadIsEnough {
        } catch var failure as PassingFailure {
            // Who has part of a file waits longer for the network to come back than who only asks.
            failure.tries = max(failure.tries, Self.tries)
            throw failure
        }
        return verdict
    }

    private func headers(_ address: WebAddress, _ offset: Int) -> [HTTPHeader] {
        var headers = source.authorization(address)
        if offset > 0 {
            headers.append(HTTPHeader("Range", "bytes=\(offset)-"))
            // Another host would know another tag, and send the whole file.
            if let hostTag, hostTag.origin == address.origin { headers.append(HTTPHeader("If-Range", hostTag.tag)) }
        }
        return headers
    }

    private func judge(_ head: HTTPHead, _ trail: RedirectTrail, _ offset: Int, _ hasCommit: inout Bool) throws
        -> Verdict
    {
        let address = trail.address
        if source.commit != nil, address.origin == start.origin { try checkHub(head, trail, &hasCommit) }
        if RedirectTrail.isRedirect(head.status) {
            let next = head["Location"].flatMap { address.following($0) }
            if !hasCommit, let next, next.origin != start.origin { throw withoutCommit }
            return .redirect(head)
        }
        if let failure = Requests.passingFailure(head, address) { throw failure }
        switch head.status {
        case 200:
            guard hasCommit else { throw withoutCommit }
            try beginBody(head, address)
            return .append
        case 206:
            guard hasCommit else { throw withoutCommit }
            try continueBody(head, address, offset)
            return .append
        case 416 where offset > 0:
            let total = head["Content-Range"].flatMap(ContentRange.init)?.total
            return file.bytes == nil && total == offset ? .isComplete : .beginAgain
        default: return .refused(head)
        }
    }

    private var withoutCommit: DownloadError {
        .notAHub(host: start.host, problem: "it does not say which commit a file is of (X-Repo-Commit)")
    }

    /// A Hub says what it is going to give, and that must be what its list said.
    private func checkHub(_ head: HTTPHead, _ trail: RedirectTrail, _ hasCommit: inout Bool) throws {
        guard (200..<400).contains(head.status) else { return }
        if let commit = head["X-Repo-Commit"] {
            guard commit.lowercased() == source.commit else {
                throw DownloadError.changed(file: file.path, what: "it is of another commit now")
            }
            hasCommit = true
        }
        if let size = head["X-Linked-Size"].flatMap(HeaderNumber.count), let bytes = file.bytes, size != bytes {
            throw DownloadError.changed(file: file.path, what: "it has \(size) bytes now, and not \(bytes)")
        }
        let isDirect = head.status == 200 && trail.steps == 0
        guard let text = head["X-Linked-Etag"] ?? (isDirect ? head["ETag"] : nil), let tag = EntityTag(text)?.value,
            HubJSON.isHexadecimal(tag, count: 64) || HubJSON.isHexadecimal(tag, count: 40)
        else { return }
        guard tag == file.sum?.hexadecimal ?? tag else {
            throw DownloadError.changed(file: file.path, what: "its checksum is another one now")
        }
    }

    /// The whole file comes, asked for or not.
    private func beginBody(_ head: HTTPHead, _ address: WebAddress) throws {
        if let length = head["Content-Length"].flatMap(HeaderNumber.count), let bytes = file.bytes, length > bytes {
            throw DownloadError.changed(file: file.path, what: "it has \(length) bytes now, and not \(bytes)")
        }
        if part.count > 0 { try part.restart() }
        let tag = head["ETag"].flatMap(EntityTag.init).flatMap { $0.isWeak ? nil : $0.text }
        hostTag = tag.map { ($0, address.origin) }
        try hostIsKnown(tag, address.origin)
    }

    /// The rest of the file comes.
    private func continueBody(_ head: HTTPHead, _ address: WebAddress, _ offset: Int) throws {
        let text = head["Content-Range"] ?? ""
        guard offset > 0, let range = ContentRange(text), range.start == offset,
            range.total == nil || file.bytes == nil || range.total == file.bytes
        else {
            throw DownloadError.wrongRange(
                host: address.host, found: text.isEmpty ? "no Content-Range" : ServerMessage.short(text))
        }
    }

    private func take(_ bytes: UnsafeRawBufferPointer) throws {
        if let limit = file.bytes, bytes.count > limit - part.count {
            try part.restart()
            throw DownloadError.tooLong(file: file.path, bytes: limit)
        }
        try part.append(bytes)
        progress(part.count)
    }

    private func refuse(_ head: HTTPHead, _ trail: RedirectTrail) throws {
        if trail.steps == 0 {
            if head.status == 401, try source.takeToken(head) { return }
            if let error = source.refusal(head, file.path) { throw error }
        }
        let host = trail.address.host
        let error =
            head.status == 404
            ? DownloadError.notFound(address: trail.address.publicPath, host: host)
            : .server(
                host: host, status: head.status, message: ServerMessage.short(head["X-Error-Message"] ?? ""))
        // A signed address may have been used up, and the next one not.
        if trail.steps > 0, [400, 401, 403, 404, 410].contains(head.status) {
            throw PassingFailure(error: error, tries: Self.triesIfRefused)
        }
        throw error
    }
}
