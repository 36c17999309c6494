import Generation
import Testing

@testable import Endpoints

@Suite struct `A text that comes in pieces` {
    private static let texts = [
        "Fresh tea for $3.50 a box, picked by hand at dawn. Order now! Or later?\nA second line.\n\nA third one.",
        "Sure, here is a headline:\n\n**Headline:** \"Tea for two at 5 p.m.\"\n\n(22 characters)",
        "今天天气很好，我们去公园散步。然后喝一杯茶。\n我们走吧。",
        "\n  \"Go,\" she said. \"It is late.\"\n\nNote: I kept it short.\n\nLet me know if you need changes!",
        "Attention: Tired?\nInterest: Tea helps you.\n\nAction: Buy it END now.\nMore: no",
        "- one\n- two\n- three 👩‍👩‍👧 and 🇩🇪 flags",
    ]

    private static let requests: [GenerationRequest] = {
        func request(_ change: (inout GenerationRequest) -> Void) -> GenerationRequest {
            var request = GenerationRequest(prompt: .chat([Message(.user, "Hi")]), seed: 1)
            change(&request)
            return request
        }
        let parts = ["attention", "interest", "action"].map {
            PartSpecification(name: $0, limits: LengthLimits(words: 4))
        }
        return [
            request { _ in }, request { $0.sampling.tidy = true }, request { $0.sampling.stop = ["END", "!"] },
            request { $0.limits = LengthLimits(characters: 30) }, request { $0.limits = LengthLimits(words: 7) },
            request { $0.limits = LengthLimits(sentences: 2) }, request { $0.limits = LengthLimits(lines: 2) },
            request {
                $0.limits = LengthLimits(characters: 40, words: 9, sentences: 2, lines: 1)
                $0.sampling.tidy = true
            },
            request { $0.conditions.parts = parts },
            request { $0.prompt = .raw("Hi") },
        ]
    }()

    private static func shape(_ text: String, _ request: GenerationRequest, pieceLength: Int) -> String {
        var shaper = DraftShaper(request)
        var given = ""
        var rest = text.unicodeScalars[...]
        while !rest.isEmpty, shaper.end == nil {
            given += shaper.add(String(String.UnicodeScalarView(rest.prefix(pieceLength))))
            rest = rest.dropFirst(pieceLength)
        }
        given += shaper.finish()
        #expect(given == shaper.text)
        return given
    }

    @Test(arguments: texts.indices, requests.indices)
    func `keeps its limits, whatever the pieces`(text: Int, request: Int) {
        let (text, request) = (Self.texts[text], Self.requests[request])
        for pieceLength in [1, 2, 3, 7, 1000] {
            let given = Self.shape(text, request, pieceLength: pieceLength)
            let length = RunningTextLength(given)
            #expect(length.keeps(request.limits), "\(given.debugDescription)")
            #expect(!given.contains("END") || request.sampling.stop.isEmpty)
        }
    }

    @Test(arguments: texts.indices, requests.indices)
    func `becomes the same text, whatever the pieces`(text: Int, request: Int) {
        let (text, request) = (Self.texts[text], Self.requests[request])
        let single = Self.shape(text, request, pieceLength: 1)
        for pieceLength in [2, 3, 5, 7, 11] {
            #expect(Self.shape(text, request, pieceLength: pieceLength) == single)
        }
    }

    @Test func `of many thousand words is shaped in time that grows with its length`() {
        var request = GenerationRequest(prompt: .chat([Message(.user, "Hi")]), seed: 1)
        request.sampling.tidy = true
        request.sampling.stop = ["NEVER"]
        request.limits = LengthLimits(characters: 3_000_000)
        var shaper = DraftShaper(request)
        let start = ContinuousClock.now
        var count = 0
        for _ in 0..<500 { count += shaper.add("Some words of a long text, and on.\n").count }
        count += shaper.finish().count
        #expect(count == 500 * 35 - 1)
        #expect(ContinuousClock.now - start < .seconds(20))
    }
}

/// The length of a text, counted by the one meaning of limits.
private struct RunningTextLength {
    let text: String
    init(_ text: String) { self.text = text }

    func keeps(_ limits: LengthLimits) -> Bool {
        var cut = LimitCut(limits)
        cut?.add(text)
        let bytes = Array(text.utf8)
        return cut?.end(of: bytes[...], isComplete: true) == nil
    }
}
