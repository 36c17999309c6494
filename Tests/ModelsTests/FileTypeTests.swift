// The type of a model file as people name it.

import Testing

@testable import Models

@Suite struct `The type of a model file` {
    @Test(arguments: [
        (["Q4_K": 70, "Q6_K": 30], "Q4_K_M"), (["Q4_K": 97, "Q6_K": 3], "Q4_K_S"), (["Q8_0": 99, "F32": 1], "Q8_0"),
        (["Q3_K": 60, "Q4_K": 30, "Q5_K": 10], "Q3_K_M"), (["F16": 10], "F16"), (["Q6_K": 10, "Q4_K": 2], "Q6_K"),
    ])
    func `is told from its mix of types if the file does not say`(elements: [String: Int], name: String) {
        #expect(FileType.name(ofMix: elements) == name)
        #expect(FileType.name(ofMix: [:]) == nil)
    }
}
