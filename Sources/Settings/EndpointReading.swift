// The endpoints of config.yaml.
// - One without a valid name or address is left out and noted; of one with another wrong value the rest counts.
// - Of two with one name the first counts.

import Generation
import YAMLReading
import Yams

extension SettingsReader {
    /// The keys of an endpoint, in the order in which sentences list them.
    private static let endpointKeys = [
        "name", "url", "key_env", "ca_file", "insecure", "headers", "body", "parallel", "use_n", "style",
        "split_thoughts", "proxy_loopback", "timeouts",
    ]
    /// The most requests that may be open at once.
    public static let parallelRange = 1...64
    private static let waits =
        Float(EndpointSettings.Timeouts.range.lowerBound)...Float(EndpointSettings.Timeouts.range.upperBound)
    private static let example = "{name: local, url: \"http://127.0.0.1:8080/v1\"}"

    /// The servers of a list; a single one is a list of one.
    mutating func endpoints(_ node: Node) -> [EndpointSettings]? {
        guard let elements = node.sequence.map(Array.init) ?? (node.mapping == nil ? nil : [node]) else {
            nodes.note("'endpoints' is a list of servers, such as [\(Self.example)]. Write it so.", at: node)
            return nil
        }
        var endpoints: [EndpointSettings] = []
        for element in elements where nodes.problems.count < Self.problemLimit {
            guard let mapping = element.mapping else {
                nodes.note("An endpoint is written as \(Self.example). Write it so.", at: element)
                continue
            }
            guard let endpoint = endpoint(mapping, at: element) else { continue }
            if endpoints.contains(where: { $0.name == endpoint.name }) {
                nodes.note(
                    "An endpoint before it is named '\(endpoint.name)' too. Rename one of the two; until then the first counts.",
                    at: mapping.first { $0.key.scalar?.string == "name" }?.value ?? element)
            } else {
                endpoints.append(endpoint)
            }
        }
        return endpoints
    }

    private mutating func endpoint(_ mapping: Node.Mapping, at element: Node) -> EndpointSettings? {
        let values = values(of: mapping, known: Self.endpointKeys, in: "An endpoint")
        guard let name = checked(values["name"], "name", at: element, EndpointRules.problem(ofName:)),
            let url = checked(values["url"], "url", at: element, EndpointRules.problem(ofAddress:))
        else { return nil }
        var endpoint = EndpointSettings(name: name, url: url)
        if let node = values["key_env"] {
            endpoint.keyVariable = checked(node, "key_env", at: node, EndpointRules.problem(ofKeyVariable:))
        }
        if let node = values["ca_file"], case .text(let path?) = nodes.value(node, "ca_file", .text) {
            endpoint.authorityFile = path
        }
        readFlags(values, into: &endpoint)
        if let node = values["headers"] { endpoint.headers = headers(node) }
        if let node = values["body"] { endpoint.body = body(node) }
        if let node = values["timeouts"] { readTimeouts(node, into: &endpoint.timeouts) }
        return endpoint
    }

    private mutating func readFlags(_ values: [String: Node], into endpoint: inout EndpointSettings) {
        if let flag = nodes.flag(values["insecure"], "insecure") { endpoint.isInsecure = flag }
        if let flag = nodes.flag(values["use_n"], "use_n") { endpoint.usesN = flag }
        if let flag = nodes.flag(values["split_thoughts"], "split_thoughts") { endpoint.splitsThoughts = flag }
        if let flag = nodes.flag(values["proxy_loopback"], "proxy_loopback") { endpoint.proxiesLoopback = flag }
        if let count = nodes.count(values["parallel"], "parallel", in: Self.parallelRange) {
            endpoint.parallelRequests = count
        }
        let styles = EndpointSettings.Style.allCases.map(\.rawValue)
        if let node = values["style"], case .text(let name?) = nodes.value(node, "style", .choice(styles)),
            let style = EndpointSettings.Style(rawValue: name)
        {
            endpoint.style = style
        }
    }

    /// A text that has to be there and right.
    private mutating func checked(
        _ node: Node?, _ key: String, at place: Node, _ problem: (String) -> String?
    ) -> String? {
        guard let node else {
            nodes.note(
                "This endpoint has no '\(key)'. Write it as \(Self.example); until then it does not count.", at: place)
            return nil
        }
        guard let text = nodes.text(node, key) else { return nil }
        if let problem = problem(text) {
            nodes.note(problem, at: node)
            return nil
        }
        return text
    }

    private mutating func headers(_ node: Node) -> [String: String] {
        guard let mapping = node.mapping else {
            nodes.note("'headers' is written as {X-Title: copydesk}. Write it so.", at: node)
            return [:]
        }
        var headers: [String: String] = [:]
        for (key, value) in mapping where !repeatedKeys.contains(nodes.place(of: key)) {
            guard let name = key.scalar?.string, let text = nodes.text(value, "headers") else { continue }
            if let problem = EndpointRules.problem(ofHeader: name, value: text) {
                nodes.note(problem, at: key)
            } else {
                headers[name] = text
            }
        }
        return headers
    }

    private mutating func body(_ node: Node) -> [String: String] {
        guard let mapping = node.mapping else {
            nodes.note("'body' is written as {top_k: 40}. Write it so.", at: node)
            return [:]
        }
        var body: [String: String] = [:]
        for (key, value) in mapping where !repeatedKeys.contains(nodes.place(of: key)) {
            guard let name = key.scalar?.string, !name.isEmpty, let json = JSONForm.text(of: value) else {
                nodes.note("'body' has a value here that cannot be written as JSON. Correct or remove it.", at: key)
                continue
            }
            body[name] = json
        }
        return body
    }

    private mutating func readTimeouts(_ node: Node, into timeouts: inout EndpointSettings.Timeouts) {
        guard let mapping = node.mapping else {
            nodes.note("'timeouts' is written as {first_byte: 600, idle: 300}, in seconds. Write it so.", at: node)
            return
        }
        let names = EndpointSettings.Timeouts.names
        let values = values(of: mapping, known: names.map(\.name), in: "'timeouts'")
        for (name, clock) in names {
            guard let node = values[name],
                case .number(let seconds) = nodes.value(node, name, .number(Self.waits))
            else { continue }
            timeouts[keyPath: clock] = Double(seconds)
        }
    }

    /// The values of a mapping by their keys; keys that stand twice were noted already.
    private mutating func values(of mapping: Node.Mapping, known: [String], in place: String) -> [String: Node] {
        let kept = mapping.filter { !repeatedKeys.contains(nodes.place(of: $0.key)) }
        return nodes.values(of: Node.Mapping(kept.map { ($0.key, $0.value) }, mapping.tag), known: known, in: place)
    }

    /// Leaves out aliases that no model can be called by, and notes them.
    mutating func checkAliases() {
        for (key, entry) in entries where key.name == SettingKey.aliasSetting {
            guard let name = key.modelName, case .value(.text(let model?)) = entry.value else { continue }
            guard let problem = AliasRules.problem(ofName: name, model: model) else { continue }
            nodes.note("\(problem) Until then it does not count.", at: valueNodes[key])
            entries[key] = nil
        }
    }
}

/// What an alias may be called.
public enum AliasRules {
    /// A sentence if a name cannot be an alias of a model.
    public static func problem(ofName name: String, model: String) -> String? {
        if name == "built-in" { return "'built-in' is the model inside the program. Choose another name." }
        guard !name.isEmpty, !name.contains("/"), !name.lowercased().hasSuffix(".gguf"),
            name.unicodeScalars.allSatisfy({ $0.value > 0x20 && $0.value != 0x7F })
        else {
            return
                "\(OptionLine.quoted(name)) cannot be an alias: it has no spaces and no '/', and does not end in .gguf. "
                + "Choose another name."
        }
        return name == model ? "The alias '\(name)' stands for itself. Name a model." : nil
    }
}

/// A YAML value as JSON.
private enum JSONForm {
    /// Deeper values are refused.
    private static let depthLimit = 32

    static func text(of node: Node, depth: Int = 0) -> String? {
        guard depth < depthLimit else { return nil }
        switch node {
        case .scalar(let scalar): return scalar.style == .plain ? plain(scalar.string) : quoted(scalar.string)
        case .sequence(let sequence):
            let parts = sequence.map { text(of: $0, depth: depth + 1) }
            return parts.contains(nil) ? nil : "[\(parts.compactMap(\.self).joined(separator: ", "))]"
        case .mapping(let mapping):
            var parts: [String] = []
            for (key, value) in mapping {
                guard let name = key.scalar?.string, let json = text(of: value, depth: depth + 1) else { return nil }
                parts.append("\(quoted(name)): \(json)")
            }
            return "{\(parts.joined(separator: ", "))}"
        case .alias: return nil
        }
    }

    /// A text without quotes: null, true and false, a number, or a text.
    private static func plain(_ text: String) -> String? {
        if ["", "~", "null"].contains(text.lowercased()) { return "null" }
        if ["true", "false"].contains(text.lowercased()) { return text.lowercased() }
        guard let first = text.utf8.first, "+-.0123456789".utf8.contains(first) else { return quoted(text) }
        if let number = Int(text) { return String(number) }
        if let number = Double(text) { return number.isFinite ? "\(number)" : nil }
        return quoted(text)
    }

    private static func quoted(_ text: String) -> String {
        var json = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": json += "\\\(scalar)"
            case "\n": json += "\\n"
            case "\t": json += "\\t"
            case "\0"..<" ", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: json.unicodeScalars.append(scalar)
            }
        }
        return json + "\""
    }
}
