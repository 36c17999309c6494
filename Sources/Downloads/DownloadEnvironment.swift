// Where models come from and with which token, as the environment says: the variables of the Hub's own programs.

import Foundation

/// The longest waits of a download, in seconds.
public struct DownloadClocks: Sendable, Hashable {
    public var connect = 10.0
    /// The longest silence of a server, before its answer or within it.
    public var silence = 30.0
    /// What all waits between two tries are multiplied with; tests make them short.
    public var pace = 1.0

    public init() {}
}

/// What the environment says about downloads.
public struct DownloadEnvironment: Sendable {
    public static let usualEndpoint = "https://huggingface.co"
    public static let usualRegistry = "https://registry.ollama.ai"

    /// The address of the Hub, without a slash at its end.
    public let endpoint: String
    /// True if nothing may be asked of any server.
    public let isOffline: Bool
    /// The address of Ollama's registry, without a slash at its end.
    public let ollamaRegistry: String
    public var clocks = DownloadClocks()
    /// Sent to the Hub alone.
    let token: String?

    /// True if there is a token for the Hub.
    public var hasToken: Bool { token != nil }

    /// - Parameters:
    ///   - environment: HF_ENDPOINT, HF_HUB_OFFLINE, HF_TOKEN, HF_TOKEN_PATH, HF_HOME and COPYDESK_OLLAMA_REGISTRY
    ///     are read of it.
    ///   - home: the user's home folder.
    public init(environment: [String: String], home: String = NSHomeDirectory()) {
        func value(_ name: String) -> String? {
            let text = environment[name]?.trimmingCharacters(in: .whitespacesAndNewlines)
            return text?.isEmpty == false ? text : nil
        }
        endpoint = Self.withoutSlash(value("HF_ENDPOINT") ?? Self.usualEndpoint)
        ollamaRegistry = Self.withoutSlash(value("COPYDESK_OLLAMA_REGISTRY") ?? Self.usualRegistry)
        isOffline = ["1", "true", "yes", "on"].contains(value("HF_HUB_OFFLINE")?.lowercased() ?? "")
        let cache = value("XDG_CACHE_HOME") ?? "\(home)/.cache"
        let hubHome = Self.path(value("HF_HOME") ?? "\(cache)/huggingface", home)
        let tokenPath = Self.path(value("HF_TOKEN_PATH") ?? "\(hubHome)/token", home)
        token = Self.token(value("HF_TOKEN")) ?? Self.token(try? String(contentsOfFile: tokenPath, encoding: .utf8))
    }

    private static func withoutSlash(_ address: String) -> String {
        var address = Substring(address)
        while address.hasSuffix("/") { address = address.dropLast() }
        return String(address)
    }

    private static func path(_ path: String, _ home: String) -> String {
        path.hasPrefix("~/") ? home + path.dropFirst() : path
    }

    /// A token is one word; anything else would be another line of the request.
    private static func token(_ text: String?) -> String? {
        let text = text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
        return !text.isEmpty && text.utf8.allSatisfy { (0x21...0x7E).contains($0) } ? text : nil
    }
}
