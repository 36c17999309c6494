import Generation
import Testing
import Text

@testable import Inference

@Suite struct `The end of a draft` {
    /// Writes the listed texts one after another, then the end.
    private func write(
        _ texts: [String], trims: Bool = true, _ change: (inout SamplingOptions) -> Void = { _ in }
    ) -> (text: String, reason: FinishReason?, pieces: [String], tokenCount: Int) {
        let writer = TinyWriter(vocabulary: ListedVocabulary(texts: [""] + Array(Set(texts)).sorted() + ["other"])) {
            text in
            var sum = ""
            for part in texts {
                if sum == text { return [part: 5, "other": 1] }
                sum += part
            }
            return ["": 5]
        }
        return writer.write(trims: trims, change)
    }

    @Test func `is the place where the model ends the text`() {
        let draft = write(["Hello", " world"])
        #expect(draft.text == "Hello world")
        #expect(draft.reason == .stop)
        #expect(draft.tokenCount == 2)
    }

    @Test func `comes before a stop string, also one that spans tokens`() {
        let draft = write(["One", ". E", "N", "D", " more"]) { $0.stop = ["x", "END"] }
        #expect(draft.text == "One.")
        #expect(draft.reason == .stop)
    }

    @Test func `holds back text that may begin a stop string, and reports it once it does not`() {
        let draft = write(["One EN", "T", " two"]) { $0.stop = ["END"] }
        #expect(draft.pieces.first == "One")
        #expect(draft.text == "One ENT two")
    }

    @Test func `comes after the most tokens that were asked for`() {
        let draft = write(["a", " b", " c", " d"]) { $0.maxTokens = 3 }
        #expect(draft.text == "a b c")
        #expect(draft.reason == .length)
    }

    @Test func `white space around an answer is never reported, but kept in a raw continuation`() {
        let answer = write(["\n", " Hi", " \n", "\n"])
        #expect(answer.text == "Hi")
        #expect(answer.pieces == ["Hi"])
        #expect(write(["\n", " Hi", " \n", "\n"], trims: false).text == "\n Hi \n\n")
    }

    @Test func `a stop string in the white space before an answer does not end it`() {
        #expect(write(["\n", "Hi", "\n", "x"]) { $0.stop = ["\n"] }.text == "Hi")
    }

    @Test func `a banned phrase is avoided, no matter how tokens split its letters`() {
        let draft = write(["We", " del", "Ve", " in"]) { $0.bannedPhrases = ["delve"] }
        #expect(!draft.text.lowercased().contains("delve"))
        #expect(draft.text.hasPrefix("We"))
    }
}

@Suite struct `Bytes on their way to text` {
    @Test func `only complete characters are reported`() {
        var text = DraftText(trimsWhitespace: true)
        let bytes = Array("é你".utf8)
        var pieces: [String] = []
        for byte in bytes {
            text.append(1, [byte])
            pieces.append(text.report(upTo: text.bytes.count, isFinal: false))
        }
        #expect(pieces == ["", "é", "", "", "你"])
    }

    @Test func `an emoji of several parts is reported in one piece`() {
        var text = DraftText(trimsWhitespace: true)
        var pieces: [String] = []
        for scalar in "👩‍🚀 ok".unicodeScalars {
            text.append(1, String(scalar).utf8)
            let piece = text.report(upTo: text.bytes.count, isFinal: false)
            if !piece.isEmpty { pieces.append(piece) }
        }
        #expect(pieces.first == "👩‍🚀")
    }

    @Test func `bytes that are no text become replacement characters`() {
        var text = DraftText(trimsWhitespace: true)
        text.append(1, [0x61, 0xFF, 0x62])
        #expect(text.report(upTo: 3, isFinal: true) == "a\u{FFFD}b")
    }
}
