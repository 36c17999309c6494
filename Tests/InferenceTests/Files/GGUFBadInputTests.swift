import Foundation
import Testing

@testable import Inference

/// What a damaged or wrong file gets: one sentence that names the field and says what to do.
struct GGUFBadInputTests {
    let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func complaint(_ change: (inout GGUFBuilder) -> Void) throws -> String {
        var builder = GGUFBuilder()
        change(&builder)
        return try folder.complaint(builder.bytes)
    }

    private func sentence(opening path: String) throws -> String {
        let error = try #require(throws: ModelFileError.self) { _ = try GGUFFile.open(path: path) }
        return folder.sentence(error)
    }

    @Test func `a missing file, a folder and an empty file are told apart`() throws {
        #expect(
            try sentence(opening: folder.path + "/none.gguf")
                == "none.gguf: cannot be opened (there is no such file). Check the path and the permissions.")
        try FileManager.default.createDirectory(
            atPath: folder.path + "/models", withIntermediateDirectories: false)
        #expect(
            try sentence(opening: folder.path + "/models")
                == "models: is not a regular file. Give the path of a model file.")
        #expect(try folder.complaint([]) == "tiny.gguf: is empty. Download or copy the file again.")
    }

    @Test(arguments: [
        ("<!DOCTYPE html><html>", "a web page (HTML), so the download gave a page instead of the file"),
        ("  \n<html lang=en>", "a web page (HTML), so the download gave a page instead of the file"),
        ("{\"error\": \"not found\"}", "JSON text"),
        ("PK\u{3}\u{4}rest of it", "a zip archive (such as a PyTorch checkpoint)"),
        (
            "version https://git-lfs.github.com/spec/v1",
            "a Git LFS pointer, so the file itself was not downloaded"
        ),
        ("lmgg....", "a GGML file from before GGUF"),
        ("Once upon a time", "a text file"),
    ])
    func `a file of another kind is called what it looks like`(text: String, kind: String) throws {
        #expect(
            try folder.complaint(Array(text.utf8))
                == "tiny.gguf: is not a GGUF file; it looks like \(kind). "
                + "Give a model in GGUF format, or a folder with config.json and safetensors.")
    }

    @Test func `a safetensors file is known by its head`() throws {
        let head = Array("{\"a\":{}}".utf8)
        #expect(
            try folder.complaint(GGUFBuilder.number(UInt64(head.count)) + head + [0, 0, 0, 0])
                == "tiny.gguf: is not a GGUF file; it looks like a safetensors file (give its folder instead). "
                + "Give a model in GGUF format, or a folder with config.json and safetensors.")
    }

    @Test func `unknown bytes are just no GGUF file`() throws {
        #expect(
            try folder.complaint([1, 2, 3])
                == "tiny.gguf: is not a GGUF file. "
                + "Give a model in GGUF format, or a folder with config.json and safetensors.")
    }

    @Test func `old, new and big-endian versions are refused by name`() throws {
        #expect(
            try complaint { $0.version = 1 }
                == "tiny.gguf: is a GGUF file of version 1, which is too old: this program reads versions 2 and 3. "
                + "Convert the model again, or download a newer file.")
        #expect(
            try complaint { $0.version = 4 }
                == "tiny.gguf: is a GGUF file of version 4, and this program reads versions 2 and 3. "
                + "Update the program, or download a file of version 3.")
        #expect(
            try complaint { $0.version = UInt32(3).byteSwapped }
                == "tiny.gguf: is a big-endian GGUF file, which cannot be used here. Download the little-endian file.")
    }

    @Test func `a tensor cut short is named with what it needs and what is left`() throws {
        var builder = GGUFBuilder()
        builder.add(tensor: "blk.3.attn_q.weight", sizes: [64, 32], floats: [Float](repeating: 0, count: 128))
        #expect(
            try folder.complaint(builder.bytes)
                == "tiny.gguf: tensor 'blk.3.attn_q.weight' needs 8192 bytes and the file has 512 left. "
                + "The file is cut short: download it again.")
    }

    @Test func `a tensor that begins behind the end has nothing left`() throws {
        #expect(
            try complaint { $0.add(tensor: "far", sizes: [1], offset: 1 << 62) }
                == "tiny.gguf: tensor 'far' needs 4 bytes and the file has 0 left. "
                + "The file is cut short: download it again.")
    }

    @Test func `absurd counts are refused before anything is made for them`() throws {
        #expect(
            try complaint { $0.tensorCount = 1 << 60 }
                == "tiny.gguf: the tensor count is 1152921504606846976, and a file of this size can hold at most 0. "
                + "The file is damaged: download it again.")
        #expect(
            try complaint { $0.keyCount = .max }
                == "tiny.gguf: the number of keys is 18446744073709551615, and a file of this size can hold at most 0. "
                + "The file is damaged: download it again.")
    }

    @Test func `a string that reaches past the end is refused`() throws {
        #expect(
            try complaint { $0.add(key: "name", type: 8, value: GGUFBuilder.number(UInt64(1) << 40)) }
                == "tiny.gguf: key 'name' needs 1099511627776 bytes and the file has 16 left. "
                + "The file is cut short: download it again.")
        var head = GGUFBuilder()
        head.keyCount = 1
        #expect(
            try folder.complaint(Array(head.bytes.prefix(24)) + GGUFBuilder.number(UInt64.max) + [65, 65, 65, 65, 65])
                == "tiny.gguf: the name of key 0 needs 18446744073709551615 bytes and the file has 5 left. "
                + "The file is cut short: download it again.")
    }

    @Test func `arrays are checked for their count, their type and their depth`() throws {
        let huge = GGUFBuilder.number(UInt32(4)) + GGUFBuilder.number(UInt64(1) << 61)
        #expect(
            try complaint { $0.add(key: "list", type: 9, value: huge) }
                == "tiny.gguf: the item count of key 'list' is 2305843009213693952, and a file of this size can hold at most 3. "
                + "The file is damaged: download it again.")
        #expect(
            try complaint { $0.add(key: "list", type: 9, value: GGUFBuilder.number(UInt32(9)) + [0, 0, 0, 0]) }
                == "tiny.gguf: key 'list' is an array of arrays, which no known model needs. "
                + "The file is damaged: download it again.")
        #expect(
            try complaint { $0.add(key: "list", type: 9, value: GGUFBuilder.number(UInt32(77))) }
                == "tiny.gguf: key 'list' has a value of type 77, and types 0 to 12 are known. "
                + "The file is damaged, or made by a newer program: download it again.")
    }

    @Test func `shapes must be of one to four sizes whose product exists`() throws {
        #expect(
            try complaint { $0.add(tensor: "t", sizes: [1 << 32, 1 << 32], offset: 0) }
                == "tiny.gguf: tensor 't' has the shape [4294967296, 4294967296], which is larger than any memory. "
                + "The file is damaged: download it again.")
        #expect(
            try complaint { $0.add(tensor: "t", sizes: [1 << 62], offset: 0) }
                == "tiny.gguf: tensor 't' has the shape [4611686018427387904], which is larger than any memory. "
                + "The file is damaged: download it again.")
        #expect(
            try complaint { $0.add(tensor: "t", sizes: [2, 0], offset: 0) }
                == "tiny.gguf: tensor 't' has the shape [2, 0], but every size must be at least 1. "
                + "The file is damaged: download it again.")
        #expect(
            try complaint { $0.add(tensor: "t", sizes: [1, 1, 1, 1, 1], offset: 0) }
                == "tiny.gguf: tensor 't' has 5 dimensions, and 1 to 4 are allowed. "
                + "The file is damaged: download it again.")
        #expect(
            try complaint { $0.add(tensor: "t", sizes: [33], type: 8, offset: 0) }
                == "tiny.gguf: tensor 't' has the shape [33], and a row of Q8_0 must be a multiple of 32. "
                + "The file is damaged: download it again.")
    }

    @Test(arguments: [UInt32(0), 1 << 31, 33, 4])
    func `an alignment must be a sensible power of two`(alignment: UInt32) throws {
        #expect(
            try complaint { $0.add(key: "general.alignment", uint32: alignment) }
                == "tiny.gguf: general.alignment is \(alignment); it must be a power of two from 8 to 1048576. "
                + "The file is damaged: download it again.")
    }

    @Test func `an alignment that is no number is of the wrong type`() throws {
        #expect(
            try complaint { $0.add(key: "general.alignment", string: "32") }
                == "tiny.gguf: key 'general.alignment' should be an integer and is a string. "
                + "The file is damaged: convert or download it again.")
    }

    @Test func `a tensor off the alignment is refused`() throws {
        #expect(
            try complaint { $0.add(tensor: "t", sizes: [1], offset: 5) }
                == "tiny.gguf: tensor 't' starts at 5, which is not a multiple of the alignment 32. "
                + "The file is damaged: download it again.")
    }

    @Test func `doubled keys and tensors are refused`() throws {
        #expect(
            try complaint { builder in
                builder.add(key: "a", uint32: 1)
                builder.add(key: "a", uint32: 2)
            } == "tiny.gguf: key 'a' appears twice. The file is damaged: download it again.")
        #expect(
            try complaint { builder in
                builder.add(tensor: "t", sizes: [1], floats: [1])
                builder.add(tensor: "t", sizes: [1], floats: [1])
            } == "tiny.gguf: tensor 't' appears twice. The file is damaged: download it again.")
    }

    @Test(arguments: [(UInt32(16), "IQ2_XXS"), (34, "TQ1_0"), (999, "number 999")])
    func `an element type that is not supported is named`(id: UInt32, name: String) throws {
        #expect(
            try complaint { $0.add(tensor: "t", sizes: [256], type: id, offset: 0) }
                == "tiny.gguf: tensor 't' has element type \(name), which is not supported. Use a file in one of F32, F16, "
                + "Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS, BF16, MXFP4.")
    }

    @Test func `a key that is no text is refused`() throws {
        var bytes = GGUFBuilder()
        bytes.keyCount = 1
        bytes.data = []
        let key = GGUFBuilder.number(UInt64(2)) + [0xFF, 0xFE] + GGUFBuilder.number(UInt32(4)) + [0, 0, 0, 0]
        let head = Array(bytes.bytes.prefix(24))
        #expect(
            try folder.complaint(head + key)
                == "tiny.gguf: the name of key 0 cannot be read: it is not UTF-8 text. "
                + "The file is damaged: download it again.")
    }

    @Test func `known keys of the wrong type say what they should be and are`() throws {
        let file = try folder.open(GGUFBuilder.sample.bytes)
        func sentence(_ read: () throws -> Void) throws -> String {
            folder.sentence(try #require(throws: ModelFileError.self, performing: read))
        }
        #expect(
            try sentence { _ = try file.int("general.architecture") }
                == "tiny.gguf: key 'general.architecture' should be an integer and is a string. "
                + "The file is damaged: convert or download it again.")
        #expect(
            try sentence { _ = try file.string("tokenizer.ggml.tokens") }
                == "tiny.gguf: key 'tokenizer.ggml.tokens' should be a string and is an array whose items are each a string. "
                + "The file is damaged: convert or download it again.")
        #expect(
            try sentence { _ = try file.optionalIntArray("tokenizer.ggml.scores") }
                == "tiny.gguf: key 'tokenizer.ggml.scores' should be an array of integers and is an array whose items are "
                + "each a floating-point number. The file is damaged: convert or download it again.")
        #expect(
            try sentence { _ = try file.int("a.huge") }
                == "tiny.gguf: key 'a.huge' should be an integer and is the integer 18446744073709551615. "
                + "The file is damaged: convert or download it again.")
        #expect(
            try sentence { _ = try file.int("llama.embedding_length") }
                == "tiny.gguf: has no key 'llama.embedding_length', which is needed to run the model. "
                + "The file is incomplete: convert or download it again.")
        #expect(
            try sentence { _ = try file.weight("output.weight") }
                == "tiny.gguf: has no tensor 'output.weight', which is needed to run the model. "
                + "The file is incomplete: convert or download it again.")
        #expect(
            try sentence { _ = try file.vector("matrix") }
                == "tiny.gguf: tensor 'matrix' should have one dimension and has the shape [2, 3]. "
                + "The file is damaged: convert or download it again.")
    }
}
