// The exact number of a prompt's tokens, from the server itself: llama.cpp's applies the model's chat template to a
// conversation (/apply-template) and cuts a text into tokens (/tokenize).
// - Only a server that is known to be llama.cpp's is asked. One of this machine is asked once what it is; another one shows
//   it by its first answer, because a question would make that answer wait.
// - Nobody waits long for a number, and no second time for a server that was silent: the caller estimates.
// - The same prompt is counted once.

import Generation
import Synchronization

/// Counts the tokens of prompts for one model of a server. Any thread may ask.
final class PromptCounter: Sendable {
    private struct State {
        var counts: [Key: Int] = [:]
        /// Nothing is asked before; `nil` if the server did not fail.
        var silentUntil: ContinuousClock.Instant?
    }

    /// A body of a request, told apart from others by a short hash.
    private struct Key: Hashable {
        let hash: UInt64
        let byteCount: Int

        init(_ body: [UInt8]) {
            hash = FNV1a(body).value
            byteCount = body.count
        }
    }

    /// For all requests of one count together, in seconds.
    private static let patience = 2.0
    /// So long a server that failed is not asked again, in seconds.
    private static let silence = 30.0
    /// A longer prompt would take the server a while.
    private static let longestText = 1 << 20
    private static let mostCounts = 256

    private let endpoint: EndpointSettings
    private let model: String
    private let key: String?
    private let state = Mutex(State())

    init(_ endpoint: EndpointSettings, model: String, key: String?) {
        var endpoint = endpoint
        endpoint.timeouts.connect = Self.patience
        endpoint.timeouts.firstByte = Self.patience
        endpoint.timeouts.idle = Self.patience
        self.endpoint = endpoint
        self.model = model
        self.key = key
    }

    /// Asks the server, on the calling thread.
    /// - Returns: `nil` if it cannot tell.
    func count(_ request: GenerationRequest) -> Int? {
        guard request.prompt.byteCount <= Self.longestText, let exchange = try? ServerExchange(endpoint, key: key),
            !state.withLock({ $0.silentUntil.map { $0 > .now } ?? false })
        else { return nil }
        if exchange.address.isLoopback { ServerKind.learn(endpoint, model: model, key: key) }
        let known = DialectMemory.of(exchange.address, model: model)
        guard known.dialect.isLlamaCpp, !known.lacksCounts else { return nil }
        let asking = Asking(exchange: exchange, deadline: .now + .seconds(Self.patience))
        do {
            return try count(request, known, asking)
        } catch let failure as ServerFailure {
            take(failure, exchange.address)
        } catch {
            state.withLock { $0.silentUntil = .now + .seconds(Self.silence) }
        }
        return nil
    }

    /// Learns from a refusal. One of the conversation says nothing about the next one.
    private func take(_ failure: ServerFailure, _ address: ServerAddress) {
        switch failure.kind {
        case .refusedTurns, .invalidRequest: break
        case .notFound: DialectMemory.update(address, model: model) { $0.lacksCounts = true }
        default: state.withLock { $0.silentUntil = .now + .seconds(Self.silence) }
        }
    }

    private func count(_ request: GenerationRequest, _ known: ServerKnowledge, _ asking: Asking) throws -> Int? {
        switch RequestBody.Form(of: request.prompt, endpoint.style, known) {
        case .completions: return try tokenCount(of: RequestBody.prompt(request), asking)
        case .chat:
            var circumstances = RequestBody.Circumstances(model: model)
            circumstances.streams = false
            circumstances.extra = endpoint.body
            circumstances.dialect = known.dialect
            let fitted = TurnForms.fitted(request, known.turnChanges).request
            guard let body = try? RequestBody(fitted, as: .chat, circumstances).bytes else { return nil }
            return try counted(body) {
                let answer = try asking.post(asking.exchange.address.applyTemplate, body)
                guard let prompt = answer["prompt"]?.text else { return nil }
                return try tokenCount(of: prompt, asking)
            }
        }
    }

    /// - Parameter text: as it goes to the model; the server adds the token that begins every text.
    private func tokenCount(of text: String, _ asking: Asking) throws -> Int? {
        let members = [
            ("add_special", "true"), ("content", JSONText.string(text)), ("model", JSONText.string(model)),
            ("parse_special", "true"),
        ]
        let body = Array(JSONText.object(members).utf8)
        return try counted(body) { try asking.post(asking.exchange.address.tokenize, body)["tokens"]?.items?.count }
    }

    /// What is known of a body, or comes of `ask`.
    private func counted(_ body: [UInt8], ask: () throws -> Int?) rethrows -> Int? {
        let key = Key(body)
        if let known = state.withLock({ $0.counts[key] }) { return known }
        guard let count = try ask() else { return nil }
        state.withLock { state in
            if state.counts.count >= Self.mostCounts { state.counts = [:] }
            state.counts[key] = count
        }
        return count
    }

    /// The requests of one count.
    private struct Asking {
        let exchange: ServerExchange
        let deadline: ContinuousClock.Instant

        /// - Throws: as `ServerExchange.fetch`; `RemoteError` if the answer is no JSON.
        func post(_ url: String, _ body: [UInt8]) throws -> JSONValue {
            let answer = try exchange.fetch(url, body: body, isStopped: { ContinuousClock.now > deadline })
            guard let value = ServerJSON.value(answer.body) else {
                throw RemoteError.nothing(endpoint: exchange.endpoint.name)
            }
            return value
        }
    }
}

extension GenerationRequest.Prompt {
    fileprivate var byteCount: Int {
        switch self {
        case .raw(let text): text.utf8.count
        case .chat(let messages): messages.reduce(0) { $0 + $1.content.utf8.count }
        }
    }
}
