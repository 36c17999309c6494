// The element types of weights: how a file stores their numbers.
// - The raw value is the id that GGUF files use (ggml_type).
// - A row of a matrix is a whole number of blocks, one after another without gaps.

/// The element types that the kernels decode: floats, and blocks of quantized integers with their scales.
///
/// Ids, block sizes and layouts are those of ggml (`ggml-common.h`) and of the GGUF specification.
public enum ElementType: UInt32, Sendable, CaseIterable, Hashable {
    case f32 = 0
    case f16 = 1
    case q4_0 = 2
    case q4_1 = 3
    case q5_0 = 6
    case q5_1 = 7
    case q8_0 = 8
    case q2_K = 10
    case q3_K = 11
    case q4_K = 12
    case q5_K = 13
    case q6_K = 14
    case iq4_nl = 20
    case iq4_xs = 23
    case bf16 = 30
    case mxfp4 = 39

    /// The name that GGUF tools print, such as `Q4_K`.
    public var name: String {
        switch self {
        case .f32: "F32"
        case .f16: "F16"
        case .bf16: "BF16"
        case .q4_0: "Q4_0"
        case .q4_1: "Q4_1"
        case .q5_0: "Q5_0"
        case .q5_1: "Q5_1"
        case .q8_0: "Q8_0"
        case .q2_K: "Q2_K"
        case .q3_K: "Q3_K"
        case .q4_K: "Q4_K"
        case .q5_K: "Q5_K"
        case .q6_K: "Q6_K"
        case .iq4_nl: "IQ4_NL"
        case .iq4_xs: "IQ4_XS"
        case .mxfp4: "MXFP4"
        }
    }

    /// The number of elements in a block; 1 for floats.
    public var blockElementCount: Int {
        switch self {
        case .f32, .f16, .bf16: 1
        case .q4_0, .q4_1, .q5_0, .q5_1, .q8_0, .iq4_nl, .mxfp4: 32
        case .q2_K, .q3_K, .q4_K, .q5_K, .q6_K, .iq4_xs: 256
        }
    }

    /// The bytes of one block in the file.
    public var blockByteCount: Int {
        switch self {
        case .f32: 4
        case .f16, .bf16: 2
        case .q4_0: 18  // half scale, 16 bytes of nibbles
        case .q4_1: 20  // half scale, half minimum, nibbles
        case .q5_0: 22  // half scale, 32 fifth bits, nibbles
        case .q5_1: 24
        case .q8_0: 34  // half scale, 32 bytes
        case .q2_K: 84  // 16 scales and minimums, 64 bytes of pairs of bits, two halves
        case .q3_K: 110  // 32 third bits, 64 pairs of bits, 12 bytes of scales, half
        case .q4_K: 144  // two halves, 12 bytes of scales and minimums, 128 nibbles
        case .q5_K: 176
        case .q6_K: 210  // 128 low nibbles, 64 high pairs, 16 scales, half
        case .iq4_nl: 18
        case .iq4_xs: 136  // half, 2 high and 4 low bytes of scales, 128 nibbles
        case .mxfp4: 17  // exponent byte, nibbles
        }
    }

    /// True if products with weights of this type use int8 activations.
    public var isQuantized: Bool { blockElementCount > 1 }

    /// The bytes of `elements` elements in one row; nil if they are not a whole number of blocks, or overflow.
    public func byteCount(elements: Int) -> Int? {
        guard elements >= 0, elements % blockElementCount == 0 else { return nil }
        let (bytes, overflow) = (elements / blockElementCount).multipliedReportingOverflow(by: blockByteCount)
        return overflow ? nil : bytes
    }
}
