import Endpoints
import Generation
import ScriptedServer
import Testing

/// Writes one draft of pieces that come one after another. The answer never ends by itself.
private func shaped(
    _ pieces: [String], reason: String? = "stop", _ change: (inout GenerationRequest) -> Void
) async throws -> (drafts: RemoteDrafts, wasClosed: Bool) {
    let closed = RequestCounter()
    let server = try ScriptedServer { _, reply in
        reply.stream(pieces, reason: reason, done: false)
        if reason == nil {
            reply.send(": waiting\n\n")
            if reply.waitUntilGone() { _ = closed.next() }
        }
    }
    defer { server.close() }
    let drafts = await write(remoteGenerator(server), remoteRequest(1, change))
    let end = ContinuousClock.now + .seconds(300)
    var wasClosed = closed.value > 0
    while reason == nil, !wasClosed, ContinuousClock.now < end {
        try await Task.sleep(for: .milliseconds(5))
        wasClosed = closed.value > 0
    }
    return (drafts, wasClosed)
}

/// The words of a text, each with the space before it.
private func words(_ text: String) -> [String] {
    text.split(separator: " ", omittingEmptySubsequences: false).enumerated()
        .map { $0 == 0 ? String($1) : " " + $1 }
}

@Suite struct `The text of a server` {
    @Test(arguments: [
        ("Fresh tea from the hills, picked by hand at dawn", LengthLimits(characters: 22), "Fresh tea"),
        ("Fresh tea for $3.50 a box", LengthLimits(characters: 17), "Fresh tea"),
        ("One two three four five six", LengthLimits(words: 4), "One two three four"),
        ("It rains. The sun comes. We go.", LengthLimits(sentences: 2), "It rains. The sun comes."),
        ("First line\n\nSecond line\nThird", LengthLimits(lines: 2), "First line\n\nSecond line"),
        ("Ein Haus am See mit Garten", LengthLimits(characters: 12), "Ein Haus"),
    ])
    func `is cut at a whole word, sentence or line, and the connection is closed`(
        text: String, limits: LengthLimits, expected: String
    ) async throws {
        let long = words(text + " and more and more words that never come to an end at all")
        let (drafts, wasClosed) = try await shaped(long, reason: nil) { $0.limits = limits }
        #expect(drafts.text == expected)
        #expect(drafts.reason == .limit && drafts.notices == [])
        #expect(wasClosed, "the server still writes")
    }

    @Test(arguments: [
        ("今天天气很好，我们去公园散步，然后喝一杯茶。", LengthLimits(characters: 8)),
        ("今天天气很好，我们去公园散步，然后喝一杯茶。", LengthLimits(words: 8)),
        ("今天天气很好，我们去公园散步，然后喝一杯茶。", LengthLimits(characters: 16, countsWideAsTwo: true)),
    ])
    func `in Chinese is cut within its limit`(text: String, limits: LengthLimits) async throws {
        let (drafts, _) = try await shaped(text.map(String.init), reason: nil) { $0.limits = limits }
        let written = try #require(drafts.text)
        #expect(text.hasPrefix(written) && drafts.reason == .limit)
        #expect((4...9).contains(written.count), "\(written)")
    }

    @Test func `in Chinese ends with a whole sentence`() async throws {
        let (drafts, _) = try await shaped("今天下雨。太阳出来了。我们走吧。".map(String.init), reason: nil) {
            $0.limits = LengthLimits(sentences: 2)
        }
        #expect(drafts.text == "今天下雨。太阳出来了。")
    }

    @Test func `within its limits stays as it is`() async throws {
        let text = "Fresh tea for $3.50 a box."
        let limits = LengthLimits(characters: 26, words: 6, sentences: 1, lines: 1)
        let (drafts, _) = try await shaped(words(text), reason: "stop") { $0.limits = limits }
        #expect(drafts.text == text && drafts.reason == .stop)
        let soft = try await shaped(words(text), reason: "stop") { $0.limits = LengthLimits(words: 2, hard: false) }
        #expect(soft.drafts.text == text)
    }

    @Test func `that comes as one piece is cut too`() async throws {
        let (drafts, _) = try await shaped(["One two three four five six"], reason: "stop") {
            $0.limits = LengthLimits(words: 3)
        }
        #expect(drafts.text == "One two three" && drafts.reason == .limit)
    }

    /// What a server wrote is never lost as a whole.
    @Test(arguments: [
        (["Donaudampfschifffahrtskapitän"], LengthLimits(characters: 20), "Donaudampfschifffahr"),
        (["Donau", "dampf", "schiff"], LengthLimits(characters: 7), "Donauda"),
        (["https://example.com/tea"], LengthLimits(characters: 12), "https://exam"),
    ])
    func `whose first word is longer than its limit ends inside it, and it is said once`(
        pieces: [String], limits: LengthLimits, expected: String
    ) async throws {
        let (drafts, _) = try await shaped(pieces, reason: "stop") { $0.limits = limits }
        #expect(drafts.text == expected && drafts.reason == .limit)
        #expect(
            drafts.notices == ["The draft ends inside a word, because not even its first word fits. Raise the limit."])
    }

    @Test func `whose first unit is an article keeps it`() async throws {
        let (drafts, _) = try await shaped(["A caterpillar"], reason: "stop") {
            $0.limits = LengthLimits(characters: 5)
        }
        #expect(drafts.text == "A" && drafts.reason == .limit && drafts.notices == [])
    }

    @Test func `in parts ends inside the first word of a part that has no room for it`() async throws {
        let (drafts, _) = try await shaped(["Title: Donaudampfschiff\nText: Tea"], reason: "stop") {
            $0.conditions.parts = [
                PartSpecification(name: "title", limits: LengthLimits(characters: 5)), PartSpecification(name: "text"),
            ]
        }
        #expect(drafts.text == "Donau\nTea" && drafts.notices.count == 1)
    }

    /// C30, T39.
    @Test(arguments: [["Tea and", " more EN", "D of it", " all"], ["Tea and more END"], ["Tea and more E", "N", "D"]])
    func `ends before a stop text that the server runs over`(pieces: [String]) async throws {
        let (drafts, _) = try await shaped(pieces, reason: "stop") { $0.sampling.stop = ["END", "never"] }
        #expect(drafts.text == "Tea and more" && drafts.reason == .stop)
    }

    @Test func `behind a stop text is not waited for`() async throws {
        let (drafts, wasClosed) = try await shaped(["Tea", " END and on"], reason: nil) { $0.sampling.stop = ["END"] }
        #expect(drafts.text == "Tea" && drafts.reason == .stop && wasClosed)
    }

    @Test(arguments: [
        (
            ["Sure", ", here is a headline:", "\n\n", "\"Tea", " for two\""], "Tea for two",
            [TidiedPiece.preamble, .quotes]
        ),
        (["**Headline:**", " Tea for two"], "Tea for two", [.label, .markdown]),
        (["\"Tea for two\""], "Tea for two", [.quotes]),
        (["Tea for two", "\n\n", "Let me know if you need", " any changes!"], "Tea for two", [.note]),
        (["\"Go,\" she said, and went."], "\"Go,\" she said, and went.", []),
        (["\n Tea for two \n"], "Tea for two", []),
    ])
    func `is the bare text if the template asks for that`(
        pieces: [String], expected: String, removed: [TidiedPiece]
    ) async throws {
        let (drafts, _) = try await shaped(pieces, reason: "stop") { $0.sampling.tidy = true }
        #expect(drafts.text == expected)
        #expect(Set(drafts.details[0]?.tidied ?? []) == Set(removed))
        #expect(drafts.restarts == 0)
    }

    @Test func `keeps its quotes and labels if nobody asked for the bare text`() async throws {
        let (drafts, _) = try await shaped(["\"Headline: Tea\""], reason: "stop") { _ in }
        #expect(drafts.text == "\"Headline: Tea\"")
    }

    @Test func `in parts has a line for each, without labels and blank lines`() async throws {
        let (drafts, _) = try await shaped(
            ["**Attention:** Tired?\n\n", "Interest: Tea helps", " you to wake up\nAction: Buy it.", "\n"],
            reason: "stop"
        ) {
            $0.conditions.parts = [
                PartSpecification(name: "attention"),
                PartSpecification(name: "interest", limits: LengthLimits(words: 2)),
                PartSpecification(name: "action"),
            ]
        }
        #expect(drafts.text == "Tired?\nTea helps\nBuy it.")
        #expect(drafts.reason == .stop && drafts.details[0]?.tidied == [.label])
        let (short, _) = try await shaped(["Tired?"], reason: "stop") {
            $0.conditions.parts = [PartSpecification(name: "attention"), PartSpecification(name: "action")]
        }
        #expect(short.text == "Tired?" && short.notices == ["The draft has 1 of the 2 parts."])
    }

    @Test func `that breaks its grammar or schema is marked as failed`() async throws {
        let grammar = try await shaped(["maybe"], reason: "stop") { $0.sampling.grammar = #"root ::= "yes" | "no""# }
        #expect(grammar.drafts.reason == .failed && grammar.drafts.text == "maybe")
        #expect(
            grammar.drafts.notices == [
                "The draft does not follow the grammar: the server did not keep it. Use a server that takes grammars."
            ])
        let schema =
            #"{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}},"required":["a","b"]}"#
        let prose = try await shaped(["Here you are"], reason: "stop") { $0.sampling.jsonSchema = schema }
        #expect(prose.drafts.reason == .failed)
        for good in [#" {"a": 1, "b": "x"}"#, #"{"b":"x","a":1}"#, "{\n  \"b\": \"x\",\n  \"a\": 1\n}\n"] {
            let answer = try await shaped([good], reason: "stop") { $0.sampling.jsonSchema = schema }
            #expect(answer.drafts.reason == .stop && answer.drafts.notices == [], "\(good)")
        }
        let stopped = try await shaped(["<think>so</think>Good END day"], reason: "stop") {
            $0.sampling.grammar = #"root ::= "<think>so</think>Good END day""#
            $0.sampling.stop = ["END"]
        }
        #expect(stopped.drafts.text == "Good" && stopped.drafts.reason == .stop && stopped.drafts.notices == [])
        let short = try await shaped([#"{"a": 1,"#], reason: "length") { $0.sampling.jsonSchema = schema }
        #expect(short.drafts.reason == .length)
        #expect(
            short.drafts.notices == [
                "The draft ended before it was complete as its schema asks. Allow more tokens, or a longer text."
            ])
        let other = try await shaped([#"{"a":"x"}"#], reason: "stop") { $0.sampling.jsonSchema = schema }
        #expect(
            other.drafts.notices == [
                "The draft is JSON, but it does not seem to follow the schema. Check it before you use it."
            ])
    }

    @Test func `without a word that it must have, or with a banned one, is named`() async throws {
        let (drafts, _) = try await shaped(["Synergies sell very well"], reason: "stop") {
            $0.sampling.mustInclude = ["tea"]
            $0.sampling.bannedPhrases = ["very"]
            $0.conditions.lexicon.banned = ["synergy"]
        }
        #expect(drafts.reason == .stop)
        #expect(drafts.notices.count == 3)
        for word in ["tea", "very", "synergy"] {
            #expect(drafts.notices.contains { $0.contains("\"\(word)\"") || $0.contains("'\(word)'") }, "\(word)")
        }
    }

    @Test(arguments: [("content_filter", "content filter"), ("strange_reason", "'strange_reason'")])
    func `that ended for another reason says which`(reason: String, word: String) async throws {
        let (drafts, _) = try await shaped(["Tea"], reason: reason) { _ in }
        #expect(drafts.text == "Tea" && drafts.notices.count == 1 && drafts.notices[0].contains(word))
        #expect(drafts.server?.finishReason == reason)
    }
}
