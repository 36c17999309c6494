// Writes GGUF files of version 3.
// - It asks for one tensor at a time, and a tensor may come in parts, so neither a model nor a tensor must fit in
//   memory.
// - The file gets its name only when it is complete and on the disk (`ReplacementFile`).
// Format: docs/gguf.md of ggml.

import Files
import Tensors

/// A GGUF file to be written: keys in order, then tensors in order.
public struct GGUFWriter {
    /// A tensor to be written.
    public struct Tensor {
        public var name: String
        /// Fastest-running first: [columns, rows].
        public var shape: [Int]
        public var type: ElementType
        /// Called when the bytes are needed. It passes them to the closure in order, in one or more parts; their number
        /// is that of `shape` and `type`.
        public var writeBytes: ((ArraySlice<UInt8>) throws -> Void) throws -> Void

        public init(
            name: String, shape: [Int], type: ElementType,
            writeBytes: @escaping ((ArraySlice<UInt8>) throws -> Void) throws -> Void
        ) {
            self.name = name
            self.shape = shape
            self.type = type
            self.writeBytes = writeBytes
        }

        public init(name: String, shape: [Int], type: ElementType, bytes: @escaping () throws -> [UInt8]) {
            self.init(name: name, shape: shape, type: type, writeBytes: { write in try write(bytes()[...]) })
        }

        /// Size in the file; nil if the type cannot hold the shape.
        var byteCount: Int? {
            guard let columns = shape.first, columns > 0, columns % type.blockElementCount == 0 else { return nil }
            return type.byteCount(elements: shape.reduce(1, *))
        }
    }

    public var metadata: [(key: String, value: MetadataValue)]
    public var tensors: [Tensor]

    private static let alignment = 32

    public init(metadata: [(key: String, value: MetadataValue)] = [], tensors: [Tensor] = []) {
        // Tensors always get the format's default alignment, even if the source file had another.
        self.metadata = metadata.filter { $0.key != "general.alignment" }
        self.tensors = tensors
    }

    /// Writes the file. An existing file of that name is replaced when the new one is complete.
    /// - Throws: the error of reading a tensor, or `FileError` if the file cannot be written. Nothing is left then.
    public func write(to path: String) throws {
        let file = try ReplacementFile(path: path)
        try emit { try file.write($0) }
        try file.commit()
    }

    /// The complete file in memory; for small files.
    public func bytes() throws -> [UInt8] {
        var bytes: [UInt8] = []
        try emit { bytes += $0 }
        return bytes
    }

    private func emit(_ write: (ArraySlice<UInt8>) throws -> Void) throws {
        var head = Array("GGUF".utf8)
        head.append(littleEndian: UInt32(3))
        head.append(littleEndian: UInt64(tensors.count))
        head.append(littleEndian: UInt64(metadata.count))
        for (key, value) in metadata {
            head.append(string: Array(key.utf8))
            value.append(to: &head)
        }
        var offset = 0
        var sizes: [Int] = []
        for tensor in tensors {
            guard let byteCount = tensor.byteCount else {
                throw ModelFileError.wrongShape(
                    path: "the file to be written", tensor: tensor.name,
                    expected: "rows of whole blocks of \(tensor.type.name)", found: tensor.shape)
            }
            head.append(string: Array(tensor.name.utf8))
            head.append(littleEndian: UInt32(tensor.shape.count))
            for size in tensor.shape { head.append(littleEndian: UInt64(size)) }
            head.append(littleEndian: tensor.type.rawValue)
            head.append(littleEndian: UInt64(offset))
            sizes.append(byteCount)
            offset += Self.padded(byteCount)
        }
        head += [UInt8](repeating: 0, count: Self.padded(head.count) - head.count)
        try write(head[...])
        for (tensor, size) in zip(tensors, sizes) {
            var written = 0
            try tensor.writeBytes { part in
                try write(part)
                written += part.count
            }
            precondition(written == size, "tensor \(tensor.name) has \(written) bytes instead of \(size)")
            try write([UInt8](repeating: 0, count: Self.padded(size) - size)[...])
        }
    }

    private static func padded(_ count: Int) -> Int { (count + alignment - 1) / alignment * alignment }
}

extension MetadataValue {
    /// Appends the type and the value as GGUF writes them.
    fileprivate func append(to bytes: inout [UInt8]) {
        func put(_ type: MetadataType, _ value: some FixedWidthInteger) {
            bytes.append(littleEndian: type.rawValue)
            bytes.append(littleEndian: value)
        }
        switch self {
        case .uint8(let value): put(.uint8, value)
        case .int8(let value): put(.int8, value)
        case .uint16(let value): put(.uint16, value)
        case .int16(let value): put(.int16, value)
        case .uint32(let value): put(.uint32, value)
        case .int32(let value): put(.int32, value)
        case .uint64(let value): put(.uint64, value)
        case .int64(let value): put(.int64, value)
        case .float32(let value): put(.float32, value.bitPattern)
        case .float64(let value): put(.float64, value.bitPattern)
        case .bool(let value): put(.bool, UInt8(value ? 1 : 0))
        case .string(let value):
            bytes.append(littleEndian: MetadataType.string.rawValue)
            bytes.append(string: value)
        case .array(let array):
            bytes.append(littleEndian: MetadataType.array.rawValue)
            bytes.append(littleEndian: array.elementType.rawValue)
            bytes.append(littleEndian: UInt64(array.count))
            array.appendItems(to: &bytes)
        }
    }
}

extension MetadataArray {
    fileprivate func appendItems(to bytes: inout [UInt8]) {
        if case .mapped(let file, let offset) = storage, let itemBytes = elementType.byteCount {
            // Opening the file checked that the array is inside it.
            bytes += file.read(offset: offset, count: count * itemBytes) ?? []
        } else if let strings {
            for index in 0..<strings.count { bytes.append(string: strings[index]) }
        } else if let floats {
            for value in floats { bytes.append(littleEndian: value.bitPattern) }
        } else {
            for value in integers ?? [] {
                bytes.append(UInt64(bitPattern: Int64(value)), byteCount: elementType.byteCount ?? 8)
            }
        }
    }
}

extension [UInt8] {
    /// Appends an integer, little-endian.
    fileprivate mutating func append(littleEndian value: some FixedWidthInteger) {
        append(UInt64(truncatingIfNeeded: value), byteCount: value.bitWidth / 8)
    }

    fileprivate mutating func append(_ value: UInt64, byteCount: Int) {
        for index in 0..<byteCount { append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }

    fileprivate mutating func append(string: some Collection<UInt8>) {
        append(littleEndian: UInt64(string.count))
        append(contentsOf: string)
    }
}
