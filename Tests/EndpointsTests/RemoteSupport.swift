import Foundation
import Generation
import ScriptedServer
import Synchronization

@testable import Endpoints

/// Everything that a generation reported.
struct RemoteDrafts {
    var events: [GenerationEvent] = []
    var texts: [Int: String] = [:]
    var reasoning: [Int: String] = [:]
    var reasons: [Int: FinishReason] = [:]
    var counts: [Int: Int] = [:]
    var details: [Int: DraftDetails] = [:]
    var notices: [String] = []
    var waits: [GeneratorWait] = []
    var restarts = 0
    /// The sentence that the stream threw.
    var error: String?

    var text: String? { texts[0] }
    var reason: FinishReason? { reasons[0] }
    var server: ServerReport? { details[0]?.server }

    mutating func take(_ event: GenerationEvent) {
        events.append(event)
        switch event {
        case .text(let text, let variant): texts[variant, default: ""] += text
        case .reasoning(let text, let variant): reasoning[variant, default: ""] += text
        case .restarted(let variant):
            texts[variant] = nil
            restarts += 1
        case .details(let details, let variant): self.details[variant] = details
        case .draftFinished(let variant, let reason, let count):
            reasons[variant] = reason
            counts[variant] = count
        case .notice(let text), .standingNotice(let text): notices.append(text)
        case .waiting(let wait): if let wait { waits.append(wait) }
        default: break
        }
    }
}

private let modelNumber = Atomic<Int>(0)

/// An endpoint whose clocks are in tenths of seconds.
func remoteEndpoint(_ server: ScriptedServer, _ change: (inout EndpointSettings) -> Void = { _ in }) -> EndpointSettings
{
    var endpoint = EndpointSettings(name: "local", url: server.url + "/v1")
    endpoint.timeouts.connect = 2
    endpoint.timeouts.firstByte = 3
    endpoint.timeouts.idle = 3
    change(&endpoint)
    return endpoint
}

/// A generator with a model of its own, so that no test knows what another one learned.
func remoteGenerator(
    _ server: ScriptedServer, key: String? = nil, second: Double = 0.02,
    _ change: (inout EndpointSettings) -> Void = { _ in }
) -> RemoteGenerator {
    let number = modelNumber.add(1, ordering: .relaxed).newValue
    return RemoteGenerator(
        endpoint: remoteEndpoint(server, change), model: "model-\(number)", key: key, pace: RemotePace(second: second))
}

func remoteRequest(
    _ count: Int = 1, prompt: String = "Hi", seed: UInt64 = 3, _ change: (inout GenerationRequest) -> Void = { _ in }
) -> GenerationRequest {
    var request = GenerationRequest(prompt: .chat([Message(.user, prompt)]), variantCount: count, seed: seed)
    change(&request)
    return request
}

/// Writes all drafts of a request.
func write(
    _ generator: RemoteGenerator, _ request: GenerationRequest = remoteRequest(), stopSignal: StopSignal = StopSignal(),
    onEvent: (GenerationEvent) -> Void = { _ in }
) async -> RemoteDrafts {
    var drafts = RemoteDrafts()
    do {
        for try await event in generator.generate(request, stopSignal: stopSignal) {
            drafts.take(event)
            onEvent(event)
        }
    } catch {
        drafts.error = "\(error)"
    }
    return drafts
}

/// Writes all drafts on this thread, for tests of what happens when: a stream is read when there is a thread for it.
func writeHere(
    _ generator: RemoteGenerator, _ request: GenerationRequest = remoteRequest(), stopSignal: StopSignal = StopSignal(),
    onEvent: @escaping @Sendable (GenerationEvent) -> Void = { _ in }
) -> RemoteDrafts {
    let drafts = Mutex(RemoteDrafts())
    do {
        try RemoteWriting(
            generator, request, isStopped: { stopSignal.isRaised },
            report: { event in
                drafts.withLock { $0.take(event) }
                onEvent(event)
            }
        ).run()
    } catch {
        drafts.withLock { $0.error = "\(error)" }
    }
    return drafts.withLock { $0 }
}

/// JSON of the text.
func quoted(_ text: String) -> String {
    let data = (try? JSONSerialization.data(withJSONObject: [text])) ?? Data()
    return String(String(decoding: data, as: UTF8.self).dropFirst().dropLast())
}

/// A chunk of a chat.
func textChunk(_ text: String, index: Int = 0, field: String = "content") -> String {
    #"{"model":"served","choices":[{"index":\#(index),"delta":{"\#(field)":\#(quoted(text))},"finish_reason":null}]}"#
}

/// The last chunk of a choice.
func endChunk(_ reason: String = "stop", index: Int = 0, more: String = "") -> String {
    #"{"choices":[{"index":\#(index),"delta":{},"finish_reason":"\#(reason)"}]\#(more)}"#
}

extension ScriptedReply {
    /// A whole chat as a stream: a chunk for each text.
    func stream(_ texts: [String], reason: String? = "stop", usage: String? = nil, done: Bool = true) {
        beginEvents(["Server: scripted"])
        for text in texts { event(textChunk(text)) }
        if let reason { event(endChunk(reason)) }
        if let usage { event(#"{"choices":[],"usage":\#(usage)}"#) }
        if done { event("[DONE]") }
    }

    /// A legacy completion as a stream.
    func completion(_ texts: [String], reason: String = "stop") {
        beginEvents()
        for text in texts { event(#"{"choices":[{"index":0,"text":\#(quoted(text)),"finish_reason":null}]}"#) }
        event(#"{"choices":[{"index":0,"text":"","finish_reason":"\#(reason)"}]}"#)
        event("[DONE]")
    }
}

/// Counts from 1.
final class RequestCounter: Sendable {
    private let count = Atomic<Int>(0)
    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
    var value: Int { count.load(ordering: .relaxed) }
}

extension ScriptedReply {
    /// A whole answer without more headers.
    func answer(_ status: String, type: String = "application/json", _ body: String) {
        answer(status, type: type, [], body)
    }
}
