// Shared by the tests of the numeric core: seeded random numbers, random blocks, plain references.

@testable import Tensors

/// SplitMix64: the same numbers for the same seed.
struct RepeatableRandom: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func floats(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
        (0..<count).map { _ in Float.random(in: range, using: &self) }
    }
}

/// Random blocks of a type: any bits, but small and finite scales.
func randomBlocks(_ type: ElementType, rows: Int, columns: Int, random: inout RepeatableRandom) -> [UInt8] {
    let count = type.byteCount(elements: columns).map { $0 * rows } ?? 0
    var bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
    // Offsets of half-precision scales and minimums in a block.
    let halves: [Int] =
        switch type {
        case .f16: [0]
        case .q4_0, .q5_0, .q8_0, .iq4_nl, .iq4_xs: [0]
        case .q4_1, .q5_1, .q4_K, .q5_K: [0, 2]
        case .q2_K: [80, 82]
        case .q3_K: [108]
        case .q6_K: [208]
        default: []
        }
    for block in stride(from: 0, to: count, by: type.blockByteCount) {
        for offset in halves {
            let bits = Float16(Float.random(in: -0.1...0.1, using: &random)).bitPattern
            bytes[block + offset] = UInt8(bits & 255)
            bytes[block + offset + 1] = UInt8(bits >> 8)
        }
        switch type {
        case .mxfp4: bytes[block] = UInt8.random(in: 118...126, using: &random)
        case .bf16: bytes[block + 1] = bytes[block + 1] & 0x80 | 0x3D
        case .f32:
            let bits = Float.random(in: -1...1, using: &random).bitPattern
            for i in 0..<4 { bytes[block + i] = UInt8(truncatingIfNeeded: bits >> (8 * UInt32(i))) }
        default: break
        }
    }
    return bytes
}

/// The values of whole blocks.
func decoded(_ type: ElementType, _ bytes: [UInt8]) -> [Float] {
    let columns = bytes.count / type.blockByteCount * type.blockElementCount
    return WeightMatrix(type: type, rows: 1, columns: columns, bytes: bytes).decodedRow(0)
}

/// Runs products of one input on a team of their own and returns each input row's results, one weight's after another.
func product(
    _ weights: [WeightMatrix], _ input: [[Float]], bias: WeightVector? = nil, threads: Int = 1,
    instructionSet: InstructionSet = .scalar, inputRows: [Int]? = nil
) -> [[Float]] {
    let team = WorkerTeam(threadCount: threads, instructionSet: instructionSet)
    let x = FloatMatrix(rowCount: input.count, columnCount: input[0].count)
    for (index, row) in input.enumerated() { x.setRow(index, to: row) }
    let rows = inputRows?.count ?? input.count
    let outputs = weights.map { FloatMatrix(rowCount: rows, columnCount: $0.rowCount) }
    let group = ProductGroup(zip(weights, outputs).map { MultiplyJob(weight: $0, bias: bias, output: $1) })
    team.run { worker in
        worker.prepare(x, rows: input.count, for: group)
        worker.barrier()
        if let inputRows {
            worker.multiply(group, input: x, inputRows: inputRows)
        } else {
            worker.multiply(group, input: x, rows: input.count)
        }
    }
    return (0..<rows).map { row in outputs.flatMap { $0.row(row) } }
}

/// The bits of floats, because == treats -0 as 0 and NaN as different from itself.
func bits(_ rows: [[Float]]) -> [[UInt32]] { rows.map { $0.map(\.bitPattern) } }
