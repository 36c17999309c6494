// Asks a Hub: two questions for a plan (the commit of a revision, and all files of that commit), one for a search.

import Foundation
import Transfer

struct HubClient {
    /// The Hub lists a thousand files a page.
    private static let mostPages = 100

    let requests: Requests
    /// Without a slash at its end.
    let endpoint: String
    private let base: WebAddress
    private var environment: DownloadEnvironment { requests.environment }

    /// - Throws: `DownloadError.invalidEndpoint`
    init(_ requests: Requests, endpoint: String) throws {
        guard let base = WebAddress(endpoint) else { throw DownloadError.invalidEndpoint(endpoint) }
        (self.requests, self.endpoint, self.base) = (requests, endpoint, base)
    }

    var host: String { base.host }

    func revision(_ repository: String, _ revision: String?) throws -> HubRevision {
        let name = WebAddress.escaped(revision ?? "main")
        let answer = try ask("/api/models/\(repository)/revision/\(name)")
        guard answer.head.status == 200 else {
            throw refusal(answer.head, repository: repository, revision: revision, file: nil)
        }
        return try reading { () throws(UnreadableAnswer) in try HubRevision(answer.body) }
    }

    /// All files of a commit.
    func files(_ repository: String, commit: String) throws -> [HubFile] {
        var files: [HubFile] = []
        var next: WebAddress? = try address("/api/models/\(repository)/tree/\(commit)?recursive=true")
        var seen: Set<String> = []
        while let page = next, seen.count < Self.mostPages, seen.insert(page.text).inserted {
            let answer = try ask(page)
            guard answer.head.status == 200 else {
                throw refusal(answer.head, repository: repository, revision: commit, file: nil)
            }
            files += try reading { () throws(UnreadableAnswer) in try HubTree.files(answer.body) }
            // A page elsewhere would be another server's word about this one's files.
            let link = answer.head["Link"].flatMap(NextPage.address).flatMap { answer.address.following($0) }
            next = link?.origin == answer.address.origin ? link : nil
        }
        return files
    }

    func search(_ words: String, limit: Int) throws -> [FoundModel] {
        let query =
            "search=\(WebAddress.escaped(words))&filter=gguf&sort=downloads&direction=-1&limit=\(limit)&full=true"
        let answer = try ask("/api/models?\(query)")
        guard answer.head.status == 200 else {
            throw DownloadError.server(
                host: host, status: answer.head.status,
                message: ServerMessage.short(answer.head["X-Error-Message"] ?? ""))
        }
        return Array(try reading { () throws(UnreadableAnswer) in try HubSearch.models(answer.body) }.prefix(limit))
    }

    /// Where a file of a commit is given out.
    func fileAddress(_ repository: String, commit: String, path: String) -> String {
        "\(endpoint)/\(repository)/resolve/\(commit)/\(WebAddress.escaped(path, keepsSlashes: true))"
    }

    /// The token, if an address is of the Hub that it is for.
    static func authorization(_ address: WebAddress, _ environment: DownloadEnvironment) -> [HTTPHeader] {
        guard let token = environment.token, let own = WebAddress(environment.endpoint), own.origin == address.origin
        else { return [] }
        return [HTTPHeader("Authorization", "Bearer \(token)")]
    }

    /// What an answer with an error means.
    func refusal(_ head: HTTPHead, repository: String, revision: String?, file: String?) -> DownloadError {
        let message = ServerMessage.short(head["X-Error-Message"] ?? "")
        let hasToken = !Self.authorization(base, environment).isEmpty
        let unknown = DownloadError.unknownRepository(repository, host: host, hasToken: hasToken)
        switch head["X-Error-Code"] {
        case "GatedRepo": return .gated(repository: repository, page: "\(endpoint)/\(repository)", hasToken: hasToken)
        case "RepoNotFound": return unknown
        case "RevisionNotFound": return .unknownRevision(revision ?? "main", repository: repository)
        case "EntryNotFound":
            guard let file else { return unknown }
            return .unknownFile(file, repository: repository, nearest: nil)
        default: break
        }
        switch head.status {
        case 401 where hasToken: return .tokenRefused(host: host)
        case 401: return unknown
        case 403 where message.lowercased().contains("restricted"):
            return .gated(repository: repository, page: "\(endpoint)/\(repository)", hasToken: hasToken)
        case 404:
            if let file { return .unknownFile(file, repository: repository, nearest: nil) }
            return revision.map { .unknownRevision($0, repository: repository) } ?? unknown
        default: return .server(host: host, status: head.status, message: message)
        }
    }

    private func address(_ path: String) throws -> WebAddress {
        guard let address = WebAddress(endpoint + path) else { throw DownloadError.invalidEndpoint(endpoint) }
        return address
    }

    private func ask(_ path: String) throws -> Requests.Answer { try ask(address(path)) }

    private func ask(_ address: WebAddress) throws -> Requests.Answer {
        try requests.fetch(address) { Self.authorization($0, environment) }
    }

    private func reading<Value>(_ read: () throws(UnreadableAnswer) -> Value) throws -> Value {
        do {
            return try read()
        } catch {
            throw DownloadError.notAHub(host: host, problem: error.description)
        }
    }
}
