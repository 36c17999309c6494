import Testing

@testable import Inference

/// What Oniguruma matches is held against its own results in the tokenizer fixtures; here is what bounds the work.
struct RegularExpressionTests {
    private func pieces(_ source: String, _ text: String) throws -> [String] {
        let bytes = Array(text.utf8)
        let laidOut = ScalarText(bytes, 0..<bytes.count)
        let cut = SplitCut(pattern: .expression(try RegularExpression(source)))
        return SplitCut.pieces(laidOut, by: [cut]).map { String(decoding: bytes[laidOut.bytes($0)], as: UTF8.self) }
    }

    @Test func `alternatives, counts and classes match from the left`() throws {
        #expect(try pieces("a|ab", "xabab") == ["x", "a", "b", "a", "b"])
        #expect(try pieces("[^a-c]{2}", "abxyzc") == ["ab", "xy", "zc"])
        #expect(try pieces(#"\d{1,3}(?=(?:\d{3})*\b)"#, "1234567") == ["1", "234", "567"])
        #expect(try pieces("(?i:k)", "xK\u{212A}") == ["x", "K", "\u{212A}"])
        #expect(try pieces("a++a", "aaa") == ["aaa"])
        #expect(try pieces("a+?", "aaa") == ["a", "a", "a"])
        #expect(try pieces("(?<=a)b", "ab b") == ["a", "b", " b"])
    }

    @Test func `an expression that finds nothing at a place cuts there`() throws {
        #expect(try pieces(#"(?=(\d{3})+(?!\d))"#, "1234567") == ["1", "234", "567"])
    }

    @Test(arguments: ["(a+)+$", "(a|aa)+$", "(a|a|a)*b", "a*a*a*a*a*a*c", #"\s+$"#])
    func `an expression that goes back without end gives up`(source: String) throws {
        let text = String(repeating: source.hasPrefix("\\") ? " " : "a", count: 3000) + "b"
        #expect(try pieces(source, text).joined() == text)
    }

    @Test func `a long text needs no deep stack`() throws {
        let text = String(repeating: "ab", count: 200_000)
        #expect(try pieces("(?:ab)+", text) == [text])
    }

    @Test(arguments: [
        ("(a*)*", "a repetition of something that can be empty"), ("a)", "a ')' too many"),
        ("(a", "a '(' without its ')'"),
        ("[a", "a '[' without its ']'"), ("*a", "a repetition of nothing"), (#"\p{Klingon}"#, "the property 'Klingon'"),
        ("[z-a]", "a range that goes backward"), (#"\k"#, #"the escape '\k'"#),
        ("a{2000}", "a count above 1000"), ("(?:(?:a{999}b){999}c){999}", "an expression that is too long"),
        ("(?<=a+)b", "a look-behind of varying length"), ("\\", "a backslash at the end"),
    ])
    func `what cannot be run is said`(source: String, problem: String) {
        let error = #expect(throws: RegularExpression.Failure.self) { _ = try RegularExpression(source) }
        #expect(error?.problem == problem)
    }
}
