import Foundation
import Testing

@testable import Inference

/// The known ways in which safetensors files and their folders are broken, one by one: each gets a sentence that names
/// the field.
struct FilesBrokenSafetensorsTests {
    let folder: ScratchFolder

    init() throws { folder = try ScratchFolder() }

    private func complaint(safetensors head: String, length: UInt64? = nil, data: Int = 0) throws -> String {
        let text = Array(head.utf8)
        let path = try folder.write(
            GGUFBuilder.number(length ?? UInt64(text.count)) + text + [UInt8](repeating: 0, count: data),
            as: "a.safetensors")
        return folder.sentence(
            try #require(throws: ModelFileError.self) { _ = try SafetensorsFile(path: path) })
    }

    @Test(arguments: [3, 1 << 40, 1 << 63, UInt64.max])
    func `safetensors head that reaches past the end`(length: UInt64) throws {
        #expect(
            try complaint(safetensors: "{}", length: length)
                == "a.safetensors: the head needs \(length) bytes and the file has 2 left. "
                + "The file is cut short: download it again.")
    }

    @Test func `safetensors file shorter than its length`() throws {
        let path = try folder.write([1, 2, 3], as: "a.safetensors")
        let error = try #require(throws: ModelFileError.self) { _ = try SafetensorsFile(path: path) }
        #expect(
            folder.sentence(error)
                == "a.safetensors: the length of the head needs 8 bytes and the file has 3 left. "
                + "The file is cut short: download it again.")
    }

    @Test func `safetensors file that does not end with its last tensor`() throws {
        let head =
            #"{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
            + #""mask":{"dtype":"BOOL","shape":[4],"data_offsets":[4,8]}}"#
        #expect(
            try complaint(safetensors: head, data: 10)
                == "a.safetensors: the end cannot be read: the file goes on after the last tensor (bytes too many: 2). "
                + "The file is damaged: download it again.")
        #expect(
            try complaint(safetensors: head, data: 6)
                == "a.safetensors: the last tensor needs 8 bytes and the file has 6 left. "
                + "The file is cut short: download it again.")
    }

    @Test func `safetensors tensors that overlap`() throws {
        let head =
            #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]},"#
            + #""b":{"dtype":"F32","shape":[4],"data_offsets":[8,24]}}"#
        #expect(
            try complaint(safetensors: head, data: 24)
                == "a.safetensors: tensors 'a' and 'b' overlap. The file is damaged: download it again.")
    }

    @Test(arguments: [
        "[4,0]", "[16,0]", "[-4,12]", "[0.5,16]", "[0,1e300]", "[0]", "[0,4,8]", "\"0\"", "null",
        "[9007199254740993,0]",
    ])
    func `safetensors places that are none`(place: String) throws {
        let head = #"{"w":{"dtype":"F32","shape":[4],"data_offsets":\#(place)}}"#
        let sentence = try complaint(safetensors: head, data: 16)
        #expect(sentence.hasPrefix("a.safetensors: tensor 'w' "))
    }

    @Test(arguments: ["[-4]", "[1.5]", "[0]", "[1,1,1,1,4]", "4", "[4294967296,4294967296]", "[1e30]", "[[4]]"])
    func `safetensors shapes that are none`(shape: String) throws {
        let head = #"{"w":{"dtype":"F32","shape":\#(shape),"data_offsets":[0,16]}}"#
        #expect(try complaint(safetensors: head, data: 16).hasPrefix("a.safetensors: tensor 'w' "))
    }

    @Test func `safetensors tensors of one name`() throws {
        let entry = #"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#
        #expect(
            try complaint(safetensors: #"{"w":\#(entry),"w":\#(entry)}"#, data: 4)
                == "a.safetensors: tensor 'w' appears twice. The file is damaged: download it again.")
    }

    @Test func `safetensors masks and counters are passed over`() throws {
        let head =
            #"{"mask":{"dtype":"BOOL","shape":[1,1],"data_offsets":[0,1]},"#
            + #""w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#
        let path = try folder.write(
            GGUFBuilder.number(UInt64(head.utf8.count)) + Array(head.utf8) + [UInt8](repeating: 0, count: 8),
            as: "a.safetensors")
        #expect(try SafetensorsFile(path: path).tensors.map(\.name) == ["w"])
    }

    @Test(arguments: [
        (#""../a""#, "'../a' is not a file name"), (#""/etc/passwd""#, "'/etc/passwd' is not a file name"),
        (#""..""#, "'..' is not a file name"), (#""""#, "'' is not a file name"),
    ])
    func `an index that leads out of the folder`(name: String, problem: String) throws {
        _ = try folder.write(Array(#"{"model_type": "llama"}"#.utf8), as: "config.json")
        _ = try folder.write(Array(#"{"weight_map": {"a": \#(name)}}"#.utf8), as: "model.safetensors.index.json")
        let error = try #require(throws: ModelFileError.self) { _ = try FolderFiles.weightFiles(folder.path) }
        #expect(
            folder.sentence(error)
                == "model.safetensors.index.json: weight_map cannot be read: \(problem). "
                + "The file is damaged: download it again.")
    }

    @Test func `an index that names a file that is not there`() throws {
        _ = try folder.write(
            Array(#"{"weight_map": {"a": "model-00002-of-00002.safetensors"}}"#.utf8),
            as: "model.safetensors.index.json")
        let error = try #require(throws: ModelFileError.self) { _ = try FolderFiles.weightFiles(folder.path) }
        #expect(error.description.contains("has no model-00002-of-00002.safetensors"))
    }

    @Test func `experts of other shapes than the first are refused`() throws {
        let head =
            #"{"model.layers.0.block_sparse_moe.experts.0.w1.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"#
            + #""model.layers.0.block_sparse_moe.experts.1.w1.weight":{"dtype":"F32","shape":[1,1],"data_offsets":[16,20]}}"#
        _ = try folder.write(Array(#"{"model_type": "mixtral"}"#.utf8), as: "config.json")
        _ = try folder.write(
            GGUFBuilder.number(UInt64(head.utf8.count)) + Array(head.utf8) + [UInt8](repeating: 0, count: 20),
            as: "model.safetensors")
        let source = try ModelFiles.open(path: folder.path)
        let error = try #require(throws: ModelFileError.self) { _ = try source.weights("blk.0.ffn_gate_exps.weight") }
        #expect(error.description.contains("should have the shape of the other experts and has the shape [1, 1]"))
    }
}
