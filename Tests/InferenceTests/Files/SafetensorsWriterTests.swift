import Foundation
import Tensors
import Testing

@testable import Inference

@Suite struct `Writing safetensors` {
    private func written(_ writer: SafetensorsWriter) throws -> (path: String, remove: () -> Void) {
        let path = NSTemporaryDirectory() + "copydesk-\(UUID().uuidString).safetensors"
        try writer.write(to: path)
        return (path, { try? FileManager.default.removeItem(atPath: path) })
    }

    @Test func `the reader finds names, shapes, types and values`() throws {
        let file = try written(
            SafetensorsWriter(tensors: [
                .init(name: "model.a\"b\u{1}.weight", shape: [2, 3], values: [1, 2, 3, 4, 5, 6]),
                .init(name: "half", shape: [2], type: .bf16) { write in
                    try [UInt8]([0x80, 0x3F, 0x00, 0xC0]).withUnsafeBytes { try write($0) }
                },
            ]))
        defer { file.remove() }
        let read = try SafetensorsFile(path: file.path)
        #expect(read.tensors.map(\.name) == ["model.a\"b\u{1}.weight", "half"])
        #expect(read.tensors.map(\.shape) == [[3, 2], [2]])
        #expect(read.tensors.map(\.type) == [.f32, .bf16])
        #expect(try read.tensors[0].matrices()[0].decodedRow(1) == [4, 5, 6])
        #expect(try read.tensors[1].matrices()[0].decodedRow(0) == [1, -2])
    }

    @Test(arguments: 0..<9)
    func `tensors begin at a multiple of 8, whatever the names`(length: Int) throws {
        let name = String(repeating: "n", count: length + 1)
        let file = try written(SafetensorsWriter(tensors: [.init(name: name, shape: [1], values: [1])]))
        defer { file.remove() }
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: file.path)))
        #expect((bytes.count - 4) % 8 == 0)
        #expect(bytes.count - 12 == bytes[..<8].enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) })
    }

    @Test func `a type without a name in the format is refused, and nothing is written`() throws {
        let path = NSTemporaryDirectory() + "copydesk-\(UUID().uuidString).safetensors"
        let tensor = SafetensorsWriter.Tensor(name: "q", shape: [32], type: .q8_0) { _ in }
        #expect(throws: ModelFileError.self) { try SafetensorsWriter(tensors: [tensor]).write(to: path) }
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
