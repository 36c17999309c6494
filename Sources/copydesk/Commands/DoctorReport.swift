import Downloads
import Generation
import Models

/// What `doctor --json` prints.
struct DoctorReport: Encodable {
    struct Check: Encodable {
        var name: String
        /// `nil` for a remark.
        var ok: Bool?
        var text: String

        private enum Key: CodingKey { case name, ok, text }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(name, forKey: .name)
            try container.encode(ok, forKey: .ok)
            try container.encode(text, forKey: .text)
        }
    }

    struct Server: Encodable {
        var name: String
        var url: String
        /// `environment`, `keys.json` or null.
        var key: String?

        private enum Key: CodingKey { case name, url, key }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(name, forKey: .name)
            try container.encode(url, forKey: .url)
            try container.encode(key, forKey: .key)
        }
    }

    struct Unfinished: Encodable {
        var name: String
        var reference: String
        var bytesThere: Int
        var totalBytes: Int?

        init(_ pull: UnfinishedPull) {
            (name, reference, bytesThere, totalBytes) = (pull.name, pull.reference, pull.bytesThere, pull.totalBytes)
        }

        private enum Key: CodingKey { case name, reference, bytesThere, totalBytes }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(name, forKey: .name)
            try container.encode(reference, forKey: .reference)
            try container.encode(bytesThere, forKey: .bytesThere)
            try container.encode(totalBytes, forKey: .totalBytes)
        }
    }

    var version: String
    /// Nil if the library cannot be loaded.
    var transfer: String?
    var checks: [Check]
    var endpoints: [Server]
    var outside: [OutsideFinding]
    var unfinished: [Unfinished]

    private enum Key: CodingKey { case version, transfer, checks, endpoints, outside, unfinished }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(version, forKey: .version)
        try container.encode(transfer, forKey: .transfer)
        try container.encode(checks, forKey: .checks)
        try container.encode(endpoints, forKey: .endpoints)
        try container.encode(outside, forKey: .outside)
        try container.encode(unfinished, forKey: .unfinished)
    }
}

extension OutsideFinding {
    /// `3 models, 4.1 GB, in /home/me/.ollama/models`
    var sentence: String {
        if let problem { return problem }
        return "\(counted(count, "model")), \(SizeText.bytes(bytes)), in \(folder)"
    }
}

extension UnfinishedPull {
    /// What is there, and how to go on.
    var sentence: String {
        let amount = SizeText.bytes(bytesThere) + (totalBytes.map { " of \(SizeText.bytes($0))" } ?? "")
        if isRunning { return "\(name), \(amount): it goes on in another process" }
        return "\(name), \(amount); go on with: copydesk models pull \(ShellWord.ofReference(reference))"
    }
}
