import Foundation
import Testing

@testable import Inference

struct GGUFFileTests {
    let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    @Test func `values of every type are read as what they are`() throws {
        let file = try folder.open(GGUFBuilder.sample.bytes)
        #expect(file.version == 3)
        #expect(try file.string("general.architecture") == "llama")
        #expect(try file.int("llama.block_count") == 2)
        #expect(try file.float("llama.rope.freq_base") == 10000)
        #expect(try file.bool("tokenizer.ggml.add_bos_token"))
        #expect(
            try file.byteStrings("tokenizer.ggml.tokens") == ByteStrings([[0x61], [0x62, 0x63], [], [0xC3, 0xA9]]))
        #expect(try file.optionalIntArray("tokenizer.ggml.token_type") == [1, 1, 3, 1])
        #expect(try file.optionalFloatArray("tokenizer.ggml.scores") == [0, -1.5, -2, -3])
        #expect(try file.int("a.byte") == 255)
        #expect(try file.int("a.small") == -2)
        #expect(try file.int("a.short") == -300)
        #expect(try file.int("a.long") == Int.min)
        #expect(try file.float("a.double") == 0.1)
    }

    @Test func `an integer serves as a number and a default stands in for a missing key`() throws {
        let file = try folder.open(GGUFBuilder.sample.bytes)
        #expect(try file.float("llama.block_count") == 2)
        #expect(try file.int("llama.expert_count", default: 7) == 7)
        #expect(try file.optionalString("general.name") == nil)
    }

    @Test func `tensors are found with their shapes and decoded`() throws {
        let file = try folder.open(GGUFBuilder.sample.bytes)
        #expect(file.shape(of: "matrix") == [2, 3])
        #expect(try file.vector("norm").count == 3)
        #expect(try file.weight("norm").decodedRow(0) == [1, 2, 3])
        let matrix = try file.weight("matrix")
        #expect(matrix.rowCount == 3)
        #expect(matrix.columnCount == 2)
        #expect((0..<3).map { matrix.decodedRow($0) } == [[1, 2], [3, 4], [5, 6]])
        #expect(try file.weights("experts").map { $0.decodedRow(0) } == [[7, 8], [9, 10]])
    }

    @Test func `a file of version 2 is read the same`() throws {
        var builder = GGUFBuilder.sample
        builder.version = 2
        let file = try folder.open(builder.bytes)
        #expect(file.version == 2)
        #expect(try file.int("llama.block_count") == 2)
    }

    @Test func `the data begins at the file's own alignment`() throws {
        var builder = GGUFBuilder()
        builder.alignment = 256
        builder.add(key: "general.alignment", uint32: 256)
        builder.add(tensor: "one", sizes: [1], floats: [4])
        builder.add(tensor: "two", sizes: [1], floats: [5])
        let file = try folder.open(builder.bytes)
        #expect(file.tensors["two"]?.byteOffset == 512)
        #expect(try file.weight("two").decodedRow(0) == [5])
    }

    @Test func `a file in memory opens like one on disk`() throws {
        let bytes = GGUFBuilder.sample.bytes
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 64)
        defer { buffer.deallocate() }
        buffer.copyBytes(from: bytes)
        let file = try GGUFFile.open(staticBytes: UnsafeRawBufferPointer(buffer), name: "built-in")
        #expect(file.path == "built-in")
        #expect(try file.weight("matrix").decodedRow(2) == [5, 6])
    }

    @Test func `what the writer writes is read back the same`() throws {
        let source = try folder.open(GGUFBuilder.sample.bytes)
        let writer = GGUFWriter(
            metadata: source.metadata.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
            tensors: source.tensors.values.sorted { $0.name < $1.name }.map { entry in
                GGUFWriter.Tensor(name: entry.name, shape: entry.shape, type: entry.type) {
                    try #require(entry.file.read(offset: entry.byteOffset, count: entry.byteCount))
                }
            })
        let path = folder.path + "/copy.gguf"
        try writer.write(to: path)
        let copy = try GGUFFile.open(path: path)
        #expect(copy.metadata.count == source.metadata.count)
        #expect(
            try copy.byteStrings("tokenizer.ggml.tokens") == source.byteStrings("tokenizer.ggml.tokens"))
        #expect(
            try copy.optionalFloatArray("tokenizer.ggml.scores") == source.optionalFloatArray("tokenizer.ggml.scores"))
        #expect(try copy.int("a.long") == Int.min)
        #expect(try copy.weights("experts").map { $0.decodedRow(0) } == [[7, 8], [9, 10]])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["copy.gguf", "tiny.gguf"])
    }

    @Test func `a tensor that cannot be read leaves no file behind`() throws {
        struct Unreadable: Error {}
        let writer = GGUFWriter(tensors: [
            GGUFWriter.Tensor(name: "a", shape: [1], type: .f32) { throw Unreadable() }
        ])
        #expect(throws: Unreadable.self) { try writer.write(to: folder.path + "/new.gguf") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    // MARK: Split files

    private func part(_ number: Int, of count: Int, tensor: String, total: Int = 2) throws -> String {
        var builder = GGUFBuilder()
        builder.add(key: "split.no", type: 2, value: GGUFBuilder.number(UInt16(number - 1)))
        builder.add(key: "split.count", type: 2, value: GGUFBuilder.number(UInt16(count)))
        builder.add(key: "split.tensors.count", type: 5, value: GGUFBuilder.number(Int32(total)))
        if number == 1 { builder.add(key: "general.architecture", string: "llama") }
        builder.add(tensor: tensor, sizes: [1], floats: [Float(number)])
        return try folder.write(builder.bytes, as: "big-0000\(number)-of-0000\(count).gguf")
    }

    @Test func `a split model opens whole from any of its parts`() throws {
        _ = try part(1, of: 2, tensor: "first")
        let second = try part(2, of: 2, tensor: "second")
        let file = try GGUFFile.open(path: second)
        #expect(try file.string("general.architecture") == "llama")
        #expect(try file.weight("first").decodedRow(0) == [1])
        #expect(try file.weight("second").decodedRow(0) == [2])
        #expect(file.files.count == 2)
    }

    @Test func `a missing part is named`() throws {
        let first = try part(1, of: 2, tensor: "first")
        let error = try #require(throws: ModelFileError.self) { _ = try GGUFFile.open(path: first) }
        #expect(
            folder.sentence(error)
                == "big-00002-of-00002.gguf: part 2 of 2 of this model is missing. Download all parts into one folder."
        )
    }

    @Test func `parts of different models do not go together`() throws {
        let first = try part(1, of: 2, tensor: "first")
        var stranger = GGUFBuilder()
        stranger.add(key: "split.no", uint32: 1)
        stranger.add(key: "split.count", uint32: 3)
        _ = try folder.write(stranger.bytes, as: "big-00002-of-00002.gguf")
        let error = try #require(throws: ModelFileError.self) { _ = try GGUFFile.open(path: first) }
        #expect(
            folder.sentence(error)
                == "big-00002-of-00002.gguf: does not belong to the other parts: it does not call itself part 2 of 2. "
                + "Download all parts of one model again.")
    }

    @Test func `a tensor in two parts is refused`() throws {
        let first = try part(1, of: 2, tensor: "same")
        _ = try part(2, of: 2, tensor: "same")
        let error = try #require(throws: ModelFileError.self) { _ = try GGUFFile.open(path: first) }
        #expect(
            folder.sentence(error)
                == "big-00002-of-00002.gguf: tensor 'same' appears twice. The file is damaged: download it again.")
    }
}
