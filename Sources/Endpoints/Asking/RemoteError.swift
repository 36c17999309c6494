// Why a server wrote nothing, apart from its own refusals and the failures of the network.

/// Why an endpoint gives no drafts.
public enum RemoteError: Error, Hashable, CustomStringConvertible {
    /// The answer held no event, or no text and no end.
    case nothing(endpoint: String)
    /// The answer was complete, and no draft has text; the sentence says why.
    case empty(String)
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
        case .unusableKey(let endpoint):
            "The key of \(endpoint) holds a line end or a control character, so it cannot be sent. Set it again."
        case .redirected(let endpoint, let target):
            "\(endpoint) sends its requests on to \(target.isEmpty ? "another address" : "'\(target)'"), and a key is "
                + "not sent on. Set the endpoint's address to the place that answers."
        case .emptyPrompt: "The prompt is empty: write some text for the model to answer."
        case .stillLoading(let endpoint, let seconds):
            "\(endpoint) was still loading the model after \(Self.text(seconds)). Try again later, or allow more time."
        case .asksToWait(let endpoint, let seconds):
            "\(endpoint) takes no request for the next \(Self.text(seconds)). Try again after that."
        case .noText(let endpoint, let seconds):
            "No text came from \(endpoint) for \(Self.text(seconds)), so the request was ended. Try again."
        }
    }

    private static func text(_ seconds: Double) -> String {
        guard seconds >= 10 else { return "\((seconds * 10).rounded() / 10) seconds" }
        if seconds >= 7200 { return "\(Int(min(seconds / 3600, 1e6).rounded())) hours" }
        return seconds >= 180 ? "\(Int((seconds / 60).rounded())) minutes" : "\(Int(seconds.rounded())) seconds"
    }
}
