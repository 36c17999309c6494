import Studio
import Testing

@testable import Terminal

private func keys(_ text: String) -> [KeyPress] {
    var decoder = KeyDecoder()
    return decoder.decode(Array(text.utf8)) + decoder.flush()
}

/// Byte streams as terminals send them, with what they mean.
private let streams: [(bytes: [UInt8], keys: [KeyPress])] = [
    (Array("ab".utf8), [.character("a"), .character("b")]),
    (Array("é中😀".utf8), [.character("é"), .character("中"), .character("😀")]),
    ([0x0A], [.control("j")]),
    ([0x1B, 0x0D, 0x1B, 0x0A], [.altEnter, .altEnter]),
    ([0x07, 0x1A, 0x00, 0x09, 0x0D, 0x7F], [.control("g"), .control("z"), .control(" "), .tab, .enter, .backspace]),
    (Array("\u{1B}[A\u{1B}OB\u{1B}[1;2C\u{1B}[1;5D".utf8), [.up, .down, .shiftRight, .controlLeft]),
    (Array("\u{1B}[Z\u{1B}[H\u{1B}[4~\u{1B}[5~\u{1B}[3~".utf8), [.backTab, .home, .end, .pageUp, .delete]),
    (Array("\u{1B}OP\u{1B}[15~\u{1B}[24~".utf8), [.function(1), .function(5), .function(12)]),
    (Array("\u{1B}x\u{1B}\r\u{1B}\u{7F}\u{1B}é".utf8), [.alt("x"), .altEnter, .wordBackspace, .alt("é")]),
    (Array("\u{1B}[200~one\r\ntwo\u{1B}[31m\u{1B}[201~z".utf8), [.paste("one\ntwo\u{1B}[31m"), .character("z")]),
    ([0xE4, 0xB8, 0x61], [.character("\u{FFFD}"), .character("a")]),
    ([0xFF, 0x62], [.character("\u{FFFD}"), .character("b")]),
    (Array("\u{1B}[<0;10;5Mq\u{1B}[M !!q".utf8), [.character("q"), .character("q")]),
    (Array("\u{1B}]11;rgb:0000/0000/0000\u{1B}\\k\u{1B}P1$r\u{1B}\\k".utf8), [.character("k"), .character("k")]),
    (Array("\u{1B}[97;5u\u{1B}[13;3u".utf8), [.control("a"), .altEnter]),
]

@Suite struct `Keys from bytes` {
    @Test(arguments: streams.indices)
    func `a stream of bytes gives its keys`(index: Int) {
        var decoder = KeyDecoder()
        #expect(decoder.decode(streams[index].bytes) == streams[index].keys)
        #expect(!decoder.isWaiting)
    }

    @Test(arguments: streams.indices)
    func `the same bytes give the same keys wherever they are cut`(index: Int) {
        let bytes = streams[index].bytes
        for cut in 0...bytes.count {
            var decoder = KeyDecoder()
            let found = decoder.decode(bytes[..<cut]) + decoder.decode(bytes[cut...])
            #expect(found == streams[index].keys, "cut at \(cut)")
        }
    }

    @Test func `Escape alone is a key once nothing follows`() {
        #expect(keys("\u{1B}") == [.escape])
        #expect(keys("\u{1B}\u{1B}") == [.escape, .escape])
    }

    @Test func `Escape and what follows too late are two keys`() {
        var decoder = KeyDecoder()
        #expect(decoder.decode([0x1B]) == [])
        #expect(decoder.flush() == [.escape])
        #expect(decoder.decode(Array("[A".utf8)) == [.character("["), .character("A")])
    }

    @Test func `a paste whose end is lost is delivered when nothing follows`() {
        #expect(keys("\u{1B}[200~half") == [.paste("half")])
    }

    @Test func `a paste beyond the cap still ends`() {
        var decoder = KeyDecoder()
        _ = decoder.decode(Array("\u{1B}[200~".utf8))
        _ = decoder.decode(repeatElement(UInt8(ascii: "x"), count: KeyDecoder.longestPaste + 1000))
        let found = decoder.decode(Array("\u{1B}[201~k".utf8))
        guard case .paste(let text) = found.first else {
            Issue.record("no paste came out")
            return
        }
        #expect(text.utf8.count <= KeyDecoder.longestPaste)
        #expect(found.last == .character("k"))
    }

    @Test func `any bytes give keys without a trap and without waiting for ever`() {
        var random = SeededRandom(seed: 4)
        for _ in 0..<2000 {
            let bytes = (0..<40).map { _ in
                Bool.random(using: &random)
                    ? UInt8.random(in: 0...255, using: &random)
                    : [0x1B, 0x5B, 0x7E, 0x4D].randomElement(using: &random) ?? 0
            }
            var decoder = KeyDecoder()
            _ = decoder.decode(bytes)
            _ = decoder.flush()
            var rounds = 0
            while decoder.isWaiting, rounds < bytes.count {
                _ = decoder.flush()
                rounds += 1
            }
            #expect(!decoder.isWaiting, "\(bytes)")
        }
    }
}

/// SplitMix64: the same numbers for the same seed.
private struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
