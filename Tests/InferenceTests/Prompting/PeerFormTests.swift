// Conversations of every shape in the chat templates of published models. The templates are not ours and so not here:
// `Tests/JinjaTests/Fixtures/make_cases.py --templates FOLDER --out OTHER` writes them into a folder, and
// COPYDESK_PEER_TEMPLATES names that folder.

import Foundation
import Generation
import Testing

@testable import Inference

private let folder = ProcessInfo.processInfo.environment["COPYDESK_PEER_TEMPLATES"]

@Suite struct `The chat templates of published models` {
    private struct Peers: Decodable {
        struct Template: Decodable {
            var name: String
            var source: String
        }
        var templates: [Template]
    }

    static let shapes: [(name: String, messages: [Message])] = [
        ("plain", [Message(.system, "Sys-1."), Message(.user, "Ask-1?"), Message(.assistant, "Say-1."), ask(2)]),
        ("a greeting", [Message(.assistant, "Greeting-1!"), ask(1)]),
        ("a greeting behind system text", [Message(.system, "Sys-1."), Message(.assistant, "Greeting-1!"), ask(1)]),
        (
            "examples and a greeting",
            [
                Message(.system, "Sys-1."), Message(.user, "Ex-1?", isExample: true),
                Message(.assistant, "Ex-2.", isExample: true), Message(.assistant, "Greeting-1!"), ask(1),
            ]
        ),
        ("two turns of the user", [ask(1), ask(2)]),
        ("two turns of the user, later", [ask(1), Message(.assistant, "Say-1."), ask(2), ask(3)]),
        ("two answers", [ask(1), Message(.assistant, "Say-1."), Message(.assistant, "Say-2."), ask(2)]),
        (
            "system text in the middle",
            [
                Message(.system, "Sys-1."), ask(1), Message(.assistant, "Say-1."), Message(.system, "Sys-2."), ask(2),
            ]
        ),
        ("system text before an answer", [ask(1), Message(.system, "Sys-2."), Message(.assistant, "Say-1."), ask(2)]),
        ("system text at the end", [ask(1), Message(.assistant, "Say-1."), Message(.system, "Sys-2.")]),
        ("system text behind the user's", [Message(.system, "Sys-1."), ask(1), Message(.system, "Sys-2.")]),
        ("two system texts", [Message(.system, "Sys-1."), Message(.system, "Sys-2."), ask(1)]),
        ("system text alone", [Message(.system, "Sys-1.")]),
        ("an empty answer", [ask(1), Message(.assistant, ""), ask(2)]),
        ("an empty question", [ask(1), Message(.assistant, "Say-1."), Message(.user, "")]),
        ("an empty system text", [Message(.system, ""), ask(1)]),
        ("an answer to go on with", [Message(.system, "Sys-1."), ask(1), Message(.assistant, "Say-1 and")]),
        ("a greeting to go on with", [Message(.assistant, "Say-1 and")]),
        (
            "odd characters",
            [
                Message(.user, "Ask \"1\" <b>&amp; 'it'\n\n{{ x }} \\n 灯"),
                Message(.assistant, "```swift\nlet a = \"b\"\n```\n- {% if %}"), ask(2),
            ]
        ),
        (
            "twenty turns",
            [Message(.system, "Sys-1.")]
                + (1...10).flatMap { [ask($0), Message(.assistant, "Say-\($0).")] } + [ask(11)]
        ),
    ]

    private static func ask(_ number: Int) -> Message { Message(.user, "Ask-\(number)?") }

    @Test(.enabled(if: folder != nil, "COPYDESK_PEER_TEMPLATES names no folder with expectations.json"))
    func `take every shape, and no text is missing`() throws {
        let url = URL(fileURLWithPath: folder ?? "").appendingPathComponent("expectations.json")
        let peers = try JSONDecoder().decode(Peers.self, from: try Data(contentsOf: url)).templates
        #expect(peers.count >= 60)
        for peer in peers {
            let generator = try MarkovModel(
                controls: ["<|im_end|>"], next: [:], template: peer.source, contextLength: 8192
            ).generator()
            for shape in Self.shapes {
                let request = GenerationRequest(prompt: .chat(shape.messages), seed: 0)
                do {
                    let prompt = try generator.prompts.prompt(for: request)
                    let missing = shape.messages.map(\.content).filter { !$0.isEmpty && !prompt.text.contains($0) }
                    #expect(missing.isEmpty, "\(peer.name), \(shape.name): \(missing)")
                    #expect(prompt.notice?.contains("leaves out") != true, "\(peer.name), \(shape.name)")
                } catch {
                    Issue.record("\(peer.name), \(shape.name): \(error)")
                }
            }
        }
    }
}
