// Writes the answer to one request for texts, as a whole or as a stream.
// - The head of a stream is sent once the model has taken the request, so that a refusal has a status of its own; or
//   after a moment, so that a client with a short patience sees that it waits. From then on an error is an event.
// - If the client goes, the writing stops at the next token.

import Foundation
import Generation

/// Why an answer ends early, without another word to the client.
enum AnswerEnd: Error, Equatable {
    case clientIsGone
}

final class Answering {
    private let asked: AskedTexts
    private let form: AnswerForm
    private let reply: Reply
    private let stopping: StopSignal
    private let pingSeconds: Double
    private var choices: [AnswerChoice]
    private var usage = TokenUsage()
    private var hasHead = false
    /// Events that wait for the next write.
    private var unsent = ""
    private var lastWrite = ContinuousClock.now

    init(_ asked: AskedTexts, model: ModelIdentity, reply: Reply, stopping: StopSignal, pingSeconds: Double) {
        self.asked = asked
        form = AnswerForm(asked, model: model)
        self.reply = reply
        self.stopping = stopping
        self.pingSeconds = pingSeconds
        choices = Array(repeating: AnswerChoice(), count: asked.requests.count * asked.choiceCount)
    }

    /// Writes all texts when their turn comes, and sends the answer.
    /// - Throws: `APIError` if nothing was sent yet; `AnswerEnd` and `SocketEnd` if there is nobody to tell.
    func run(by generator: any TextGenerator, in turns: TurnQueue) throws {
        do {
            try turns.withTurn(look: look) {
                for (number, request) in asked.requests.enumerated() {
                    try write(request, by: generator, firstIndex: number * asked.choiceCount)
                }
            }
            guard asked.streams else { return try reply.send(200, json: form.whole(choices, usage)) }
            if asked.includesUsage { add(form.usagePiece(usage)) }
            try end()
        } catch let error as APIError where hasHead {
            add(error.json)
            try end()
        }
    }

    /// Done while the request waits for its turn, and between events: shows that the server is alive.
    private func look() throws {
        if reply.socket.isGone { throw AnswerEnd.clientIsGone }
        if stopping.isRaised { throw Self.serverStops }
        try reply.socket.offer()
        guard asked.streams, (ContinuousClock.now - lastWrite) / .seconds(1) >= pingSeconds else { return }
        unsent += ": waiting\n\n"
        try flush()
    }

    private static let serverStops = APIError(503, "The server is stopping. Send the request again later.")

    private func write(_ request: GenerationRequest, by generator: any TextGenerator, firstIndex: Int) throws {
        let reading = EventReading(request, by: generator)
        defer { reading.stop() }
        var hasStarted = false
        do {
            while let events = try reading.next(within: 0.05) {
                for event in events {
                    if case .started = event { hasStarted = true }
                    try take(event, firstIndex)
                }
                if !unsent.isEmpty || (hasStarted && !hasHead && asked.streams) { try flush() }
                try look()
            }
        } catch let error as APIError {
            throw error
        } catch let error as AnswerEnd {
            throw error
        } catch let error as SocketEnd {
            throw error
        } catch {
            // Before its start the model has only looked at the request.
            throw hasStarted ? APIError(500, ErrorText.of(error)) : refusal(error)
        }
    }

    private func refusal(_ error: any Error) -> APIError {
        guard (error as? any ContextOverflow)?.exceedsContext == true else { return APIError(ErrorText.of(error)) }
        return APIError(
            ErrorText.of(error), param: asked.shape == .chat ? "messages" : "prompt", code: "context_length_exceeded")
    }

    private func take(_ event: GenerationEvent, _ firstIndex: Int) throws {
        switch event {
        case .started(_, let promptTokens): usage.promptTokens += promptTokens
        case .text(let piece, let variant):
            guard let index = index(variant, firstIndex) else { return }
            if asked.streams { add(form.piece(piece, index)) } else { choices[index].text += piece }
        case .reasoning(let piece, let variant):
            guard let index = index(variant, firstIndex) else { return }
            if asked.streams { add(form.thought(piece, index)) } else { choices[index].reasoning += piece }
        case .restarted(let variant):
            // Asked for by no request; a stream could not take back what it sent.
            guard let index = index(variant, firstIndex) else { return }
            choices[index] = AnswerChoice()
        case .alternatives(let variant, _, let others, let chosen):
            guard let index = index(variant, firstIndex) else { return }
            choices[index].likelihoods.append(.init(chosen: chosen, others: others))
        case .draftFinished(let variant, let reason, let tokenCount):
            guard let index = index(variant, firstIndex) else { return }
            try finish(index, reason, tokenCount)
        case .finished(let timings): usage.cachedTokens += timings.cachedPromptTokens
        case .promptProgress, .progress, .details, .notice, .standingNotice, .waiting, .chosen: break
        }
    }

    private func index(_ variant: Int, _ firstIndex: Int) -> Int? {
        (0..<asked.choiceCount).contains(variant) ? firstIndex + variant : nil
    }

    private func finish(_ index: Int, _ reason: FinishReason, _ tokenCount: Int) throws {
        switch reason {
        case .stop, .length, .limit: break
        case .stopped: throw Self.serverStops
        case .failed, .interrupted, .cutOff:
            throw APIError(500, "The model ended before the text did. Send the request again.")
        }
        choices[index].end = reason
        choices[index].tokenCount = tokenCount
        usage.completionTokens += tokenCount
        guard asked.streams else { return }
        if asked.likelihoods != nil { add(form.likelihoodPiece(choices[index], index)) }
        add(form.ending(choices[index], index))
        choices[index].likelihoods = []
    }

    // MARK: The stream

    private func add(_ event: AnswerValue) { unsent += "data: \(event.text)\n\n" }

    /// Sends what waits, after the head and the first pieces of all choices.
    private func flush() throws(SocketEnd) {
        if !hasHead {
            try reply.beginEvents()
            hasHead = true
            let openings = choices.indices.compactMap { form.opening($0) }
            unsent = openings.map { "data: \($0.text)\n\n" }.joined() + unsent
        }
        try reply.stream(Array(unsent.utf8))
        unsent = ""
        lastWrite = .now
    }

    private func end() throws(SocketEnd) {
        unsent += "data: [DONE]\n\n"
        try flush()
        try reply.endStream()
    }
}
