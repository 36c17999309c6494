// What a server says if it refuses a request or fails, as one value with a sentence.
// - The message is one line of at most 300 characters, without control characters and without the key.
// - The sentence names no option and no key: the command line and the studio add theirs.

/// A server's refusal or failure.
public struct ServerFailure: Error, Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        /// The key is missing or wrong.
        case unauthorized
        case forbidden
        /// The account has no money left.
        case paymentRequired
        case unknownModel
        /// Nothing is at the address that was asked.
        case notFound(url: String)
        /// In tokens, as far as the server tells them.
        case contextTooLong(prompt: Int?, context: Int?)
        /// The server is loading the model, or could load it.
        case loading
        /// In seconds, if the server says so.
        case rateLimited(retryAfter: Double?)
        case quotaUsedUp
        /// Fields of the request that the server does not take.
        case unsupportedFields([String])
        /// The chat template of the server's model does not take the conversation.
        case refusedTurns(TurnRule)
        /// Something between here and the server answered with a page.
        case proxyPage(title: String)
        case invalidRequest
        case serverError
        case other
    }

    /// What a chat template asks of a conversation.
    public enum TurnRule: Sendable, Hashable {
        /// An order of the turns, or system text at the beginning alone.
        case order
        /// No system text at all.
        case noSystem
    }

    public var kind: Kind
    /// Of HTTP; 200 if it came inside an answer that had begun.
    public var status: Int
    /// The server's words; empty if it said nothing.
    public var message: String
    public var code: String?
    public var type: String?
    /// The field that the server names.
    public var param: String?
    /// How long the server asks to wait, in seconds.
    public var retryAfter: Double?
    /// Host and port; empty if unknown.
    public var server: String
    /// The model that was asked for; empty if unknown.
    public var model: String

    public init(
        _ kind: Kind, status: Int = 200, message: String = "", code: String? = nil, type: String? = nil,
        param: String? = nil, retryAfter: Double? = nil, server: String = "", model: String = ""
    ) {
        self.kind = kind
        self.status = status
        self.message = message
        self.code = code
        self.type = type
        self.param = param
        self.retryAfter = retryAfter
        self.server = server
        self.model = model
    }

    /// True if the server takes a form of answers, but not `json_schema` as its type. Its status may be any: that of
    /// llama-cpp-python is 500.
    var refusesNamedSchema: Bool {
        switch kind {
        case .invalidRequest, .serverError, .unsupportedFields, .other: break
        default: return false
        }
        let text = message.lowercased()
        return (text.contains("response_format") || param?.hasPrefix("response_format") ?? false)
            && ["json_schema", "json_object", "type"].contains { text.contains($0) }
    }

    /// True if the same request may succeed a little later. Only if no text has come.
    public var isWorthRetrying: Bool {
        switch kind {
        case .loading, .rateLimited: true
        case .quotaUsedUp, .unauthorized, .forbidden, .paymentRequired, .unknownModel, .notFound, .contextTooLong,
            .unsupportedFields, .refusedTurns, .invalidRequest:
            false
        case .proxyPage, .serverError, .other:
            [408, 429, 502, 503, 504].contains(status) || 500...599 ~= status && FailureWords.speaksOfLoad(message)
        }
    }
}

extension ServerFailure: CustomStringConvertible {
    public var description: String {
        switch kind {
        case .unauthorized: "\(subject) refused the key, or wants one\(saying). Set the right key for this endpoint."
        case .forbidden: "\(subject) forbids this request\(saying). Check what the key may be used for."
        case .paymentRequired: "\(subject) wants payment\(saying). Check the account there."
        case .unknownModel:
            "\(subject) has no model \(model.isEmpty ? "of this name" : "'\(CleanText.line(model))'")\(saying). "
                + "Choose one of the models that it lists."
        case .notFound(let url):
            "\(subject) has nothing at \(CleanText.line(url))\(saying). "
                + "Check the address of the endpoint; most servers want /v1 at its end."
        case .contextTooLong(let prompt, let context):
            "\(tooLong(prompt, context))\(saying). "
                + "Shorten the prompt, ask for a shorter text, or start the server with a larger context."
        case .loading: "\(subject) is still loading the model\(saying). Try again in a moment."
        case .rateLimited(let seconds):
            "\(subject) wants fewer requests\(saying). " + (seconds.map(Self.waiting) ?? "Try again in a while.")
        case .quotaUsedUp: "The quota of the account at \(place) is used up\(saying). Check the account there."
        case .unsupportedFields(let fields):
            "\(subject) does not take \(fields.map { "'\(CleanText.line($0))'" }.joined(separator: ", "))\(saying). "
                + "Leave it out."
        case .refusedTurns:
            "The chat template of the model at \(place) does not take this conversation\(saying). "
                + "Change the order of its turns, or use another model."
        case .proxyPage(let title):
            "A web page came instead of an answer of \(place) (\(status)\(title.isEmpty ? "" : ": \(title)")). "
                + "A proxy may have answered: check the address, and the proxy of this machine."
        case .invalidRequest:
            "\(subject) refused the request\(saying). "
                + (message.isEmpty ? "It does not say why; look into its log." : "Change what it names.")
        case .serverError: "\(subject) failed\(saying). Try again, or look into the server's own log."
        case .other:
            message.isEmpty && status == 200
                ? "\(subject) answered with nothing that this program can read. Check the address of the endpoint."
                : "\(subject) did not answer as servers for language models do\(saying). "
                    + "Check the address of the endpoint."
        }
    }

    private var subject: String { server.isEmpty ? "The server" : "The server \(server)" }
    private var place: String { server.isEmpty ? "the server" : server }

    private var saying: String {
        let isSentence = message.hasSuffix(".") && !message.hasSuffix("..")
        let words = isSentence ? String(message.dropLast()) : message
        return switch (status == 200, words.isEmpty) {
        case (true, true): ""
        case (true, false): " (\(words))"
        case (false, true): " (\(status))"
        case (false, false): " (\(status): \(words))"
        }
    }

    private func tooLong(_ prompt: Int?, _ context: Int?) -> String {
        switch (prompt, context) {
        case (let prompt?, let context?):
            "The request needs \(prompt) tokens, and the context of \(place) has \(context)"
        case (nil, let context?): "The request needs more than the \(context) tokens of the context of \(place)"
        default: "The request is too long for the context of \(place)"
        }
    }

    private static func waiting(_ seconds: Double) -> String {
        guard seconds <= RemoteError.longWait else {
            return "It asks to wait a very long time; check the account there."
        }
        let whole = Int(max(seconds, 1).rounded(.up))
        return "Try again in \(whole) \(whole == 1 ? "second" : "seconds")."
    }
}
