// Builds GGUF files byte by byte, so that tests can build broken ones too.

import Foundation
import Inference
import Testing

/// A GGUF file in the making; counts can be set to what is not there.
struct GGUFBuilder {
    var magic = Array("GGUF".utf8)
    var version: UInt32 = 3
    var keyCount: UInt64?
    var tensorCount: UInt64?
    private var keys: [[UInt8]] = []
    private var tensors: [[UInt8]] = []
    var alignment = 32
    var data: [UInt8] = []

    static func number(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    static func string(_ text: String) -> [UInt8] { number(UInt64(text.utf8.count)) + Array(text.utf8) }

    /// Adds a key with a value that is written already.
    mutating func add(key: String, type: UInt32, value: [UInt8]) {
        keys.append(Self.string(key) + Self.number(type) + value)
    }

    mutating func add(key: String, raw: [UInt8]) { keys.append(Self.string(key) + raw) }

    mutating func add(key: String, uint32 value: UInt32) { add(key: key, type: 4, value: Self.number(value)) }

    mutating func add(key: String, string value: String) { add(key: key, type: 8, value: Self.string(value)) }

    mutating func add(key: String, strings: [String]) {
        add(
            key: key, type: 9,
            value: Self.number(UInt32(8)) + Self.number(UInt64(strings.count)) + strings.flatMap(Self.string))
    }

    mutating func add(key: String, int32s: [Int32]) {
        add(
            key: key, type: 9,
            value: Self.number(UInt32(5)) + Self.number(UInt64(int32s.count)) + int32s.flatMap(Self.number))
    }

    mutating func add(key: String, floats: [Float]) {
        add(
            key: key, type: 9,
            value: Self.number(UInt32(6)) + Self.number(UInt64(floats.count))
                + floats.flatMap { Self.number($0.bitPattern) })
    }

    mutating func add(tensor: String, sizes: [UInt64], type: UInt32 = 0, offset: UInt64) {
        tensors.append(
            Self.string(tensor) + Self.number(UInt32(sizes.count)) + sizes.flatMap(Self.number) + Self.number(type)
                + Self.number(offset))
    }

    /// Adds a tensor of floats, and its bytes.
    mutating func add(tensor: String, sizes: [UInt64], floats: [Float]) {
        data += [UInt8](repeating: 0, count: (alignment - data.count % alignment) % alignment)
        add(tensor: tensor, sizes: sizes, offset: UInt64(data.count))
        data += floats.flatMap { Self.number($0.bitPattern) }
    }

    var bytes: [UInt8] {
        var bytes = magic + Self.number(version)
        bytes += Self.number(tensorCount ?? UInt64(tensors.count)) + Self.number(keyCount ?? UInt64(keys.count))
        bytes += keys.joined()
        bytes += tensors.joined()
        bytes += [UInt8](repeating: 0, count: (alignment - bytes.count % alignment) % alignment)
        return bytes + data
    }

    /// A file with a bit of everything.
    static var sample: GGUFBuilder {
        var builder = GGUFBuilder()
        builder.add(key: "general.architecture", string: "llama")
        builder.add(key: "llama.block_count", uint32: 2)
        builder.add(key: "llama.rope.freq_base", type: 6, value: number(Float(10000).bitPattern))
        builder.add(key: "tokenizer.ggml.add_bos_token", type: 7, value: [1])
        builder.add(key: "tokenizer.ggml.tokens", strings: ["a", "bc", "", "é"])
        builder.add(key: "tokenizer.ggml.token_type", int32s: [1, 1, 3, 1])
        builder.add(key: "tokenizer.ggml.scores", floats: [0, -1.5, -2, -3])
        builder.add(key: "a.byte", type: 0, value: [255])
        builder.add(key: "a.small", type: 1, value: [0xFE])
        builder.add(key: "a.short", type: 3, value: number(Int16(-300)))
        builder.add(key: "a.long", type: 11, value: number(Int64.min))
        builder.add(key: "a.huge", type: 10, value: number(UInt64.max))
        builder.add(key: "a.double", type: 12, value: number((0.1).bitPattern))
        builder.add(tensor: "norm", sizes: [3], floats: [1, 2, 3])
        builder.add(tensor: "matrix", sizes: [2, 3], floats: [1, 2, 3, 4, 5, 6])
        builder.add(tensor: "experts", sizes: [2, 1, 2], floats: [7, 8, 9, 10])
        return builder
    }
}

/// A folder that is removed with everything in it.
final class ScratchFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "copydesk-files-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file and gives its path.
    func write(_ bytes: [UInt8], as name: String) throws -> String {
        let file = path + "/" + name
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        return file
    }

    /// Opens bytes as a GGUF file; what it says of the file says "tiny.gguf".
    func open(_ bytes: [UInt8]) throws -> GGUFFile {
        try GGUFFile.open(path: write(bytes, as: "tiny.gguf"))
    }

    /// The sentence that opening these bytes gives, without the folder.
    func complaint(_ bytes: [UInt8]) throws -> String {
        let error = try #require(throws: ModelFileError.self) { _ = try open(bytes) }
        return sentence(error)
    }

    func sentence(_ error: any Error) -> String { "\(error)".replacingOccurrences(of: path + "/", with: "") }
}
