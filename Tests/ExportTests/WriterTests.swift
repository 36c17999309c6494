// The fast writer of JSON against the encoder, and dates against Foundation's.

import Foundation
import Generation
import Testing

@testable import Export

@Suite struct `The writer of drafts` {
    private static let texts = [
        "", "plain", "a \"quote\" and \\ and /", "two\nlines\r\n\ttab", "灯光 é e\u{301} 🇩🇪",
        "\u{0}\u{1}\u{8}\u{C}\u{1F}\u{7F}",
        "\u{2028}\u{2029}\u{FEFF}", "</script>", "é", "e\u{301}",
    ]

    private func item(_ random: inout some RandomNumberGenerator, _ id: Int64) -> ExportItem {
        func text() -> String { Self.texts.randomElement(using: &random) ?? "" }
        func maybe<Value>(_ value: Value) -> Value? { Bool.random(using: &random) ? value : nil }
        var generation = SavedGeneration(
            createdAt: Double.random(in: 0...4e9, using: &random), templateName: maybe(text()), title: text(),
            templateHash: maybe(text()), fields: Bool.random(using: &random) ? [:] : [text(): text(), "Topic": text()],
            systemPrompt: maybe(text()), prompt: text(), sampling: .init(), limits: .init(),
            model: .init(name: text(), hash: text(), engine: text()),
            seed: UInt64.random(in: 0...UInt64.max, using: &random),
            parentDraftId: maybe(7), relation: maybe(.refine), drafts: [])
        generation.id = id
        generation.uuid = "u\(id)"
        generation.isRaw = Bool.random(using: &random)
        generation.finishedAt = maybe(1.7e9)
        generation.failure = maybe(text())
        if Bool.random(using: &random) { generation.sampling.temperature = 0.1 }
        if Bool.random(using: &random) { generation.sampling.stop = [text() + "x"] }
        generation.limits.words = maybe(30)
        generation.timings.promptTokens = Int.random(in: 0...3, using: &random)
        if Bool.random(using: &random) {
            generation.parts = [.init(name: text(), limits: .init(characters: 40)), .init(name: text())]
        }
        var draft = SavedDraft(
            id: id, generationId: id, ordinal: 0, text: text(),
            finishReason: maybe(Bool.random(using: &random) ? .stop : .cutOff),
            starred: .random(using: &random),
            rating: maybe(3), note: maybe(text()), createdAt: 1.7e9, updatedAt: 1.8e9, deletedAt: maybe(1.9e9))
        draft.isCandidate = .random(using: &random)
        draft.details.reasoning = maybe(text())
        draft.details.tidied = Bool.random(using: &random) ? [] : [.quotes, .markdown]
        draft.details.attempts = Int.random(in: 1...3, using: &random)
        draft.details.twinOf = maybe(2)
        var server = ServerReport(endpoint: "local", askedModel: text())
        server.answeredModel = maybe(text())
        server.seed = maybe(.max)
        server.droppedFields = Bool.random(using: &random) ? [] : ["top_k", text()]
        server.completionTokens = maybe(7)
        server.cost = maybe(0.1)
        server.failure = maybe(text())
        draft.details.server = maybe(server)
        draft.details.score = maybe(DraftScore(meanLogProbability: -1.25, parts: ["named": 0.5, "complete": 1 / 3]))
        return ExportItem(
            draft: draft, generation: generation, tags: Bool.random(using: &random) ? [] : [text(), "tag"])
    }

    @Test func `writes byte for byte what the encoder does, whatever came before`() {
        var random = SeededRandom(state: 11)
        var pretty = DraftWriter(isPretty: true)
        var lines = DraftWriter(isPretty: false)
        for id in 1...600 {
            let item = item(&random, Int64(id))
            let generation = DraftJSON.Generation(item.generation)
            let draft = DraftJSON.Draft(item.draft, of: item.generation, tags: item.tags)
            #expect(
                (pretty.text(of: item.draft, of: item.generation, tags: item.tags) + "\n").utf8.elementsEqual(
                    DraftJSON.text(of: draft).utf8))
            #expect((pretty.text(of: item.generation) + "\n").utf8.elementsEqual(DraftJSON.text(of: generation).utf8))
            let line = DraftJSON.Draft(item.draft, of: item.generation, tags: item.tags, isAlone: true)
            #expect(
                lines.text(of: item.draft, of: item.generation, tags: item.tags, isAlone: true).utf8.elementsEqual(
                    DraftJSON.text(of: line, isPretty: false).utf8))
        }
    }

    @Test func `dates are those of the calendar`() {
        var random = SeededRandom(state: 12)
        for _ in 0..<5000 {
            let seconds = Double.random(in: 0...253_402_300_799, using: &random).rounded(.down)
            #expect(Timestamp.iso8601(seconds) == Date(timeIntervalSince1970: seconds).formatted(.iso8601))
        }
        #expect(Timestamp.iso8601(951_782_400) == "2000-02-29T00:00:00Z")
        #expect(Timestamp.iso8601(.nan) == "1970-01-01T00:00:00Z")
        #expect(Timestamp.iso8601(1e300) == "9999-12-31T23:59:59Z")
    }
}

/// SplitMix64: the same numbers for the same seed.
private struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
