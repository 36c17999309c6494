/// SplitMix64: the same numbers for the same seed, so that a red run can be had again.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

enum RandomText {
    private static let ranges: [ClosedRange<UInt32>] = [
        0x20...0x7E, 0x20...0x20, 0x0A...0x0A, 0xA0...0x17F, 0x300...0x36F, 0x370...0x3FF, 0x400...0x4FF, 0x5D0...0x5EA,
        0x620...0x64A, 0x900...0x97F, 0xE01...0xE5B, 0x1100...0x1112, 0x1161...0x1175, 0x11A8...0x11C2, 0x2010...0x2040,
        0x200D...0x200D, 0x3000...0x30FF, 0x4E00...0x4FFF, 0xAC00...0xACFF, 0xFE0F...0xFE0F, 0xFF01...0xFF9F,
        0x1F1E6...0x1F1FF, 0x1F3FB...0x1F3FF, 0x1F466...0x1F469, 0x1F600...0x1F64F,
    ]

    /// Scalars of all scripts in any order.
    static func scalars(count: Int, using random: inout SeededRandom) -> String {
        var text = String.UnicodeScalarView()
        while text.count < count {
            let range = ranges[Int.random(in: 0..<ranges.count, using: &random)]
            if let scalar = Unicode.Scalar(UInt32.random(in: range, using: &random)) { text.append(scalar) }
        }
        return String(text)
    }
}
