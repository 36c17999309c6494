import Generation
import Testing

@Suite struct `The short hash of bytes` {
    @Test(arguments: [("", "cbf29ce484222325"), ("a", "af63dc4c8601ec8c"), ("foobar", "85944171f73967e8")])
    func `is FNV-1a of 64 bits, always 16 digits long`(text: String, expected: String) {
        #expect(FNV1a(text.utf8).hexadecimal == expected)
    }

    @Test func `does not depend on how the bytes come`() {
        var hash = FNV1a()
        hash.mix("foo".utf8)
        for byte in "bar".utf8 { hash.mix(UInt64(byte)) }
        #expect(hash.value == FNV1a("foobar".utf8).value)
    }
}
