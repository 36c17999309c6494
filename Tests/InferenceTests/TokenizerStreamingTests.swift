import Testing

@testable import Inference

struct TokenizerStreamingTests {
    @Test func `a character that comes in pieces comes out whole`() {
        var decoder = StreamingTextDecoder()
        let emoji = Array("😀".utf8)
        #expect(decoder.append(Array("a".utf8) + emoji[..<2]) == "a")
        #expect(decoder.append([emoji[2]]) == "")
        #expect(decoder.append([emoji[3], 0x62]) == "😀b")
        #expect(decoder.finish() == "")
    }

    @Test func `broken bytes become replacement characters at once`() {
        var decoder = StreamingTextDecoder()
        #expect(decoder.append([0xFF]) == "\u{FFFD}")
        #expect(decoder.append([0x80, 0x61]) == "\u{FFFD}a")
        // E2 28: the second byte cannot follow, so the first is broken.
        #expect(decoder.append([0xE2]) == "")
        #expect(decoder.append([0x28]) == "\u{FFFD}(")
        // No character begins with C0, and none with F5.
        #expect(decoder.append([0xC0]) == "\u{FFFD}")
        #expect(decoder.append([0xF5]) == "\u{FFFD}")
    }

    @Test func `an unfinished character at the end is one replacement character`() {
        var decoder = StreamingTextDecoder()
        #expect(decoder.append([0x61, 0xF0, 0x9F, 0x98]) == "a")
        #expect(decoder.finish() == "\u{FFFD}")
        #expect(decoder.append([0x62]) == "b")
    }

    @Test func `pieces together are the text decoded at once, and at most three bytes wait`() {
        var random = SplitMix(state: 3)
        for _ in 0..<300 {
            var bytes = Array("naïve 日本 😀".utf8)
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var decoder = StreamingTextDecoder()
            var text = ""
            for (index, byte) in bytes.enumerated() {
                text += decoder.append([byte])
                let soFar = String(decoding: bytes[...index], as: UTF8.self)
                // Only what may still become one character is missing.
                #expect(soFar.unicodeScalars.count - text.unicodeScalars.count <= 1)
            }
            text += decoder.finish()
            #expect(text.unicodeScalars.elementsEqual(String(decoding: bytes, as: UTF8.self).unicodeScalars))
        }
    }
}
