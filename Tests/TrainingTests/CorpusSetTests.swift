import Foundation
import Generation
import Testing

@testable import Training

@Suite struct `An encoded corpus` {
    private func corpus(
        _ rows: [CorpusRow], _ change: (inout EncodingOptions) -> Void = { _ in }
    ) throws -> EncodedCorpus {
        var options = EncodingOptions(maxLength: 256)
        change(&options)
        return try EncodedCorpus([.rows(rows, name: "rows")], encoding: options, model: builtInModel(), name: "test")
    }

    private func pairs(_ count: Int, answers: Int = 1) -> [CorpusRow] {
        (0..<count).flatMap { row in
            (0..<answers).map { .pair(prompt: "question \(row)", answer: "answer \(row) \($0)") }
        }
    }

    @Test func `gives the examples of the rows in their order, and counts them`() throws {
        let corpus = try corpus(pairs(5) + [.pair(prompt: "", answer: "x")])
        #expect(corpus.training.count == 5 && corpus.validation == nil)
        let encoder = try ExampleEncoder(model: builtInModel(), name: "test", options: EncodingOptions(maxLength: 256))
        for (index, row) in pairs(5).enumerated() {
            #expect(try corpus.training.documents(ofRow: index) == encoder.encode(row, number: index).examples)
        }
        let examples = try (0..<5).flatMap { try corpus.training.documents(ofRow: $0) }
        #expect(corpus.summary.training.rows == 5 && corpus.summary.count.dropped == [.empty: 1])
        #expect(corpus.summary.training.targets == examples.reduce(0) { $0 + $1.labelCount })
        #expect(corpus.summary.training.tokens == examples.reduce(0) { $0 + $1.tokens.count })
        #expect(corpus.summary.first == examples[0] && corpus.summary.firstPlace == "rows, row 1")
    }

    @Test func `keeps rows with one prompt on one side, and the division depends on the seed alone`() throws {
        let rows = pairs(60, answers: 3)
        let first = try corpus(rows) { ($0.validationShare, $0.seed) = (0.25, 1) }
        let validation = try #require(first.validation)
        let prompts = { (set: CorpusSet) in Set(set.rowNumbers.map { $0 / 3 }) }
        #expect(prompts(first.training).isDisjoint(with: prompts(validation)))
        #expect(prompts(first.training).union(prompts(validation)).count == 60)
        #expect((8...22).contains(prompts(validation).count))
        let second = try corpus(rows.reversed()) { ($0.validationShare, $0.seed) = (0.25, 2) }
        let moved = Set(try #require(second.validation).rowNumbers.map { (rows.count - 1 - $0) / 3 })
        #expect(moved != prompts(validation))
        let again = try corpus(rows.reversed()) { ($0.validationShare, $0.seed) = (0.25, 1) }
        #expect(Set(try #require(again.validation).rowNumbers.map { (rows.count - 1 - $0) / 3 }) == prompts(validation))
    }

    @Test func `packs whole examples, and loses none`() throws {
        let corpus = try corpus(pairs(40)) { $0.layout = .packed(length: 100) }
        let packing = try #require(corpus.training.packing)
        let rows = try (0..<corpus.training.count).map { try corpus.training.documents(ofRow: $0) }
        #expect(rows.count < 40 && rows.allSatisfy { $0.reduce(0) { $0 + $1.tokens.count } <= 100 })
        #expect(rows.flatMap { $0 }.map(\.row).sorted() == Array(0..<40))
        #expect(packing.fill > 0.7 && packing.fill <= 1)
        let batch = TokenBatch(rows[0])
        #expect(batch.documents.count == rows[0].count && batch.positions.count { $0 == 0 } == rows[0].count)
    }

    @Test func `has a fingerprint of its tokens, its labels and its rows`() throws {
        let first = try corpus(pairs(4)).training.fingerprint
        #expect(first.hasPrefix("4:"))
        #expect(try corpus(pairs(4)).training.fingerprint == first)
        #expect(try corpus(pairs(4).reversed()).training.fingerprint != first)
        #expect(try corpus(pairs(4)) { $0.promptWeight = 0.1 }.training.fingerprint != first)
        #expect(try corpus(pairs(4)) { $0.layout = .packed(length: 256) }.training.fingerprint != first)
    }

    @Test func `says what to do if nothing is left`() throws {
        let long = String(repeating: "many words ", count: 200)
        #expect(
            sentence {
                _ = try corpus([.pair(prompt: long, answer: "a"), .pair(prompt: "b", answer: "")]) { $0.maxLength = 64 }
            }
            .wholeMatch(
                of:
                    /No token is left to learn: the longest row has \d{3} tokens, and at most 64 fit\. Allow longer rows, or give shorter ones\./
            )
                != nil)
        #expect(
            sentence { _ = try corpus([.pair(prompt: "b", answer: ""), .pair(prompt: "c", answer: "")]) }
                == "Nothing is left to learn of 2 rows: 2 empty. Look at the data.")
        #expect(
            sentence { _ = try corpus(pairs(1)) { $0.validationShare = 1 } }.hasPrefix(
                "All of the 1 row is on one side, so nothing is left to train on."))
    }

    @Test func `takes an order of rows from a file, and refuses numbers that are none`() throws {
        let folder = try TemporaryFolder()
        let file = "\(folder.path)/order.txt"
        let rows = pairs(2) + [.pair(prompt: "x", answer: "")] + pairs(4).suffix(2)
        let set = try corpus(rows).training
        func order(_ text: String) throws -> ListedOrder {
            try Data(text.utf8).write(to: URL(filePath: file))
            return try set.order(fromFileAt: file)
        }
        let found = try order("[4, 0,\n1 3]\n0 1 4 3")
        #expect((0..<4).map { found.row(at: $0, inEpoch: 0) } == [3, 0, 1, 2])
        #expect((0..<4).map { found.row(at: $0, inEpoch: 1) } == [0, 1, 3, 2])
        let tail = ". An order lists the numbers of rows, from 0."
        #expect(
            sentence { _ = try order("0\n1 2\n") }
                == "\(file), line 2: row 2 is not trained on: it was left out, or is for validation" + tail)
        #expect(
            sentence { _ = try order("0 5") } == "\(file), line 1: there is no row 5 to train on, the last is 4" + tail)
        #expect(sentence { _ = try order("-1") }.contains("line 1: '-1' is no number of a row"))
        #expect(sentence { _ = try order("99999999999999999999999") }.contains("is no number of a row"))
        #expect(sentence { _ = try order(" \n") }.contains("it has no numbers"))
        let packed = try corpus(pairs(4)) { $0.layout = .packed(length: 64) }.training
        #expect(sentence { _ = try packed.order(fromFileAt: file) }.contains("rows that are packed together"))
    }

    @Test func `tells lengths as a person asks for them`() {
        var summary = CorpusSummary()
        summary.lengths = [10: 5, 20: 4, 100: 1]
        #expect(summary.length(ofShare: 0) == 10 && summary.length(ofShare: 0.5) == 10)
        #expect(summary.length(ofShare: 0.6) == 20 && summary.length(ofShare: 1) == 100)
        #expect(CorpusSummary().length(ofShare: 0.5) == 0)
    }
}

@Suite struct `The store of tokens` {
    @Test(arguments: [0, 1 << 21, 1 << 26])
    func `gives back what was put in, from memory and from its file`(memoryLimit: Int) throws {
        let folder = try TemporaryFolder()
        var store = TokenStore(folder: folder.path, memoryLimit: memoryLimit)
        let lengths = [1, 3, 700_000, 700_000, 1_500_000, 2, 900_000]
        var places: [TokenStore.Place] = []
        for (index, length) in lengths.enumerated() {
            let tokens = (0..<length).map { TokenID(($0 &* 31 &+ index) % 100_000) }
            places.append(try store.add(tokens) { ($0 + index) % 3 == 0 })
        }
        try store.finish()
        for (index, place) in places.enumerated().reversed() {
            let (tokens, isLearned) = try store.read(place)
            #expect(tokens == (0..<lengths[index]).map { TokenID(($0 &* 31 &+ index) % 100_000) })
            #expect(isLearned == (0..<lengths[index]).map { ($0 + index) % 3 == 0 })
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test func `says where it cannot keep them`() throws {
        var store = TokenStore(folder: "/nowhere", memoryLimit: 0)
        _ = try store.add([1, 2]) { _ in true }
        let found = sentence { try store.finish() }
        #expect(
            found
                == "The tokens cannot be kept in /nowhere: No such file or directory. Free some space there, or choose another folder."
        )
    }
}

@Suite struct `Packing by best fit` {
    @Test func `puts the longest first, each into the fullest row with room`() {
        let packing = Packing(lengths: [4, 6, 5, 5, 3, 7, 1], into: 10)
        // 7, 6, 5 open rows; 5 and 4 fill two of them; 3 fills the first; 1 opens one.
        #expect(packing.rows == [[4, 5], [0, 1], [2, 3], [6]])
        #expect(packing.tokenCount == 31 && packing.fill == 31.0 / 40)
    }

    @Test(arguments: [1, 2, 7, 64, 1000])
    func `loses nothing, keeps the limit, and is as good as looking at every row`(length: Int) {
        var random = SystemRandomNumberGenerator()
        let lengths = (0..<500).map { _ in Int.random(in: 1...length, using: &random) }
        let packing = Packing(lengths: lengths, into: length)
        #expect(packing.rows.joined().sorted() == Array(lengths.indices))
        #expect(packing.rows.allSatisfy { $0.reduce(0) { $0 + lengths[$1] } <= length })
        var rooms: [Int] = []
        for size in lengths.sorted(by: >) {
            let fitting = rooms.indices.filter { rooms[$0] >= size }.min { rooms[$0] < rooms[$1] }
            if let fitting { rooms[fitting] -= size } else { rooms.append(length - size) }
        }
        #expect(packing.rows.count == rooms.count)
        #expect(Packing(lengths: [], into: length).rows.isEmpty)
    }
}
