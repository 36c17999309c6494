// The body of a request to a server.
// - It has only fields that mean something: nothing is null, no list and no stop text is empty, contents are strings,
//   there is at least one message, and at least one token is asked for. Servers fail on the contrary in many ways.
// - The same request gives the same bytes: fields stand in the order of their names.

import Generation

/// One request as JSON.
public struct RequestBody: Sendable, Hashable {
    /// The kinds of request.
    public enum Form: Sendable, Hashable {
        case chat, completions
    }

    /// What surrounds a `GenerationRequest`.
    public struct Circumstances: Sendable, Hashable {
        public var model: String
        /// `nil`: the server draws one.
        public var seed: UInt64?
        /// How many texts one request asks for; 1 sends no `n`.
        public var choiceCount = 1
        /// True if the answer comes as a stream of events.
        public var streams = true
        public var dialect = RequestDialect()
        /// More fields by name, each value JSON; `null` takes a field away.
        public var extra: [String: String] = [:]

        public init(model: String, seed: UInt64? = nil) {
            self.model = model
            self.seed = seed
        }
    }

    /// UTF-8.
    public let bytes: [UInt8]
    /// The names of its fields, sorted.
    public let fields: [String]
    /// The seed in it; `nil` if there is none.
    public let seed: UInt64?
    /// True if the seed in it is not the one asked for, which servers cannot read: they take 63 bits.
    public let seedIsShortened: Bool

    /// The sampling options that a server may take, by their names in `SamplingOption`.
    public static let options: Set<String> =
        Set(RequestField.all.map(\.option)).union(["max_tokens", "grammar", "json_schema", "logprobs", "reasoning"])

    /// The sampling options that no server takes and that are not kept here either.
    public static let optionsOfNoServer: Set<String> = [
        "epsilon_cutoff", "eta_cutoff", "no_repeat_ngram_size", "min_tokens",
    ]

    /// - Throws: `RequestBodyError` if there is no message, or a text that should be JSON is none.
    public init(
        _ request: GenerationRequest, as form: Form, _ circumstances: Circumstances
    ) throws(RequestBodyError) {
        let dialect = circumstances.dialect
        var values: [String: String] = ["model": JSONText.string(circumstances.model)]
        switch form {
        case .chat: values["messages"] = try Self.messages(request)
        case .completions: values["prompt"] = JSONText.string(Self.prompt(request))
        }
        for field in RequestField.all { values[field.name] = field.json(request.sampling) }
        values[dialect.maxTokensName] = String(max(1, request.sampling.maxTokens))
        if circumstances.choiceCount > 1 { values["n"] = String(circumstances.choiceCount) }
        if circumstances.streams {
            values["stream"] = "true"
            values["stream_options"] = JSONText.object([("include_usage", "true")])
        }
        let mostSeed = UInt64(Int64.max)
        let sentSeed = circumstances.seed.map { $0 & mostSeed }
        values["seed"] = sentSeed.map { String($0) }
        // With a part of the prompt cached, llama.cpp's server writes other texts from the same seed.
        if dialect.isLlamaCpp, sentSeed != nil { values["cache_prompt"] = "false" }
        try Self.add(request.sampling, form, dialect, to: &values)
        for name in dialect.leftOut { values[name] = nil }
        for (name, text) in circumstances.extra {
            guard let value = try? JSONValue(parsing: Array(text.utf8)) else { throw .extraNotJSON(field: name) }
            values[name] = value.isNull ? nil : JSONText.value(value)
        }
        let members = values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        bytes = Array(JSONText.object(members).utf8)
        fields = members.map(\.0)
        let isSent = sentSeed.map { values["seed"] == String($0) } ?? false
        seed = isSent ? sentSeed : nil
        seedIsShortened = isSent && sentSeed != circumstances.seed
    }

    private static func messages(_ request: GenerationRequest) throws(RequestBodyError) -> String {
        let messages =
            switch request.prompt {
            case .chat(let messages): messages
            case .raw(let text): [Message(.user, text)]
            }
        guard !messages.isEmpty else { throw .noMessage }
        return JSONText.array(
            messages.map {
                JSONText.object([("content", JSONText.string($0.content)), ("role", JSONText.string($0.role.rawValue))])
            })
    }

    /// The text that a legacy completion goes on from.
    static func prompt(_ request: GenerationRequest) -> String {
        switch request.prompt {
        case .raw(let text): text
        case .chat(let messages): request.completionPrompt ?? messages.plainText
        }
    }

    /// The options that each form writes in a way of its own.
    private static func add(
        _ sampling: SamplingOptions, _ form: Form, _ dialect: RequestDialect, to values: inout [String: String]
    ) throws(RequestBodyError) {
        if let grammar = sampling.grammar { values["grammar"] = JSONText.string(grammar) }
        if let schema = sampling.jsonSchema {
            values["response_format"] = try responseFormat(schema, dialect.schemaForm)
        }
        if sampling.alternatives > 0 {
            values["logprobs"] = form == .chat ? "true" : String(sampling.alternatives)
            if form == .chat { values["top_logprobs"] = String(sampling.alternatives) }
        }
        guard form == .chat else { return }
        switch sampling.reasoning {
        case .auto: break
        case .low, .medium, .high: values["reasoning_effort"] = JSONText.string(sampling.reasoning.rawValue)
        case .off where dialect.isLlamaCpp:
            values["chat_template_kwargs"] = JSONText.object([("enable_thinking", "false")])
        case .off: values["reasoning_effort"] = JSONText.string("none")
        }
    }

    /// The schema keeps the order of its properties, because that is the order in the answer.
    private static func responseFormat(
        _ schema: String, _ form: RequestDialect.SchemaForm
    ) throws(RequestBodyError) -> String {
        guard let value = try? JSONValue(parsing: Array(schema.utf8)), value.members != nil else {
            throw .schemaNotAnObject
        }
        switch form {
        case .named:
            let inner = JSONText.object([
                ("name", JSONText.string("answer")), ("schema", JSONText.value(value)), ("strict", "true"),
            ])
            return JSONText.object([("json_schema", inner), ("type", JSONText.string("json_schema"))])
        case .beside:
            return JSONText.object([("schema", JSONText.value(value)), ("type", JSONText.string("json_object"))])
        }
    }
}

/// Why a request cannot be written for a server.
public enum RequestBodyError: Error, Sendable, Hashable, CustomStringConvertible {
    case noMessage
    case schemaNotAnObject
    case extraNotJSON(field: String)

    public var description: String {
        switch self {
        case .noMessage: "There is no message to send. Write a prompt."
        case .schemaNotAnObject: "The JSON schema for the server is no JSON object. Correct the schema."
        case .extraNotJSON(let field):
            "The endpoint's own field '\(CleanText.line(field))' is no JSON. Correct it in the settings."
        }
    }
}
