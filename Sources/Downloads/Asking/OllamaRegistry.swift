// Ollama's registry: a manifest names the model's file by its SHA-256, and the file comes from a storage elsewhere.
// - It gives everything to anybody, but may ask for a token of its own; that one goes to the registry alone.

import Foundation
import Generation
import Synchronization
import Transfer

final class OllamaRegistry: Sendable {
    private static let manifestType = "application/vnd.docker.distribution.manifest.v2+json"

    private let base: WebAddress
    private let address: String
    private let token = Mutex<String?>(nil)

    init(_ environment: DownloadEnvironment) throws {
        address = environment.ollamaRegistry
        guard let base = WebAddress(address) else { throw DownloadError.invalidEndpoint(address) }
        self.base = base
    }

    /// - Parameter name: `NAMESPACE/NAME`.
    func manifest(_ name: String, tag: String, _ requests: Requests) throws -> OllamaManifest {
        guard let url = WebAddress("\(address)/v2/\(name)/manifests/\(tag)") else {
            throw DownloadError.invalidEndpoint(address)
        }
        var answer = try ask(url, requests)
        if answer.head.status == 401, try takeToken(answer.head, requests) { answer = try ask(url, requests) }
        let shown = Self.shown(name, tag)
        guard answer.head.status == 200 else {
            if [401, 404].contains(answer.head.status) { throw DownloadError.unknownOllamaModel(shown) }
            throw DownloadError.server(host: base.host, status: answer.head.status, message: "")
        }
        do {
            guard let manifest = try OllamaManifest(answer.body) else { throw DownloadError.noGGUFLayer(shown) }
            return manifest
        } catch let error as UnreadableAnswer {
            throw DownloadError.server(
                host: base.host, status: answer.head.status, message: "the manifest cannot be read: \(error)")
        }
    }

    func fileAddress(_ name: String, sha256: String) -> String { "\(address)/v2/\(name)/blobs/sha256:\(sha256)" }

    func authorization(_ address: WebAddress) -> [HTTPHeader] {
        guard address.origin == base.origin, let token = token.withLock({ $0 }) else { return [] }
        return [HTTPHeader("Authorization", "Bearer \(token)")]
    }

    /// Gets the token that an answer with the status 401 asks for.
    /// - Returns: False if it asks for none, or there was one already.
    func takeToken(_ head: HTTPHead, _ requests: Requests) throws -> Bool {
        guard token.withLock({ $0 }) == nil, let challenge = head["WWW-Authenticate"].flatMap(BearerChallenge.init)
        else { return false }
        let query = [("service", challenge.service), ("scope", challenge.scope)].compactMap { name, value in
            value.map { "\(name)=\(WebAddress.escaped($0))" }
        }.joined(separator: "&")
        let mark = query.isEmpty ? "" : challenge.realm.contains("?") ? "&" : "?"
        guard let url = WebAddress(challenge.realm + mark + query), url.isSecure || !base.isSecure else { return false }
        let answer = try requests.fetch(url) { _ in [] }
        guard answer.head.status == 200, let json = try? JSONValue(parsing: answer.body),
            let text = (json["token"] ?? json["access_token"])?.text, !text.isEmpty,
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return false }
        token.withLock { $0 = text }
        return true
    }

    static func shown(_ name: String, _ tag: String) -> String {
        let short = name.hasPrefix("library/") ? String(name.dropFirst("library/".count)) : name
        return "\(short):\(tag)"
    }

    private func ask(_ url: WebAddress, _ requests: Requests) throws -> Requests.Answer {
        try requests.fetch(url) { [HTTPHeader("Accept", Self.manifestType)] + self.authorization($0) }
    }
}
