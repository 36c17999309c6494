import Generation
import Testing
import Training

@Suite struct `A batch of documents` {
    private let first = EncodedExample(row: 4, tokens: [10, 11, 12], weights: [1, 0, 1])
    private let second = EncodedExample(row: 2, tokens: [20, 21], weights: [0, 0.5])

    @Test func `predicts a label from the token before it, and never across documents`() {
        let batch = TokenBatch([first, second])
        #expect(batch.tokens == [10, 11, 12, 20, 21])
        #expect(batch.labels == [-1, 12, -1, 21, -1])
        #expect(batch.weights == [0, 1, 0, 0.5, 0])
        #expect(batch.positions == [0, 1, 2, 0, 1])
        #expect(batch.documents == [0..<3, 3..<5])
        #expect(batch.rows == [4, 2])
        #expect(batch.labelCount == 2 && batch.weightSum == 1.5)
    }

    @Test func `leaves out a document without tokens`() {
        let batch = TokenBatch([EncodedExample(row: 0, tokens: [], weights: []), second])
        #expect(batch.documents == [0..<2] && batch.rows == [2])
    }

    @Test func `never predicts the first token`() {
        #expect(first.weights == [0, 0, 1] && first.labelCount == 1)
    }
}
