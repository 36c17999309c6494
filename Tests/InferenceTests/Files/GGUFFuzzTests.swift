import Testing

@testable import Inference

/// Whatever is done to a file, opening it gives a model or a sentence, never a crash.
struct GGUFFuzzTests {
    /// Opens bytes, and reads all there is to read where that succeeds; counts which it was.
    private func open(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { buffer in
            do {
                let file = try GGUFFile.open(staticBytes: buffer, name: "fuzzed")
                for name in file.tensorNames { for matrix in try file.weights(name) { _ = matrix.decodedRow(0) } }
                for key in file.metadata.keys {
                    _ = try? file.optionalIntArray(key)
                    _ = try? file.optionalFloatArray(key)
                    _ = try? file.byteStrings(key)
                }
                _ = try? Tokenizer(file: file).encode("a bc é", parseSpecial: true)
                return true
            } catch let error as ModelFileError {
                return error.description.isEmpty
            } catch {
                Issue.record("an error of another kind: \(error)")
                return false
            }
        }
    }

    private var tiny: [UInt8] {
        var builder = GGUFBuilder.sample
        builder.add(key: "tokenizer.ggml.model", string: "llama")
        return builder.bytes
    }

    @Test func `every shorter file is refused`() {
        let bytes = tiny
        #expect(open(bytes))
        for count in 0..<bytes.count { #expect(!open(Array(bytes[..<count])), "cut at \(count)") }
    }

    @Test func `flipped bits give a model or a sentence`() {
        let bytes = tiny
        var random = SeededRandom(seed: 42)
        var opened = 0
        for _ in 0..<2000 {
            var broken = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                broken[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            if open(broken) { opened += 1 }
        }
        // Both happen, so both were tried.
        #expect((1..<2000).contains(opened))
    }

    @Test func `numbers of all sizes in any place give a model or a sentence`() {
        let bytes = tiny
        var random = SeededRandom(seed: 7)
        let numbers: [UInt64] = [0, 1, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 60, 1 << 63, .max, .max - 31]
        var opened = 0
        for _ in 0..<2000 {
            var broken = bytes
            let place = Int.random(in: 4..<bytes.count - 8, using: &random)
            let number = GGUFBuilder.number(numbers[Int.random(in: 0..<numbers.count, using: &random)])
            broken.replaceSubrange(place..<place + 8, with: number)
            if open(broken) { opened += 1 }
        }
        #expect((1..<2000).contains(opened))
    }
}
