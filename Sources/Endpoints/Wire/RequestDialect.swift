// How a server wants its requests, as far as it is known: the same for all requests to one model of an endpoint.

/// What one server takes, learned from its refusals.
public struct RequestDialect: Sendable, Hashable {
    /// The names that servers have for the most tokens of an answer; never both in one request.
    public static let maxTokensNames = ["max_tokens", "max_completion_tokens"]
    /// Leaving these out would change what is asked for, so they are never left out silently.
    public static let indispensable: Set = [
        "model", "messages", "prompt", "stream", "response_format", "grammar", "json_schema",
    ]

    /// The ways in which a request can carry a JSON schema. Today's servers take one of the two.
    public enum SchemaForm: Sendable, Hashable {
        /// OpenAI's: the type is `json_schema`, and the schema has a name.
        case named
        /// That of llama-cpp-python: the type is `json_object`, and the schema stands beside it. A server that knows no
        /// schemas at all may take it for a wish for any JSON, so the answer is checked, as all answers are.
        case beside
    }

    /// The fields that are not sent, because the server refused them.
    public var leftOut: Set<String>
    public var maxTokensName: String
    public var schemaForm = SchemaForm.named
    /// True if the server is llama.cpp's, which has options of its own.
    public var isLlamaCpp: Bool

    public init(leftOut: Set<String> = [], maxTokensName: String = "max_tokens", isLlamaCpp: Bool = false) {
        self.leftOut = leftOut
        self.maxTokensName = maxTokensName
        self.isLlamaCpp = isLlamaCpp
    }

    /// Learns from a refusal of fields.
    /// - Returns: the fields that are left out from now on, for a sentence to the user; `nil` if nothing can be learned,
    ///   so that the same request would be refused again. Empty if a field only has another name now.
    public mutating func learn(from failure: ServerFailure) -> [String]? {
        if schemaForm == .named, failure.refusesNamedSchema {
            schemaForm = .beside
            return []
        }
        guard case .unsupportedFields(let fields) = failure.kind else { return nil }
        let before = self
        var dropped: [String] = []
        for field in fields where !Self.indispensable.contains(field) {
            if field == maxTokensName, let other = Self.maxTokensNames.first(where: { $0 != field }),
                !leftOut.contains(other)
            {
                // The old name is marked, so a server that takes neither is not asked in turns for ever.
                leftOut.insert(field)
                maxTokensName = other
            } else if leftOut.insert(field).inserted {
                dropped.append(field)
                // Without likelihoods their number means nothing, and servers refuse it alone.
                if field == "logprobs" { leftOut.insert("top_logprobs") }
            }
        }
        return self == before ? nil : dropped.sorted()
    }
}
