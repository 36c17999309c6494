// The type of a model file as people name it: Q4_K_M is a mix of types, with more bits where they matter most.
// llama.h, enum llama_ftype.

import Inference

enum FileType {
    /// Names by the value of `general.file_type`.
    private static let names: [Int: String] = [
        0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 7: "Q8_0", 8: "Q5_0", 9: "Q5_1", 10: "Q2_K", 11: "Q3_K_S",
        12: "Q3_K_M", 13: "Q3_K_L", 14: "Q4_K_S", 15: "Q4_K_M", 16: "Q5_K_S", 17: "Q5_K_M", 18: "Q6_K", 19: "IQ2_XXS",
        20: "IQ2_XS", 21: "Q2_K_S", 22: "IQ3_XS", 23: "IQ3_XXS", 24: "IQ1_S", 25: "IQ4_NL", 26: "IQ3_S", 27: "IQ3_M",
        28: "IQ2_S", 29: "IQ2_M", 30: "IQ4_XS", 31: "IQ1_M", 32: "BF16", 36: "TQ1_0", 37: "TQ2_0", 38: "MXFP4_MOE",
    ]

    /// The name of a file's type: what the file says or, if it says nothing, what its tensors are.
    static func name(of file: GGUFFile) -> String? {
        // 1024 marks a type that the writer of the file guessed.
        let stated = (try? file.optionalInt("general.file_type")).flatMap { $0 }.map { $0 & ~1024 }
        var elements: [String: Int] = [:]
        for tensor in file.tensors.values { elements[tensor.type.name, default: 0] += tensor.elementCount }
        return stated.flatMap { names[$0] } ?? name(ofMix: elements)
    }

    /// The commonest type; a K type with a good part of larger K types is their medium mix, and else the small one.
    /// - Parameter elements: counts of elements by type.
    static func name(ofMix elements: [String: Int]) -> String? {
        guard let main = elements.max(by: { ($0.value, $0.key) < ($1.value, $1.key) })?.key else { return nil }
        guard ["Q3_K", "Q4_K", "Q5_K"].contains(main) else { return main }
        let total = elements.values.reduce(0, +)
        let larger = elements.filter { $0.key.hasSuffix("_K") && $0.key > main }.values.reduce(0, +)
        return main + (Double(larger) > 0.08 * Double(total) ? "_M" : "_S")
    }
}
