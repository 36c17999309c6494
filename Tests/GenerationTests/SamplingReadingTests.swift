// Values as text: valid ones are read, and invalid ones are refused with a sentence.

import Testing

@testable import Generation

/// A generator with a seed, so that a value that fails can be had again.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}

extension SamplingOption {
    /// Any value that the option takes.
    func random(using random: inout SeededRandom) -> SamplingValue {
        switch kind {
        case .number(let range):
            let edges = [range.lowerBound, range.upperBound]
            return .number(
                Bool.random(using: &random)
                    ? Float.random(in: range, using: &random) : edges.randomElement(using: &random) ?? 1)
        case .count(let range): return .count(Int.random(in: range, using: &random))
        case .oneOf(let values): return .count(values.randomElement(using: &random) ?? 0)
        case .choice(let words): return .text(words.randomElement(using: &random))
        case .text: return Bool.random(using: &random) ? .text("x" + text(using: &random)) : .text(nil)
        case .texts:
            let count = Int.random(in: 0...4, using: &random)
            return .texts(
                (0..<count).map { _ in
                    // Neither empty nor blank, with anything around it.
                    text(using: &random) + ["a", "|", "\"", "\\", "世", "24,99"][Int.random(in: 0..<6, using: &random)]
                        + text(using: &random)
                })
        case .biases(let range):
            let count = Int.random(in: 0...4, using: &random)
            return .biases(
                Dictionary(
                    (0..<count).map { _ in
                        (Int.random(in: 0...Int(Int32.max), using: &random), Float.random(in: range, using: &random))
                    }, uniquingKeysWith: { $1 }))
        }
    }

    private func text(using random: inout SeededRandom) -> String {
        let parts = [
            " ", "  ", "\n", "\r\n", "\t", "|", " | ", "\"", "\\", "\\n", "\\|", "\\\"", ",", ":", "a", "News", "世界",
            "e\u{301}", "\u{301}", "\u{A0}", "\u{2028}", "👩‍👩‍👧‍👦", "'", "🇩🇪", "\u{B}", "\u{85}", "\u{FEFF}", "\r",
        ]
        let count = Int.random(in: 0...6, using: &random)
        return (0..<count).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
    }
}

@Suite struct `Values as text` {
    @Test(arguments: SamplingOption.all)
    func `a line is read back as it was written`(option: SamplingOption) throws {
        var random = SeededRandom(seed: 17)
        var seen: Set<SamplingValue> = []
        for _ in 0..<400 {
            let value = option.random(using: &random)
            let line = option.line(of: value)
            #expect(!line.contains { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }, "\(value)")
            let read = try option.readLine(line)
            #expect(isSame(read, value), "\(value) written \(line) read \(read)")
            seen.insert(value)
        }
        #expect(seen.count > 1)
    }

    @Test(arguments: SamplingOption.all)
    func `any line is read or refused, and its values are written back`(option: SamplingOption) throws {
        var random = SeededRandom(seed: 3)
        let parts = [
            "\\", "\"", "|", " ", "n", "0", "2", "5", ":", "-", ".", ",", "e", "\u{301}", "世", "\t", "9999999999",
            "\u{0}", "on", "text", "low",
        ]
        var readCount = 0
        for _ in 0..<500 {
            let count = Int.random(in: 0...8, using: &random)
            let line = (0..<count).map { _ in parts.randomElement(using: &random) ?? "" }.joined()
            guard let value = try? option.readLine(line) else { continue }
            #expect(isSame(try option.readLine(option.line(of: value)), value), "\(line)")
            readCount += 1
        }
        #expect(readCount > 0)
    }

    /// Texts are equal by their scalars, not by their meaning.
    private func isSame(_ left: SamplingValue, _ right: SamplingValue) -> Bool {
        switch (left, right) {
        case (.texts(let left), .texts(let right)):
            left.map { Array($0.unicodeScalars) } == right.map { Array($0.unicodeScalars) }
        case (.text(let left?), .text(let right?)): left.unicodeScalars.elementsEqual(right.unicodeScalars)
        default: left == right
        }
    }

    @Test(arguments: SamplingOption.all)
    func `the ends of a range belong to it, and nothing beyond does`(option: SamplingOption) throws {
        var refused: [String] = []
        switch option.kind {
        case .number(let range):
            #expect(try option.read("\(range.lowerBound)") == .number(range.lowerBound))
            #expect(try option.read("\(range.upperBound)") == .number(range.upperBound))
            refused = ["\(range.lowerBound.nextDown)", "\(range.upperBound.nextUp)", "1e9", "-1e9"]
        case .count(let range):
            #expect(try option.read("\(range.lowerBound)") == .count(range.lowerBound))
            #expect(try option.read("\(range.upperBound)") == .count(range.upperBound))
            refused = ["\(range.lowerBound - 1)", "\(range.upperBound + 1)", "1.5", "9223372036854775808"]
        case .oneOf: refused = ["1", "3", "-1", "2.0"]
        case .choice: refused = ["maybe", "1", "on off"]
        case .biases: refused = ["42", "42:", ":1", "x:1", "-1:2", "5:nan", "5:1e9", "5:1:2", ":", "99999999999:1"]
        case .text, .texts: refused = [""]
        }
        if case .number = option.kind {
            refused += ["inf", "nan", "0x1", "1e999", "one", "", " 1", "1_0", "--1", "1,5"]
        }
        for text in refused {
            #expect(throws: SamplingOptionError.self, "\(option.name)=\(text)") { try option.read(text) }
        }
        #expect(!refused.isEmpty)
    }

    @Test(arguments: [
        ("temperature", "hot", "temperature takes a number from 0 to 5, and 'hot' is not one."),
        ("repetition_penalty", "11", "repetition_penalty takes a number from 0.1 to 10, and '11' is not one."),
        ("top_k", "1.5", "top_k takes a whole number from 0 to 1000000, and '1.5' is not one."),
        ("mirostat", "1", "mirostat takes one of the numbers 0 and 2, and '1' is not one."),
        ("stop", "", "stop takes texts that are not empty, and '' is not one."),
        ("must_include", " \n", #"must_include takes texts with more than spaces in them, and ' \n' is not one."#),
        ("grammar", "  ", "grammar takes a text with more than spaces in it, and '  ' is not one."),
        (
            "logit_bias", "5:nan",
            "logit_bias takes pairs of a token's id and a number from -100 to 100, such as 42:-5, and '5:nan' is not one."
        ),
        (
            "top_p", String(repeating: "9", count: 60),
            "top_p takes a number from 0 to 1, and '\(String(repeating: "9", count: 40))…' is not one."
        ),
    ])
    func `a broken value is refused in a sentence`(name: String, text: String, sentence: String) throws {
        let option = try #require(SamplingOption.named(name))
        let error = #expect(throws: SamplingOptionError.self) { try option.read(text) }
        #expect(error?.description == sentence)
    }

    @Test(arguments: [
        ("", []), ("  ", []), ("24,99", ["24,99"]), ("one | two", ["one", "two"]), ("one|two ", ["one", "two"]),
        (#"\n\nNews:"#, ["\n\nNews:"]), (#"a\|b"#, ["a|b"]), (#"" END" | "a | b""#, [" END", "a | b"]),
        (#"\""#, ["\""]), (#""Hello" she said"#, [#""Hello" she said"#]), (#"\d+ | c:\\new"#, [#"\d+"#, #"c:\new"#]),
        (#"" | x"#, [#"""#, "x"]), (#"say "hi""#, [#"say "hi""#]),
    ])
    func `several texts stand on one line`(line: String, texts: [String]) throws {
        let option = try #require(SamplingOption.named("banned_phrase"))
        #expect(try option.readLine(line) == .texts(texts))
    }

    @Test(arguments: ["a | ", "| a", "a || b", #""""#, #"a | "" | b"#])
    func `an empty place between bars is refused`(line: String) throws {
        let option = try #require(SamplingOption.named("banned_phrase"))
        #expect(throws: SamplingOptionError.self) { try option.readLine(line) }
    }

    @Test func `a number may be typed with a decimal comma and spaces`() throws {
        let option = try #require(SamplingOption.named("temperature"))
        #expect(try option.readLine(" 1,2 ") == .number(1.2))
        // In a count a comma could part thousands: it is not guessed at.
        let count = try #require(SamplingOption.named("top_k"))
        #expect(try count.readLine(" 40 ") == .count(40))
        #expect(throws: SamplingOptionError.self) { try count.readLine("1,000") }
    }
}
