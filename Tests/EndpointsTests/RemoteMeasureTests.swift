import Generation
import Testing

@testable import Endpoints

@Suite struct `The measure of a prompt for a server` {
    private func measure(_ prompt: GenerationRequest.Prompt) async throws -> PromptMeasure {
        let endpoint = EndpointSettings(name: "nobody", url: "http://127.0.0.1:9/v1")
        let generator = RemoteGenerator(endpoint: endpoint, model: "m", key: nil)
        return try #require(try await generator.measure(GenerationRequest(prompt: prompt, seed: 0)))
    }

    @Test func `is an estimate by the length of the texts, and asks nobody`() async throws {
        let text = "The harbour was quiet this morning, and the boats came home early."
        let raw = try await measure(.raw(text))
        #expect(!raw.isExact && raw.tokenCount == 17)
        let chat = try await measure(.chat([Message(.system, text), Message(.user, text)]))
        #expect(!chat.isExact && chat.tokenCount == 2 * 17 + 12)
        #expect(try await measure(.raw("今天港口很安静")).tokenCount == 7)
    }

    @Test func `grows with ten thousand turns`() async throws {
        let turns = (0..<10_000).map { Message($0 % 2 == 0 ? .user : .assistant, "Turn \($0).") }
        let all = try await measure(.chat(turns)), fewer = try await measure(.chat(Array(turns.prefix(9_999))))
        #expect(all.tokenCount > fewer.tokenCount && fewer.tokenCount > 50_000)
    }
}
