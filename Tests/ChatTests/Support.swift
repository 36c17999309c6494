// What the tests of conversations share: a model that a test scripts, which counts words as tokens, conversations of
// known size, and a store in a folder of its own.

import Foundation
import Generation
import Store
import Synchronization
import Testing

@testable import Chat

/// Writes what a test tells it, and counts each word of a prompt as a token.
final class ScriptedModel: TextGenerator {
    /// What it writes for one request.
    enum Answer: Sendable {
        case text(String)
        case pieces([String])
        case texts([String])
        /// Writes this, then waits until it is told to stop.
        case untilStopped(String)
        case failure(String)
        /// A standing notice, another one, and a text.
        case noticed(String, String, text: String)
    }

    let identity = ModelIdentity(name: "scripted", hash: "5c", engine: "tests")
    let capabilities: GeneratorCapabilities
    private let answers: Mutex<[Answer]>
    private let asked = Mutex<[GenerationRequest]>([])
    private let measured = Mutex<Int>(0)

    init(contextLength: Int? = 4096, _ answers: Answer...) {
        capabilities = .all(contextLength: contextLength)
        self.answers = Mutex(answers)
    }

    var requests: [GenerationRequest] { asked.withLock { $0 } }
    var measureCount: Int { measured.withLock { $0 } }

    func measure(_ request: GenerationRequest) async throws -> PromptMeasure? {
        measured.withLock { $0 += 1 }
        return PromptMeasure(tokenCount: Self.count(request), isExact: true)
    }

    static func count(_ request: GenerationRequest) -> Int {
        guard case .chat(let messages) = request.prompt else { return 0 }
        return messages.reduce(0) { $0 + $1.content.split(whereSeparator: \.isWhitespace).count }
    }

    func generate(
        _ request: GenerationRequest, stopSignal: StopSignal
    ) -> AsyncThrowingStream<GenerationEvent, any Error> {
        asked.withLock { $0.append(request) }
        let answer = answers.withLock { $0.isEmpty ? Answer.text("Yes.") : $0.removeFirst() }
        return AsyncThrowingStream { continuation in
            let task = Task {
                continuation.yield(.started(prompt: "<prompt>", promptTokens: Self.count(request)))
                func end(_ variant: Int, _ reason: FinishReason) {
                    continuation.yield(.draftFinished(variant: variant, reason: reason, tokenCount: 3))
                }
                switch answer {
                case .text(let text):
                    for variant in 0..<request.variantCount {
                        continuation.yield(.text(text, variant: variant))
                        end(variant, .stop)
                    }
                case .pieces(let pieces):
                    for piece in pieces { continuation.yield(.text(piece, variant: 0)) }
                    end(0, .stop)
                case .texts(let texts):
                    for (variant, text) in texts.enumerated() {
                        continuation.yield(.text(text, variant: variant))
                        end(variant, .stop)
                    }
                case .untilStopped(let text):
                    continuation.yield(.text(text, variant: 0))
                    while !stopSignal.isRaised { await Task.yield() }
                    end(0, .stopped)
                case .noticed(let standing, let notice, let text):
                    continuation.yield(.standingNotice(standing))
                    continuation.yield(.notice(notice))
                    continuation.yield(.text(text, variant: 0))
                    end(0, .stop)
                case .failure(let sentence):
                    return continuation.finish(throwing: ModelFailure(description: sentence))
                }
                continuation.yield(.finished(GenerationTimings()))
                continuation.finish()
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }
}

struct ModelFailure: Error, CustomStringConvertible { var description: String }

extension GenerationRequest {
    /// `user: words` for each message.
    var lines: [String] {
        guard case .chat(let messages) = prompt else { return [] }
        return messages.map { "\($0.role.rawValue): \($0.content)" }
    }
}

/// A text of so many words of three letters, each a token and, with its blank, four bytes.
func words(_ count: Int, _ word: String = "abc") -> String {
    Array(repeating: word, count: count).joined(separator: " ")
}

extension Conversation {
    /// A conversation with a system text of two words, whose answers have at most 16 tokens.
    static func example(rule: ContextRule = .leaveOut, maxTokens: Int = 16) -> Conversation {
        var conversation = Conversation(persona: Persona(system: "Be brief."), model: "built-in")
        conversation.settings.sampling.maxTokens = maxTokens
        conversation.settings.contextRule = rule
        return conversation
    }
}

/// Exchanges of so many words a turn, and at the end words that are not answered; ids from 1.
func way(exchanges: Int, wordsEach: Int = 10, last: String = "now what") -> [Turn] {
    var turns: [Turn] = []
    for index in 0..<exchanges {
        turns.append(Turn(id: Int64(2 * index + 1), role: .user, text: words(wordsEach, "ask")))
        turns.append(Turn(id: Int64(2 * index + 2), role: .assistant, text: words(wordsEach, "say")))
    }
    turns.append(Turn(id: Int64(2 * exchanges + 1), role: .user, text: last))
    return turns
}

/// A store in a folder of its own, which is removed with it.
final class TemporaryStore: Sendable {
    let folder: String
    let store: DraftStore

    init() throws {
        folder = NSTemporaryDirectory() + "copydesk-chat-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        store = try DraftStore.open(path: folder + "/copydesk.db")
    }

    deinit {
        try? store.close()
        try? FileManager.default.removeItem(atPath: folder)
    }
}

/// The events of an answer, as they came.
final class Events: Sendable {
    private let all = Mutex<[ChatEvent]>([])
    func take(_ event: ChatEvent) { all.withLock { $0.append(event) } }
    var list: [ChatEvent] { all.withLock { $0 } }

    var plan: ContextPlan? {
        list.lazy.compactMap { if case .planned(let plan) = $0 { plan } else { nil } }.first
    }
}
