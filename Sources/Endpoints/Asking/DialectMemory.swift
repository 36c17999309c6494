// What is known of the servers that were asked since the program began.
// - It is kept for each endpoint's address and model, so that a refused field is refused once.

import Generation
import Synchronization

/// What one model of an endpoint takes.
struct ServerKnowledge: Sendable, Hashable {
    var dialect = RequestDialect()
    /// True once the server was asked what it is.
    var wasAskedItsKind = false
    /// True if the server has chat completions only.
    var lacksCompletions = false
    /// True if the server refused to write several texts for one request.
    var lacksSeveralChoices = false
    /// True if the server tells no numbers of tokens, although others of its kind do.
    var lacksCounts = false
    /// What is changed in conversations, because the chat template of the model refused one.
    var turnChanges: [MessageForm.Change] = []
}

enum DialectMemory {
    private static let known = Mutex<[String: ServerKnowledge]>([:])

    static func of(_ address: ServerAddress, model: String) -> ServerKnowledge {
        known.withLock { $0[key(address, model)] ?? ServerKnowledge() }
    }

    /// Changes what is known.
    static func update<Result>(
        _ address: ServerAddress, model: String, _ change: (inout ServerKnowledge) -> Result
    ) -> Result {
        known.withLock { change(&$0[key(address, model), default: ServerKnowledge()]) }
    }

    private static func key(_ address: ServerAddress, _ model: String) -> String { "\(address.base) \(model)" }
}

extension RequestBody.Form {
    /// How a prompt goes to a server.
    init(of prompt: GenerationRequest.Prompt, _ style: EndpointSettings.Style, _ known: ServerKnowledge) {
        self =
            switch (style, prompt) {
            case (.chat, _): .chat
            case (.completions, _): .completions
            case (.auto, .raw): known.lacksCompletions ? .chat : .completions
            case (.auto, .chat): .chat
            }
    }
}
