// Logits and greedy texts of tiny random models against transformers: every architecture, several shapes.

import Inference
import Testing

@Suite struct ModelLogitsTests {
    @Test func `the fixtures cover every architecture`() {
        #expect(Set(TinyModel.all.map(\.architecture)) == Set(Transformer.supportedArchitectures))
    }

    @Test(arguments: TinyModel.all.filter { !$0.isQuantized })
    func `logits equal the reference's`(model: TinyModel) throws {
        let difference = largestDifference(try model.transformer().logits(model.ids), try model.expectedLogits())
        #expect(difference <= 1e-3)
    }

    @Test(arguments: TinyModel.all.filter { !$0.isQuantized })
    func `logits differ from the reference's by a hundred-thousandth of the largest at most`(model: TinyModel) throws {
        let expected = try model.expectedLogits()
        let largest = expected.joined().reduce(0) { max($0, abs($1)) }
        #expect(try largestDifference(model.transformer().logits(model.ids), expected) <= 1e-5 * largest)
    }

    // Activations are int8 there, and the logits of these models are a few units apart.
    @Test(arguments: TinyModel.all.filter(\.isQuantized))
    func `logits of quantized weights are near the reference's`(model: TinyModel) throws {
        let difference = largestDifference(try model.transformer().logits(model.ids), try model.expectedLogits())
        #expect(difference <= 0.3)
    }

    @Test(arguments: TinyModel.all.filter { !$0.isQuantized })
    func `greedy text equals the reference's over 64 tokens`(model: TinyModel) throws {
        #expect(try model.transformer().greedy(after: Array(model.ids.prefix(4)), count: 64) == model.greedy)
    }
}
