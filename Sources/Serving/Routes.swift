// The paths of the server, and the answers that need no model's work.

import Foundation
import Generation

/// The places of the server; each also stands below /v1.
enum Route: Equatable {
    case chat, completions, models, health
    case model(String)

    /// - Parameter path: decoded.
    init?(_ path: String) {
        var rest = Substring(path)
        if rest == "/v1" || rest.hasPrefix("/v1/") { rest = rest.dropFirst(3) }
        if rest.count > 1, rest.hasSuffix("/") { rest = rest.dropLast() }
        switch rest {
        case "/chat/completions": self = .chat
        case "/completions": self = .completions
        case "/models": self = .models
        case "/health": self = .health
        default:
            guard rest.hasPrefix("/models/") else { return nil }
            self = .model(String(rest.dropFirst("/models/".count)))
        }
    }

    static let all = "POST /v1/chat/completions, POST /v1/completions, GET /v1/models, GET /v1/models/NAME, GET /health"

    var methods: [String] {
        switch self {
        case .chat, .completions: ["POST", "OPTIONS"]
        case .models, .model, .health: ["GET", "HEAD", "OPTIONS"]
        }
    }
}

/// The lists of models, in OpenAI's shape.
struct ModelLists {
    let models: ServedModels
    /// When the server began, in seconds since 1970: a model's own age is not known.
    let created: Int

    var list: AnswerValue { ["object": "list", "data": .array(models.all.map(object))] }

    /// - Throws: `APIError` 404 for an unknown name.
    func one(_ name: String) throws(APIError) -> AnswerValue {
        try models.check(name)
        return object(name)
    }

    private func object(_ name: String) -> AnswerValue {
        ["id": .string(name), "object": "model", "created": .int(created), "owned_by": "copydesk"]
    }
}
