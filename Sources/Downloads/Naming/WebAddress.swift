// An http or https address, and what is compared of two of them.

import Foundation

/// An address with a host.
struct WebAddress: Sendable, Hashable {
    /// As it is sent, without a fragment.
    let text: String
    /// `http` or `https`.
    let scheme: String
    /// In lower case.
    let host: String
    /// Scheme, host and port: what a token belongs to.
    let origin: String

    var isSecure: Bool { scheme == "https" }

    /// - Returns: nil if it is no http or https address with a host, or holds spaces or control characters.
    init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }), var parts = URLComponents(string: text),
            let scheme = parts.scheme?.lowercased(), ["http", "https"].contains(scheme),
            let host = parts.host?.lowercased(), !host.isEmpty
        else { return nil }
        parts.fragment = nil
        guard let whole = parts.string else { return nil }
        let usualPort = scheme == "https" ? 443 : 80
        let port = parts.port ?? usualPort
        self.text = whole
        self.scheme = scheme
        self.host = host
        // Foundation gives an IPv6 host with or without its brackets, depending on the version.
        let written = host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host
        origin = port == usualPort ? "\(scheme)://\(written)" : "\(scheme)://\(written):\(port)"
    }

    /// The path, without the query that may hold a signature.
    var publicPath: String { URLComponents(string: text)?.percentEncodedPath ?? "/" }

    /// Where a redirection leads from here.
    func following(_ location: String) -> WebAddress? {
        guard let base = URL(string: text), let target = URL(string: location, relativeTo: base) else { return nil }
        return WebAddress(target.absoluteString)
    }

    /// The text as one part of a path, or of a query.
    static func escaped(_ text: String, keepsSlashes: Bool = false) -> String {
        var allowed = CharacterSet(charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~")
        if keepsSlashes { allowed.insert("/") }
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? text
    }
}
