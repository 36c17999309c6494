import Generation
import Testing

@testable import Inference

@Suite struct `The table of tokens` {
    @Test(arguments: [1, 10, 40_000])
    func `finds each token by its bytes, and the first of equal ones`(count: Int) {
        let distinct = max(1, count * 9 / 10)
        let strings = (0..<count).map { Array("t\($0 % distinct)".utf8) }
        let table = TokenTable(ByteStrings(strings))
        let isFound = strings.indices.allSatisfy { table.find(strings[$0]) == TokenID($0 % distinct) }
        #expect(isFound)
        #expect(table.find(Array("t\(distinct)".utf8)) == nil && table.find([]) == nil)
        #expect(table.longest == "t\(distinct - 1)".utf8.count)
    }
}
