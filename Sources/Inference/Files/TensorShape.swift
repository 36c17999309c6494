// Checks the sizes of a tensor that a file gives.

import Tensors

enum TensorShape {
    /// The bytes of a tensor of these sizes. If it does not throw, the products of sizes and bytes fit `Int`.
    /// - Parameter sizes: fastest-running first, straight from the file.
    static func byteCount(_ sizes: [UInt64], _ type: ElementType, path: String, tensor: String) throws -> Int {
        func bad(_ problem: String) -> ModelFileError {
            .badShape(path: path, tensor: tensor, shape: sizes, problem: problem)
        }
        var elements = 1
        for size in sizes {
            guard size > 0 else { throw bad("but every size must be at least 1") }
            guard let size = Int(exactly: size) else { throw bad("which is larger than any memory") }
            let (product, overflow) = elements.multipliedReportingOverflow(by: size)
            guard !overflow else { throw bad("which is larger than any memory") }
            elements = product
        }
        // A row is a whole number of blocks, so only the first size matters.
        guard sizes[0] % UInt64(type.blockElementCount) == 0 else {
            throw bad("and a row of \(type.name) must be a multiple of \(type.blockElementCount)")
        }
        guard let bytes = type.byteCount(elements: elements) else { throw bad("which is larger than any memory") }
        return bytes
    }
}

/// Names of element types that files may have but the kernels do not decode, for messages (ggml.h, `ggml_type`).
enum ElementTypeNames {
    static let known: [UInt32: String] = [
        4: "Q4_2", 5: "Q4_3", 9: "Q8_1", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S",
        21: "IQ3_S", 22: "IQ2_S", 24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64", 29: "IQ1_M",
        31: "Q4_0_4_4", 32: "Q4_0_4_8", 33: "Q4_0_8_8", 34: "TQ1_0", 35: "TQ2_0", 36: "IQ4_NL_4_4",
        37: "IQ4_NL_4_8", 38: "IQ4_NL_8_8", 40: "NVFP4", 41: "Q1_0", 42: "Q2_0",
    ]
}
