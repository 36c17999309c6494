// Writes safetensors files.
// - It asks for one tensor at a time, so a model need not fit in memory.
// - The file gets its name only when it is complete and on the disk (`ReplacementFile`).
// Format: README of huggingface/safetensors.

import Files
import Generation
import Tensors

/// A safetensors file to be written: tensors in order, and texts about the file.
public struct SafetensorsWriter {
    /// A tensor to be written.
    public struct Tensor {
        public var name: String
        /// In the order of PyTorch, the fastest-running size last: [rows, columns].
        public var shape: [Int]
        /// `f32`, `f16` or `bf16`: the format has no blocks.
        public var type: ElementType
        /// Called when the bytes are needed. It passes them to the closure in order, in one or more parts; their number
        /// is that of `shape` and `type`.
        public var writeBytes: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void

        public init(
            name: String, shape: [Int], type: ElementType,
            writeBytes: @escaping ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
        ) {
            self.name = name
            self.shape = shape
            self.type = type
            self.writeBytes = writeBytes
        }

        /// A tensor of floats.
        public init(name: String, shape: [Int], values: [Float]) {
            self.init(name: name, shape: shape, type: .f32) { write in
                // The format is little-endian, as are all machines that this program runs on.
                try values.withUnsafeBytes { try write($0) }
            }
        }

        var byteCount: Int? { type.byteCount(elements: shape.reduce(1, *)) }

        /// The format's name of the type; nil if it has none.
        var typeName: String? { [.f32: "F32", .f16: "F16", .bf16: "BF16"][type] }
    }

    /// Texts about the file. transformers wants `format` to be `pt`.
    public var metadata: [(key: String, value: String)]
    public var tensors: [Tensor]

    public init(metadata: [(key: String, value: String)] = [("format", "pt")], tensors: [Tensor] = []) {
        self.metadata = metadata
        self.tensors = tensors
    }

    /// Writes the file. An existing file of that name is replaced when the new one is complete.
    /// - Throws: the error of reading a tensor, `ModelFileError` for a type without a name in this format, or `FileError`
    ///   if the file cannot be written. Nothing is left then.
    public func write(to path: String) throws {
        let head = try head(path: path)
        let file = try ReplacementFile(path: path)
        try file.write(head)
        for tensor in tensors {
            var written = 0
            try tensor.writeBytes { part in
                try file.write(part)
                written += part.count
            }
            precondition(written == tensor.byteCount, "tensor \(tensor.name) has \(written) bytes")
        }
        try file.commit()
    }

    /// The length of the JSON text, and the text, padded with blanks so that the tensors begin at a multiple of 8.
    private func head(path: String) throws -> [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            let texts = metadata.map { "\(Self.quoted($0.key)):\(Self.quoted($0.value))" }
            members.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
        }
        var offset = 0
        for tensor in tensors {
            guard let typeName = tensor.typeName, let byteCount = tensor.byteCount else {
                throw ModelFileError.unsupportedElementType(
                    path: path, tensor: tensor.name, id: tensor.type.rawValue, name: tensor.type.name)
            }
            let sizes = tensor.shape.map(String.init).joined(separator: ",")
            members.append(
                "\(Self.quoted(tensor.name)):{\"dtype\":\"\(typeName)\",\"shape\":[\(sizes)],"
                    + "\"data_offsets\":[\(offset),\(offset + byteCount)]}")
            offset += byteCount
        }
        var text = Array("{\(members.joined(separator: ","))}".utf8)
        text += [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
        let length = UInt64(text.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + text
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
