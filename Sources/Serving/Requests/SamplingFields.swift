// The sampling options of a request. Every option of the program's table is a field of its own name; servers' other
// names for some of them are listed here.

import Generation

extension RequestFields {
    /// What other servers call an option of the table.
    private static let otherNames = [
        "repetition_penalty": ["repeat_penalty"], "penalty_window": ["repeat_last_n"],
    ]
    /// Options that have fields of another shape, or that write more than is asked for or take back what was sent.
    private static let elsewhere: Set = ["max_tokens", "logprobs", "json_schema", "best_of", "distinct", "reasoning"]

    /// The options of this request.
    /// - Parameters:
    ///   - base: those of the model and of the settings.
    ///   - mostTokens: the limit on tokens if the request has none.
    func sampling(over base: SamplingOptions, mostTokens: Int) throws(APIError) -> SamplingOptions {
        var given = SamplingOverrides()
        for option in SamplingOption.all where !Self.elsewhere.contains(option.name) {
            for name in [option.name] + Self.otherNames[option.name, default: []] {
                guard let value = self[name] else { continue }
                given.set(option, to: try Self.value(value, of: option, named: name))
                break
            }
        }
        try addFormat(to: &given)
        try addEffort(to: &given)
        var sampling = given.applied(to: base)
        sampling.maxTokens = try maxTokens() ?? mostTokens
        sampling.bestOf = 0
        sampling.distinct = .off
        return sampling
    }

    /// `max_completion_tokens`, else `max_tokens`; `nil` if there is none, or if it is -1, which means no limit.
    private func maxTokens() throws(APIError) -> Int? {
        let name = self["max_completion_tokens"] == nil ? "max_tokens" : "max_completion_tokens"
        if self[name]?.int == -1 { return nil }
        return try count(name, in: 1...1_000_000)
    }

    private static func value(
        _ value: JSONValue, of option: SamplingOption, named name: String
    ) throws(APIError) -> SamplingValue {
        switch (option.kind, value) {
        case (.texts, .array(let items)):
            var texts: [String] = []
            for item in items {
                guard case .texts(let more)? = item.text.flatMap(option.kind.value(of:)) else {
                    throw wrong(name, takes: option.kind.takes, item)
                }
                texts += more
            }
            return .texts(texts)
        case (.biases, .object(let members)):
            var biases: [Int: Float] = [:]
            for (key, bias) in members {
                let pair = "\(String(decoding: key, as: UTF8.self)):\(bias.double.map { "\($0)" } ?? "")"
                guard case .biases(let more)? = option.kind.value(of: pair) else {
                    throw APIError(
                        "\(name) takes an object with token ids as names and numbers from -100 to 100 as values, and "
                            + "'\(pair)' is not that.", param: name)
                }
                biases.merge(more) { $1 }
            }
            return .biases(biases)
        // A server's -1 for "all of them".
        case (.count, .number(-1)) where option.name == "top_k": return .count(0)
        default: break
        }
        guard let text = text(of: value, for: option.kind), let read = option.kind.value(of: text) else {
            throw wrong(name, takes: option.kind.takes, value)
        }
        return read
    }

    /// The value as the table reads it; `nil` if its type is wrong.
    private static func text(of value: JSONValue, for kind: SamplingOption.Kind) -> String? {
        switch kind {
        case .number: value.double.map { "\($0)" }
        case .count, .oneOf: value.int.map(String.init)
        case .choice(let words):
            value.text ?? (words == ["off", "on"] ? value.truth.map { $0 ? "on" : "off" } : nil)
        case .text, .texts: value.text
        case .biases: nil
        }
    }

    /// `response_format`, and `json_schema` as llama-server takes it.
    private func addFormat(to given: inout SamplingOverrides) throws(APIError) {
        guard let option = SamplingOption.named("json_schema") else { return }
        var schema: JSONValue? = self["json_schema"]
        var field = "json_schema"
        if let format = self["response_format"] {
            field = "response_format"
            switch format["type"]?.text {
            case "text": schema = nil
            case "json_object":
                schema = format["schema"] ?? .object([(Array("type".utf8), .string(Array("object".utf8)))])
            case "json_schema":
                guard let asked = format["json_schema"]?["schema"] ?? format["schema"] else {
                    throw APIError(
                        "response_format has no schema. It stands in response_format.json_schema.schema.",
                        param: "response_format")
                }
                schema = asked
            default:
                throw APIError(
                    "response_format takes an object whose type is text, json_object or json_schema.",
                    param: "response_format")
            }
        }
        guard let schema else { return }
        guard given["grammar"] == nil else {
            throw APIError(
                "\(field) stands beside grammar, and a text follows one of them only. Leave one out.", param: field)
        }
        // A schema may come as a text that holds it.
        let text = schema.text ?? AnswerValue(schema).text
        given.set(option, to: .text(text))
    }

    /// `reasoning_effort`, or the program's own `reasoning`; both may also stand in an object.
    private func addEffort(to given: inout SamplingOverrides) throws(APIError) {
        guard let option = SamplingOption.named("reasoning") else { return }
        let name = self["reasoning_effort"] == nil ? "reasoning" : "reasoning_effort"
        guard let field = self[name] else { return }
        guard let value = field.members == nil ? field : field["effort"] else { return }
        let others = ["none": "off", "minimal": "off", "xhigh": "high"]
        guard let word = value.text, let read = option.kind.value(of: others[word] ?? word) else {
            throw Self.wrong(name, takes: option.kind.takes, value)
        }
        given.set(option, to: read)
    }
}
