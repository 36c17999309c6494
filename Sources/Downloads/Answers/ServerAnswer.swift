// An answer of a server as a whole, for the tests that feed any bytes to all readers of this module.

/// Reads `KIND`, headers and a body, each line ended by a line feed, an empty line before the body.
package enum ServerAnswer {
    /// - Throws: `UnreadableAnswer`, `DownloadError`
    package static func read(_ bytes: [UInt8]) throws {
        var lines: [String] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            let line = rest.prefix { $0 != 0x0A }
            rest = rest[line.endIndex...].dropFirst()
            if line.isEmpty { break }
            lines.append(String(decoding: line, as: UTF8.self))
        }
        for line in lines.dropFirst() { try readHeader(line) }
        let body = Array(rest)
        switch lines.first {
        case "revision": _ = try HubRevision(body)
        case "search": _ = try HubSearch.models(body)
        case "manifest": _ = try OllamaManifest(body)
        default: try choose(HubTree.files(body))
        }
    }

    private static func readHeader(_ line: String) throws {
        guard let colon = line.firstIndex(of: ":") else { return }
        let value = String(line[line.index(after: colon)...].drop { $0 == " " })
        switch line[..<colon].lowercased() {
        case "content-range":
            guard ContentRange(value) != nil else { throw DownloadError.wrongRange(host: "here", found: value) }
        case "link":
            guard let next = NextPage.address(in: value) else { return }
            _ = WebAddress("https://hub.example/api")?.following(next)
        case "location":
            guard WebAddress("https://hub.example/a/b")?.following(value) != nil else {
                throw DownloadError.invalidRedirect(host: "hub.example")
            }
        case "ratelimit":
            if let seconds = WaitingTime.seconds(rateLimit: value, retryAfter: nil) {
                throw DownloadError.tooManyRequests(host: "here", seconds: seconds)
            }
        case "retry-after": _ = WaitingTime.seconds(rateLimit: nil, retryAfter: value)
        case "www-authenticate": _ = BearerChallenge(value)
        default: _ = EntityTag(value)
        }
    }

    private static func choose(_ files: [HubFile]) throws {
        for wanted in [ModelReference.Wanted.quant("Q4_K_M"), .file("m-00001-of-00002.gguf")] {
            _ = try? RepositoryChoice.of(wanted, in: files, repository: "a/b")
        }
        for file in try RepositoryChoice.of(.usual, in: files, repository: "a/b").files {
            _ = try Naming.safeName(file.path)
        }
    }
}
