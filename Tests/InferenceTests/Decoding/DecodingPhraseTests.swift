import Generation
import Testing
import Text

@testable import Inference

@Suite struct `A phrase that must be in a draft` {
    /// Writes "a b a b …" and wants to end after a while; has pieces for other phrases.
    private func writer(endsAfter count: Int = 6) -> TinyWriter {
        TinyWriter(
            vocabulary: ListedVocabulary(texts: [
                "", "a", " a", " b", ".", " desk", " la", "mp", "desk", " oak", " c", "d", "\n", " trees",
            ])
        ) { text in
            let words = text.split(separator: " ").count
            if words >= count { return ["": 8, ".": 2, " a": 1, " b": 1] }
            return text.isEmpty ? ["a": 8] : text.hasSuffix("a") ? [" b": 8, ".": 1] : [" a": 8, " desk": -3]
        }
    }

    @Test func `is there before the text ends`() {
        let draft = writer().write { $0.mustInclude = ["desk lamp"] }
        #expect(draft.text.contains("desk lamp"))
        #expect(draft.reason == .stop)
        // Without an end in sight no token gets a bonus.
        #expect(draft.text.hasPrefix("a b a b"))
    }

    @Test func `is there once each if there are several, and in words of its own`() {
        let draft = writer().write { $0.mustInclude = ["desk lamp", "oak"] }
        #expect(draft.text.contains(" desk lamp") && draft.text.lowercased().contains(" oak"))
        #expect(draft.text.components(of: "desk lamp") == 1)
        #expect(draft.reason == .stop)
    }

    @Test func `gets no bonus if the model writes it anyway`() {
        let plain = TinyWriter(vocabulary: ListedVocabulary(texts: ["", "a", " desk", " lamp", " b"])) { text in
            text.isEmpty
                ? ["a": 8] : text.hasSuffix("desk") ? [" lamp": 8] : text.hasSuffix("lamp") ? ["": 8] : [" desk": 8]
        }
        #expect(plain.write { $0.mustInclude = ["DESK LAMP"] }.text == "a desk lamp")
    }

    @Test(arguments: 8...30)
    func `is complete before the last token`(most: Int) {
        for seed in 0..<5 {
            let draft = writer(endsAfter: 1000).write(seed: UInt64(seed)) {
                $0.mustInclude = ["desk lamp"]
                $0.maxTokens = most
                $0.temperature = 1
            }
            #expect(draft.text.contains("desk lamp"))
            #expect(draft.tokenCount <= most)
        }
    }

    @Test(arguments: 9...40)
    func `is there under a limit on characters, which is kept`(limit: Int) {
        for seed in 0..<5 {
            let draft = writer(endsAfter: 1000).write(LengthLimits(characters: limit), seed: UInt64(seed)) {
                $0.mustInclude = ["desk lamp"]
                $0.temperature = 1
            }
            #expect(draft.text.count <= limit)
            #expect(draft.text.contains("desk lamp"), "\(draft)")
        }
    }

    @Test(arguments: 2...12)
    func `is there under limits on words, sentences and lines`(limit: Int) {
        let draft = writer(endsAfter: 1000).write(LengthLimits(words: limit, sentences: 1, lines: 1)) {
            $0.mustInclude = ["desk lamp"]
        }
        #expect(draft.text.contains("desk lamp"))
        let length = TextLength(of: draft.text)
        #expect(length.words <= limit && length.sentences == 1 && length.lines == 1)
    }

    @Test func `is left out if a hard limit has no room for it`() {
        let draft = writer().write(LengthLimits(characters: 8)) { $0.mustInclude = ["desk lamp"] }
        #expect(draft.text.count <= 8 && !draft.text.isEmpty)
        #expect(draft.reason == .limit)
    }

    @Test func `comes before a stop string, which ends the text after it`() {
        let draft = writer().write {
            $0.mustInclude = ["desk lamp"]; $0.stop = ["."]
        }
        #expect(draft.text.contains("desk lamp") && !draft.text.contains("."))
    }

    @Test func `does not keep a draft from ending if it is impossible`() {
        let draft = writer().write {
            $0.mustInclude = ["没有"]; $0.maxTokens = 12
        }
        #expect(draft.reason == .length && draft.tokenCount == 12)
    }
}

extension String {
    /// How often a text occurs.
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}

@Suite struct `Phrases in drafts of the built-in model` {
    @Test func `are in every draft, within the limits`() async throws {
        let generator = try BuiltInModel.generator()
        for seed in 0..<3 {
            let drafts = try await generator.write(
                BuiltInModel.request("Write a search ad headline for a desk lamp.", variantCount: 4, seed: UInt64(seed))
                {
                    $0.limits = LengthLimits(characters: 30, lines: 1)
                    $0.sampling.mustInclude = ["20% off"]
                    $0.sampling.temperature = 1
                })
            for text in drafts.texts {
                #expect(text.count <= 30)
                #expect(text.contains("20% off"), "\(text)")
            }
        }
    }

    @Test func `are in every draft without limits`() async throws {
        let drafts = try await BuiltInModel.generator().write(
            BuiltInModel.request("Write a short story about a lighthouse.", variantCount: 3) {
                $0.sampling.mustInclude = ["harbour wall", "storm lantern"]
                $0.sampling.maxTokens = 80
            })
        for text in drafts.texts {
            #expect(
                text.lowercased().contains("harbour wall") && text.lowercased().contains("storm lantern"), "\(text)")
        }
    }
}
