// Takes the secrets of an endpoint out of everything that its server sends, so that no message, log, draft or export
// shows them.
// - Secrets are the key and what the endpoint's headers hold: the whole value, and what stands behind "Bearer ".
// - A draft comes in pieces: the beginning of a secret is held back until it is clear. The text is the same wherever the
//   server cuts it.

/// Takes secrets out of a text.
public struct Redaction: Sendable, Hashable {
    /// What stands in place of a secret.
    public static let mark = "[key]"
    /// Shorter keys are left, because they occur in ordinary words; in characters.
    public static let shortestKey = 4
    /// Shorter secrets are left in drafts, and so are shorter values of headers everywhere; in characters.
    static let shortestInText = 8

    /// Headers that hold no secret, so their values may stand in a draft.
    private static let openHeaders: Set = [
        "accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "content-type",
        "http-referer", "origin", "referer", "user-agent", "x-title",
    ]

    /// The longest first, because one may hold another.
    private let secrets: [String]

    public init(key: String?, headers: [String: String] = [:]) {
        var secrets: Set<String> = []
        if let key, key.unicodeScalars.count >= Self.shortestKey { secrets.insert(key) }
        for (name, value) in headers where !Self.openHeaders.contains(name.lowercased()) {
            let words = value.split(separator: " ", maxSplits: 1)
            let isScheme = words.count == 2 && ["bearer", "basic", "token"].contains(words[0].lowercased())
            for secret in [value] + (isScheme ? [String(words[1])] : [])
            where secret.unicodeScalars.count >= Self.shortestInText { secrets.insert(secret) }
        }
        self.secrets = secrets.sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
    }

    /// The text without secrets.
    public func callAsFunction(_ text: String) -> String {
        secrets.reduce(text) { $0.contains($1) ? $0.replacing($1, with: Self.mark) : $0 }
    }

    /// What takes them out of a text that comes in pieces.
    func stream() -> StreamRedaction {
        StreamRedaction(secrets.filter { $0.unicodeScalars.count >= Self.shortestInText })
    }
}

/// Takes secrets out of a text that comes in pieces.
struct StreamRedaction: Sendable {
    private let secrets: [[UInt8]]
    /// The beginning of a secret, perhaps.
    private var held: [UInt8] = []

    fileprivate init(_ secrets: [String]) { self.secrets = secrets.map { Array($0.utf8) } }

    /// The next characters that can be shown.
    mutating func take(_ piece: String) -> String {
        guard !secrets.isEmpty else { return piece }
        held += Array(piece.utf8)
        return advance(isEnd: false)
    }

    /// What was held back, because nothing more comes.
    mutating func finish() -> String { held.isEmpty ? "" : advance(isEnd: true) }

    private mutating func advance(isEnd: Bool) -> String {
        var shown: [UInt8] = []
        var place = 0
        while place < held.count {
            let rest = held[place...]
            let candidates = secrets.filter { $0[0] == held[place] }
            if !isEnd, candidates.contains(where: { $0.count > rest.count && $0.starts(with: rest) }) { break }
            if let secret = candidates.first(where: { rest.starts(with: $0) }) {
                shown += Array(Redaction.mark.utf8)
                place += secret.count
            } else {
                shown.append(held[place])
                place += 1
            }
        }
        held.removeFirst(place)
        return String(decoding: shown, as: UTF8.self)
    }
}
