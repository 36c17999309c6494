import Foundation
import Testing

@testable import Tensors

@Suite struct `Block formats` {
    struct Fixture: Decodable {
        struct Decoded: Decodable {
            let bytes: String
            let values: String
        }
        struct Encoded: Decodable {
            let input: String
            let errors: [String: Double]
        }
        let decode: [String: Decoded]
        let encode: Encoded
    }

    let fixture: Fixture

    init() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/blocks.json")
        fixture = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: file))
    }

    func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = Array(hexadecimal.utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).map {
            UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16) ?? 0
        }
    }

    func floats(_ hexadecimal: String) -> [Float] {
        bytes(hexadecimal).withUnsafeBytes { raw in
            (0..<raw.count / 4).map { Float(bitPattern: raw.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)) }
        }
    }

    // Fixtures/make_blocks.py wrote the expected values with gguf-py.
    @Test(arguments: ElementType.allCases.filter { $0 != .f32 })
    func `blocks decode to what gguf-py decodes them to, bit for bit`(type: ElementType) throws {
        let expected = try #require(fixture.decode[type.name])
        let values = floats(expected.values)
        let found = decoded(type, bytes(expected.bytes))
        #expect(values.count == 256)
        // Compared by value, because gguf-py loses the sign of zeros.
        #expect(found == values)
    }

    @Test func `quantizers err no more than gguf-py's`() throws {
        let input = floats(fixture.encode.input)
        #expect(fixture.encode.errors.count >= 6)
        for (name, limit) in fixture.encode.errors {
            let type = try #require(ElementType.allCases.first { $0.name == name })
            #expect(squaredError(type, input) <= limit * 1.000001, "\(name)")
        }
    }

    @Test(arguments: ElementType.allCases)
    func `every instruction set writes the same blocks`(type: ElementType) {
        var random = RepeatableRandom(7)
        for size in [Float(1e-8), 1e-3, 1, 900] {
            let input = (0..<1024).map { index in
                index % 256 < 32 ? size : Float.random(in: -size...size, using: &random)
            }
            let expected = type.encode(input, with: .scalar)
            for set in InstructionSet.available { #expect(type.encode(input, with: set) == expected, "\(set.name)") }
        }
        let short: [Float] = [1, -2, 0.333, 1e-7, 60000]
        if type.blockElementCount == 1 {
            for set in InstructionSet.available {
                #expect(type.encode(short, with: set) == type.encode(short, with: .scalar))
            }
        }
    }

    func squaredError(_ type: ElementType, _ input: [Float]) -> Double {
        zip(input, decoded(type, type.encode(input))).reduce(0) {
            $0 + (Double($1.0) - Double($1.1)) * (Double($1.0) - Double($1.1))
        }
    }

    // Signal-to-noise ratio of normally distributed weights in decibels: about 6 for each bit.
    @Test(arguments: [
        (ElementType.q8_0, 40.0), (.q6_K, 34), (.q5_K, 28), (.q5_1, 27), (.q5_0, 26), (.q4_K, 22), (.q4_1, 21),
        (.q4_0, 20),
        (.iq4_nl, 21), (.iq4_xs, 21), (.mxfp4, 17), (.q3_K, 15), (.q2_K, 10), (.bf16, 50), (.f16, 60), (.f32, 200),
    ])
    func `more bits keep more of the weights`(type: ElementType, decibels: Double) {
        var random = RepeatableRandom(20)
        let input = (0..<4096).map { _ in
            (0..<6).reduce(Float(0)) { sum, _ in sum + Float.random(in: -1...1, using: &random) }
        }
        let signal = input.reduce(0.0) { $0 + Double($1) * Double($1) }
        let noise = max(squaredError(type, input), signal * 1e-30)
        #expect(10 * log10(signal / noise) > decibels)
    }

    @Test(arguments: ElementType.allCases)
    func `zeros, tiny and large values survive encoding`(type: ElementType) {
        #expect(decoded(type, type.encode([Float](repeating: 0, count: 256))).allSatisfy { $0 == 0 })
        for size in [Float(1e-4), 1e3] {
            let input = (0..<256).map { Float($0 % 17 - 8) * size }
            #expect(decoded(type, type.encode(input)).allSatisfy { $0.isFinite && abs($0) <= size * 10 })
        }
    }
}
