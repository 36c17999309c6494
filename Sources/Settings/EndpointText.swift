// An endpoint as text: as config.yaml has it, as people see it, and as JSON.
// - Values of headers and of extra fields may be secrets: only the file has them.

import Generation

extension EndpointSettings {
    /// As it is written in config.yaml, on one line: `{name: local, url: "http://127.0.0.1:8080/v1"}`.
    public var yamlText: String { text(showsSecrets: true) }

    /// As `yamlText`, without the values of headers and of extra fields.
    public var shownText: String { text(showsSecrets: false) }

    private func text(showsSecrets: Bool) -> String {
        func quoted(_ text: String) -> String { SettingValue.value(.text(text)).yamlText }
        func map(_ values: [String: String], _ write: (String) -> String) -> String {
            let pairs = values.sorted { $0.key < $1.key }
            return
                "{\(pairs.map { "\(quoted($0.key)): \(showsSecrets ? write($0.value) : "…")" }.joined(separator: ", "))}"
        }
        let standard = EndpointSettings(name: name, url: url)
        var parts = ["name: \(quoted(name))", "url: \(quoted(url))"]
        if let keyVariable { parts.append("key_env: \(keyVariable)") }
        if let authorityFile { parts.append("ca_file: \(quoted(authorityFile))") }
        if isInsecure { parts.append("insecure: true") }
        if !headers.isEmpty { parts.append("headers: \(map(headers, quoted))") }
        if !body.isEmpty { parts.append("body: \(map(body) { $0 })") }
        if parallelRequests != standard.parallelRequests { parts.append("parallel: \(parallelRequests)") }
        if usesN { parts.append("use_n: true") }
        if style != standard.style { parts.append("style: \(style.rawValue)") }
        if !splitsThoughts { parts.append("split_thoughts: false") }
        if proxiesLoopback { parts.append("proxy_loopback: true") }
        let clocks = Timeouts.names.filter { timeouts[keyPath: $0.clock] != standard.timeouts[keyPath: $0.clock] }
        if !clocks.isEmpty {
            let pairs = clocks.map { "\($0.name): \(SamplingValue.text(of: Float(timeouts[keyPath: $0.clock])))" }
            parts.append("timeouts: {\(pairs.joined(separator: ", "))}")
        }
        return "{\(parts.joined(separator: ", "))}"
    }
}

extension EndpointSettings.Timeouts {
    /// The keys of config.yaml, and the clocks that they set.
    static var names: [(name: String, clock: WritableKeyPath<EndpointSettings.Timeouts, Double>)] {
        [
            ("connect", \.connect), ("first_byte", \.firstByte), ("idle", \.idle), ("text", \.text),
            ("loading", \.loading),
        ]
    }

    /// The keys of config.yaml.
    public static var keys: [String] { names.map(\.name) }

    /// The waits that can be set, in seconds: up to one day; 0 is no limit.
    public static let range = 0.0...86400.0

    /// Sets the clock of a key; another key changes nothing.
    public mutating func set(_ key: String, to seconds: Double) {
        if let clock = Self.names.first(where: { $0.name == key })?.clock { self[keyPath: clock] = seconds }
    }
}

/// The facts of an endpoint as JSON, with the keys of config.yaml: of headers and extra fields the names alone.
public struct EndpointFacts: Encodable, Sendable {
    private let endpoint: EndpointSettings

    public init(_ endpoint: EndpointSettings) { self.endpoint = endpoint }

    private enum Key: String, CodingKey {
        case name, url, insecure, headers, body, parallel, style, timeouts
        case keyVariable = "key_env"
        case authorityFile = "ca_file"
        case usesN = "use_n"
        case splitsThoughts = "split_thoughts"
        case proxiesLoopback = "proxy_loopback"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(endpoint.name, forKey: .name)
        try container.encode(endpoint.url, forKey: .url)
        try container.encode(endpoint.keyVariable, forKey: .keyVariable)
        try container.encode(endpoint.authorityFile, forKey: .authorityFile)
        try container.encode(endpoint.isInsecure, forKey: .insecure)
        try container.encode(endpoint.headers.keys.sorted(), forKey: .headers)
        try container.encode(endpoint.body.keys.sorted(), forKey: .body)
        try container.encode(endpoint.parallelRequests, forKey: .parallel)
        try container.encode(endpoint.usesN, forKey: .usesN)
        try container.encode(endpoint.style.rawValue, forKey: .style)
        try container.encode(endpoint.splitsThoughts, forKey: .splitsThoughts)
        try container.encode(endpoint.proxiesLoopback, forKey: .proxiesLoopback)
        let clocks = EndpointSettings.Timeouts.names.map { ($0.name, endpoint.timeouts[keyPath: $0.clock]) }
        try container.encode(Dictionary(clocks) { first, _ in first }, forKey: .timeouts)
    }
}
