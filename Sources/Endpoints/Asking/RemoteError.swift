// Why a server wrote nothing, apart from its own refusals and the failures of the network.

/// Why an endpoint gives no drafts.
public enum RemoteError: Error, Hashable, CustomStringConvertible {
    /// The answer held no event, or no text and no end.
    case nothing(endpoint: String)
    /// The answer was complete, and no draft has text; the sentence says why.
    case empty(String)
    /// The answer was complete and had no body; its status.
    case noBody(endpoint: String, status: Int)
    /// The answer ended inside its first piece.
    case truncated(endpoint: String)
    /// The answer is compressed, although none was asked for.
    case compressed(endpoint: String, encoding: String)
    /// The body of the answer is longer than any text.
    case endlessBody(endpoint: String)
    case unusableKey(endpoint: String)
    case redirected(endpoint: String, to: String)
    case emptyPrompt
    /// The model was still loading after so many seconds.
    case stillLoading(endpoint: String, seconds: Double)
    /// The server asks for a wait that is too long to be made without asking, in seconds.
    case asksToWait(endpoint: String, seconds: Double)
    /// No text came for so many seconds, whatever else came.
    case noText(endpoint: String, seconds: Double)

    public var description: String {
        switch self {
        case .nothing(let endpoint):
            "\(endpoint) answered with nothing. The prompt may be too long for its model, or another request ended "
                + "this one. Try again, or shorten the prompt."
        case .empty(let sentence): sentence
        case .noBody(let endpoint, let status):
            "\(endpoint) answered with status \(status) and no text at all. Check the address of the endpoint, and the "
                + "server's own log."
        case .truncated(let endpoint):
            "The answer of \(endpoint) ended in the middle of its first piece. Try again; a proxy in between may have "
                + "cut it."
        case .compressed(let endpoint, let encoding):
            "\(endpoint) sent a compressed answer (\(encoding)), although none was asked for, and this program reads "
                + "none. Turn compression off at the server, or at the proxy before it."
        case .endlessBody(let endpoint):
            "\(endpoint) sent more than 32 MiB that are no stream of text, so it was ended. "
                + "Check the address of the endpoint."
        case .unusableKey(let endpoint):
            "The key of \(endpoint) holds a line end or a control character, so it cannot be sent. Set it again."
        case .redirected(let endpoint, let target):
            "\(endpoint) sends its requests on to \(target.isEmpty ? "another address" : "'\(target)'"), and a key is "
                + "not sent on. Set the endpoint's address to the place that answers."
        case .emptyPrompt: "The prompt is empty: write some text for the model to answer."
        case .stillLoading(let endpoint, let seconds):
            "\(endpoint) was still loading the model after \(Self.text(seconds)). Try again later, or allow more time."
        case .asksToWait(let endpoint, let seconds):
            seconds > Self.longWait
                ? "\(endpoint) takes no request for a very long time. Check the account there, or use another endpoint."
                : "\(endpoint) takes no request for the next \(Self.text(seconds)). Try again after that."
        case .noText(let endpoint, let seconds):
            "No text came from \(endpoint) for \(Self.text(seconds)), so the request was ended. Try again."
        }
    }

    /// Nobody waits longer, in seconds: 30 days.
    static let longWait = 30.0 * 86400

    private static func text(_ seconds: Double) -> String {
        if seconds > longWait { return "a very long time" }
        guard seconds >= 10 else { return "\((seconds * 10).rounded() / 10) seconds" }
        if seconds >= 7200 { return "\(Int(min(seconds / 3600, 1e6).rounded())) hours" }
        return seconds >= 180 ? "\(Int((seconds / 60).rounded())) minutes" : "\(Int(seconds.rounded())) seconds"
    }
}
