import Foundation
import Testing

@testable import Tensors

@Suite struct `Mapped files` {
    /// Writes a file for `body`, and removes it afterwards.
    func withFile(_ bytes: [UInt8], _ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "mapped-\(UUID().uuidString)").path()
        try Data(bytes).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test func `reads are checked against the file's end`() throws {
        try withFile([1, 2, 3, 4, 5]) { path in
            let file = try MappedFile(path: path)
            #expect(file.byteCount == 5)
            #expect(file.read(offset: 1, count: 3) == [2, 3, 4])
            #expect(file.read(offset: 5, count: 0) == [])
            #expect(file.read(offset: 4, count: 2) == nil)
            #expect(file.read(offset: -1, count: 1) == nil)
            #expect(file.read(offset: 1, count: Int.max) == nil)
            #expect(file.withSpan { $0.byteCount } == 5)
        }
    }

    @Test func `a file that cannot be mapped is named with the reason`() throws {
        #expect(throws: MappedFileError.cannotOpen(path: "/nowhere/model.gguf", code: ENOENT)) {
            try MappedFile(path: "/nowhere/model.gguf")
        }
        #expect(
            MappedFileError.cannotOpen(path: "/nowhere/model.gguf", code: ENOENT).description
                == "/nowhere/model.gguf: cannot be opened (there is no such file). Check the path and the permissions.")
        #expect(throws: MappedFileError.notAFile(path: "/")) { try MappedFile(path: "/") }
        try withFile([]) { path in
            #expect(throws: MappedFileError.empty(path: path)) { try MappedFile(path: path) }
        }
    }

    @Test(arguments: [
        (0, 4, 64), (0, Int.max, 64), (0, 2, Int.max / 2), (-1, 1, 32), (Int.max, 1, 32), (200, 1, 32), (0, 0, 32),
        (0, 1, 0),
        (0, 1, 33), (0, Int(Int32.max), Int(Int32.max) / 32 * 32),
    ])
    func `a weight outside of its file is refused`(offset: Int, rows: Int, columns: Int) throws {
        try withFile([UInt8](repeating: 0, count: 204)) { path in
            let file = try MappedFile(path: path)
            #expect(throws: WeightMatrixError.self) {
                try WeightMatrix(file: file, byteOffset: offset, type: .q8_0, rowCount: rows, columnCount: columns)
            }
        }
    }

    @Test func `a weight reads its rows from the right bytes of the file`() throws {
        var block = [UInt8](repeating: 0, count: 34)
        block[1] = 0x3C  // a scale of 1
        block[2] = 7
        block[33] = 0xFF
        try withFile([9, 9] + block + block) { path in
            let file = try MappedFile(path: path)
            let weight = try WeightMatrix(file: file, byteOffset: 2, type: .q8_0, rowCount: 2, columnCount: 32)
            #expect(weight.decodedRow(1) == [7] + [Float](repeating: 0, count: 30) + [-1])
            #expect(weight.slice(rows: 1..<2).rowBytes(0) == block)
            #expect(
                WeightMatrixError.outsideFile(
                    path: "m.gguf", byteOffset: 3, rows: 2, columns: 32, type: .q8_0, fileBytes: 70
                ).description
                    == "m.gguf: a weight of 2 x 32 Q8_0 at byte 3 does not fit the file's 70 bytes. "
                    + "The file is cut short: download it again.")
        }
    }
}
