// Who may ask: checks that protect a server without a key from web pages in the user's own browser.
// - A page may resolve its own name to 127.0.0.1 (DNS rebinding): then Host is that name, and the request is refused.
// - A page of another site sends its Origin: such a request is refused too, also if it could not read the answer.

enum ServerOrigin {
    /// True for `localhost`, names below it, 127.0.0.0/8 and ::1, with or without brackets.
    static func isLoopback(_ host: String) -> Bool {
        let host = host.lowercased()
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Why a request is refused; `nil` if it may be answered.
    static func refusal(of head: RequestHead) -> APIError? {
        let authority = head["host"] ?? "localhost"
        guard isLoopback(name(of: authority)) else {
            return APIError(
                403, "The Host header names '\(authority.prefix(100))', and this server answers as localhost only.",
                code: "host_not_allowed")
        }
        guard let origin = head["origin"] else { return nil }
        guard ["http://", "https://"].contains(where: { origin.lowercased() == $0 + authority.lowercased() }) else {
            return APIError(
                403, "Pages of other sites may not use this server; this one is from '\(origin.prefix(100))'.",
                code: "origin_not_allowed")
        }
        return nil
    }

    /// The name in front of the port.
    private static func name(of authority: String) -> String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return String(authority[...end])
        }
        return authority.split(separator: ":", maxSplits: 1).first.map(String.init) ?? ""
    }

    /// Compares in a time that does not tell how much of a guessed key was right.
    static func holds(_ key: String, _ header: String?) -> Bool {
        let expected = Array("Bearer \(key)".utf8)
        let given = Array((header ?? "").utf8)
        var difference = UInt(bitPattern: expected.count ^ given.count)
        for (index, byte) in expected.enumerated() {
            difference |= UInt(byte ^ (index < given.count ? given[index] : 0))
        }
        return difference == 0
    }
}
