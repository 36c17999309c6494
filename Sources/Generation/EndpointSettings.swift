/// A server that writes drafts, as the settings describe it.
public struct EndpointSettings: Sendable, Hashable {
    /// The longest waits in seconds; 0 is no limit.
    public struct Timeouts: Sendable, Hashable {
        /// For the connection, the handshake of TLS included.
        public var connect = 10.0
        /// From the request to the first byte of the answer.
        public var firstByte = 600.0
        /// Between two bytes of the answer, comments included.
        public var idle = 300.0
        /// Between two pieces of text, whatever else comes.
        public var text = 0.0
        /// While the server loads the model.
        public var loading = 120.0

        public init() {}
    }

    /// How the server takes a prompt.
    public enum Style: String, Sendable, Hashable, CaseIterable {
        /// Conversations as chat completions, raw prompts as legacy completions.
        case auto
        /// Everything as chat completions.
        case chat
        /// Everything as legacy completions.
        case completions
    }

    /// Letters, digits, `-`, `_` and `.`.
    public var name: String
    /// As it was written; it begins with http:// or https://.
    public var url: String
    /// The environment variable that holds the key.
    public var keyVariable: String?
    /// A PEM file with the authorities whose certificates count.
    public var authorityFile: String?
    /// True if any certificate will do.
    public var isInsecure = false
    /// More headers of each request.
    public var headers: [String: String] = [:]
    /// More fields of each request's body, by name; each value is JSON.
    public var body: [String: String] = [:]
    /// How many requests may be open at once.
    public var parallelRequests = 1
    /// True if the variants are asked for in one request, as `n`.
    public var usesN = false
    public var style = Style.auto
    /// True if thoughts between <think> and </think> at the start of a text are kept apart.
    public var splitsThoughts = true
    /// True if the environment's proxies also count for servers on this machine.
    public var proxiesLoopback = false
    public var timeouts = Timeouts()

    public init(name: String, url: String) {
        self.name = name
        self.url = url
    }
}
