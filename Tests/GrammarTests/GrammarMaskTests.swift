import Generation
import Testing

@testable import Grammar

@Suite struct `The tokens that a grammar allows` {
    private static let alphabet = Array("{}[]\":,0123456789.-+*/()aeflnrstuü你 \n\\".unicodeScalars)

    /// Single bytes, and random runs of characters, some cut within one.
    private func vocabulary(_ random: inout SeededRandom, count: Int) -> [[UInt8]] {
        var tokens: [[UInt8]] = [[]] + (0...255).map { [UInt8($0)] }
        while tokens.count < count {
            let scalars = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                Self.alphabet.randomElement(using: &random) ?? "a"
            }
            var bytes = Array(String(String.UnicodeScalarView(scalars)).utf8)
            if Bool.random(using: &random) { bytes.removeFirst(Int.random(in: 0..<bytes.count, using: &random)) }
            if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
            tokens.append(bytes)
        }
        return tokens
    }

    @Test(arguments: [
        SampleGrammars.arithmetic, SampleGrammars.json, SampleGrammars.list, SampleGrammars.ambiguous,
        "root ::= [^a]{0,40} \"你\"* .",
    ])
    func `are those that could be read, at every place of random texts`(text: String) throws {
        var random = SeededRandom(seed: 11)
        let tokens = vocabulary(&random, count: 700)
        let trie = TokenTrie(vocabularySize: tokens.count) { tokens[Int($0)] }
        let machine = GrammarMachine(try GBNFGrammar(text))
        for _ in 0..<6 {
            var matcher = GrammarMatcher(machine)
            for _ in 0..<25 {
                let mask = try matcher.allowedTokens(in: trie)
                let expected = tokens.indices.filter { index in
                    var copy = matcher
                    return !tokens[index].isEmpty && copy.accept(tokens[index])
                }
                #expect(tokens.indices.filter { mask[TokenID($0)] } == expected)
                guard let next = expected.randomElement(using: &random) else { break }
                let isAccepted = matcher.accept(tokens[next])
                #expect(isAccepted)
            }
        }
    }

    @Test func `leave no logits to the others`() throws {
        let tokens: [[UInt8]] = [[], [0x61], [0x62], [0x61, 0x62]]
        let trie = TokenTrie(vocabularySize: 4) { tokens[Int($0)] }
        var matcher = GrammarMatcher(try GBNFGrammar("root ::= \"ab\""))
        var logits: [Float] = [1, 2, 3, 4, 5]
        try matcher.allowedTokens(in: trie).apply(to: &logits, sparing: [0])
        #expect(logits == [1, 2, -.infinity, 4, -.infinity])
    }

    @Test func `tokens with the same text are allowed alike, and ids out of range never`() throws {
        let tokens: [[UInt8]] = [[0x61], [], [0x61], [0x61, 0x61]]
        let trie = TokenTrie(vocabularySize: 4) { tokens[Int($0)] }
        var matcher = GrammarMatcher(try GBNFGrammar("root ::= \"a\""))
        let mask = try matcher.allowedTokens(in: trie)
        #expect((-1...4).map { mask[$0] } == [false, true, false, true, false, false])
    }

    @Test func `are looked for in vain where reading on would take too long`() throws {
        let text = "root ::= (\"a\"{0,300}){0,300}"
        let trie = TokenTrie(vocabularySize: 1) { _ in [UInt8](repeating: 0x61, count: 300) }
        var matcher = GrammarMatcher(try GBNFGrammar(text))
        #expect(throws: GrammarError.tooAmbiguous) { try matcher.allowedTokens(in: trie) }
    }

    @Test func `the beginnings of a text are found shortest first`() {
        let tokens = ["in", "", "i", "include", "inc", "x"].map { Array($0.utf8) }
        let trie = TokenTrie(vocabularySize: tokens.count) { tokens[Int($0)] }
        #expect(trie.tokens(beginning: "inclusive".utf8) == [2, 0, 4])
    }
}
