// A row's logits depend on its own sequence alone, bit for bit.

import Inference
import Testing

@Suite struct ModelBatchTests {
    @Test(arguments: TinyModel.all, [1, 3, 16, 17])
    func `a prompt says the same in one batch and in pieces`(model: TinyModel, chunk: Int) throws {
        let transformer = try model.transformer()
        #expect(try transformer.logits(model.ids, chunk: chunk) == transformer.logits(model.ids))
    }

    @Test(arguments: TinyModel.all)
    func `one thread says the same as two and three`(model: TinyModel) throws {
        let alone = try model.transformer(threads: 1).logits(model.ids)
        #expect(try model.transformer(threads: 2).logits(model.ids) == alone)
        #expect(try model.transformer(threads: 3).logits(model.ids) == alone)
    }

    @Test(arguments: TinyModel.all)
    func `a row says the same alone, among eight variants, and beside another's prompt`(model: TinyModel) throws {
        let transformer = try model.transformer()
        let (prompt, answer) = (Array(model.ids.prefix(9)), Array(model.ids.dropFirst(9).prefix(6)))
        let alone = Array(try transformer.logits(prompt + answer).dropFirst(9))

        let shared = transformer.makeCache()
        _ = try transformer.logits(prompt, into: shared)
        let variants = (0..<8).map { _ in shared.fork() }
        let stranger = transformer.makeCache()
        for (step, token) in answer.enumerated() {
            // The third variant says what the lone sequence said; the others say something else.
            var rows = variants.indices.map { index in
                BatchRow(
                    token: index == 2 ? token : Int32((Int(token) + index) % model.vocabulary), cache: index,
                    wantsLogits: true)
            }
            rows.insert(BatchRow(token: 5, cache: 8), at: 1)
            rows.append(BatchRow(token: 7, cache: 8))
            let batch = try transformer.forward(rows, caches: variants + [stranger])
            #expect(batch.rowCount == 8)
            #expect(batch.row(2) == alone[step])
        }
    }

    @Test(arguments: TinyModel.all)
    func `rows that want no logits change nothing for those that do`(model: TinyModel) throws {
        let transformer = try model.transformer()
        let every = try transformer.logits(model.ids)
        let wanted: Set = [3, 10, model.ids.count - 1]
        let rows = model.ids.enumerated().map { BatchRow(token: $1, cache: 0, wantsLogits: wanted.contains($0)) }
        let cache = transformer.makeCache()
        let batch = try transformer.forward(rows, caches: [cache])
        #expect((0..<batch.rowCount).map(batch.row) == wanted.sorted().map { every[$0] })
        #expect(cache.count == model.ids.count)

        // A prompt whose logits nobody wants still leaves its keys behind.
        let silent = transformer.makeCache()
        let nothing = try transformer.forward(
            model.ids.dropLast().map { BatchRow(token: $0) }, caches: [silent])
        #expect(nothing.rowCount == 0)
        #expect(try transformer.logits(model.ids.suffix(1), into: silent) == every.suffix(1))
    }
}
