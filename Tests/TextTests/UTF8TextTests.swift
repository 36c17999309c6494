import Testing
import Text

@Suite struct `Bytes that come in pieces` {
    @Test(arguments: [
        ([0x61], 0), ([0xE4], 1), ([0xE4, 0xBD], 2), ([0xE4, 0xBD, 0xA0], 0), ([0xF0, 0x9F, 0x98], 3), ([0x80], 0),
    ])
    func `the half character at the end is found`(bytes: [UInt8], count: Int) {
        #expect(UTF8Text.incompleteTailCount(bytes[...]) == count)
    }

    @Test func `give the text of all bytes at once if half characters wait, at most three bytes of them`() {
        var random = SeededRandom(seed: 3)
        for _ in 0..<300 {
            var bytes = Array("naïve 日本 😀".utf8)
            for _ in 0..<3 {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var pending: [UInt8] = []
            var text = ""
            for byte in bytes {
                pending.append(byte)
                let waiting = UTF8Text.incompleteTailCount(pending[...])
                #expect(waiting <= 3)
                text += String(decoding: pending.dropLast(waiting), as: UTF8.self)
                pending.removeFirst(pending.count - waiting)
            }
            text += String(decoding: pending, as: UTF8.self)
            #expect(text.unicodeScalars.elementsEqual(String(decoding: bytes, as: UTF8.self).unicodeScalars))
        }
    }
}
