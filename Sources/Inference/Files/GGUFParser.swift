// Reads the head of one GGUF file: its keys and the place of each tensor.
// - Every number is checked against the file's size before it is used.
// - Memory use is bounded by the file's size: a string is copied only after its bytes were found in the file, and
//   arrays stay in the file.
// Format: docs/gguf.md of ggml. Little-endian; a string is a 64-bit length and bytes; versions 2 and 3 have one layout.

import Tensors

struct GGUFParser {
    /// The keys and tensors of one file.
    struct Contents {
        var version: UInt32
        var metadata: [String: MetadataValue]
        var tensors: [TensorEntry]
    }

    private struct TensorHeader {
        var name: String
        var shape: [Int]
        var type: ElementType
        var offset: UInt64
        var byteCount: Int
    }

    private let file: MappedFile
    private var reader: ByteReader

    static func parse(_ file: MappedFile) throws -> Contents {
        var parser = GGUFParser(file: file)
        return try file.withSpan { try parser.contents($0) }
    }

    private init(file: MappedFile) {
        self.file = file
        reader = ByteReader(path: file.path)
    }

    private var path: String { file.path }

    private mutating func contents(_ bytes: RawSpan) throws -> Contents {
        let version = try header(bytes)
        let tensorCount = try count(bytes, "the tensor count", leastItemBytes: 8 + 4 + 8 + 4 + 8)
        let keyCount = try count(bytes, "the number of keys", leastItemBytes: 8 + 4 + 1)

        var metadata: [String: MetadataValue] = [:]
        for index in 0..<keyCount {
            let key = try name(bytes, "the name of key \(index)")
            let value = try value(bytes, key: key)
            guard metadata.updateValue(value, forKey: key) == nil else {
                throw ModelFileError.duplicate(path: path, field: "key '\(key)'")
            }
        }
        let alignment = try alignment(metadata)

        var headers: [TensorHeader] = []
        var names: Set<String> = []
        for index in 0..<tensorCount {
            let header = try tensorHeader(bytes, index, alignment)
            guard names.insert(header.name).inserted else {
                throw ModelFileError.duplicate(path: path, field: "tensor '\(header.name)'")
            }
            headers.append(header)
        }
        return Contents(
            version: version, metadata: metadata, tensors: try place(headers, bytes.byteCount, alignment))
    }

    /// Checks the magic number and the version.
    private mutating func header(_ bytes: RawSpan) throws -> UInt32 {
        guard let magic = bytes.copy(offset: 0, count: 4), magic == Array("GGUF".utf8) else {
            throw ModelFileError.notAModelFile(path: path, looksLike: FileKind.guess(bytes)?.description)
        }
        reader = ByteReader(path: path, offset: 4)
        let version: UInt32 = try reader.integer(bytes, "the version")
        if version & 0xFFFF == 0, version != 0 { throw ModelFileError.bigEndian(path: path) }
        guard version == 2 || version == 3 else {
            throw ModelFileError.unsupportedVersion(path: path, version: version)
        }
        return version
    }

    /// Reads a count, and checks that the rest of the file has room for that many items.
    private mutating func count(_ bytes: RawSpan, _ field: String, leastItemBytes: Int) throws -> Int {
        let count: UInt64 = try reader.integer(bytes, field)
        let most = (bytes.byteCount - reader.offset) / leastItemBytes
        guard let count = Int(exactly: count), count <= most else {
            throw ModelFileError.tooMany(path: path, field: field, count: count, most: most)
        }
        return count
    }

    private mutating func name(_ bytes: RawSpan, _ field: @autoclosure () -> String) throws -> String {
        let range = try reader.stringRange(bytes, field())
        guard range.count <= 65535 else {
            throw ModelFileError.tooMany(
                path: path, field: "the length of " + field(), count: UInt64(range.count), most: 65535)
        }
        guard let raw = bytes.copy(offset: range.lowerBound, count: range.count),
            let name = String(validating: raw, as: UTF8.self)
        else {
            throw ModelFileError.malformed(path: path, field: field(), problem: "it is not UTF-8 text")
        }
        return name
    }

    private mutating func value(_ bytes: RawSpan, key: String) throws -> MetadataValue {
        let field = "key '\(key)'"
        let type = try valueType(bytes, key: key)
        switch type {
        case .uint8: return .uint8(try reader.integer(bytes, field))
        case .int8: return .int8(try reader.integer(bytes, field))
        case .uint16: return .uint16(try reader.integer(bytes, field))
        case .int16: return .int16(try reader.integer(bytes, field))
        case .uint32: return .uint32(try reader.integer(bytes, field))
        case .int32: return .int32(try reader.integer(bytes, field))
        case .uint64: return .uint64(try reader.integer(bytes, field))
        case .int64: return .int64(try reader.integer(bytes, field))
        case .float32: return .float32(Float(bitPattern: try reader.integer(bytes, field)))
        case .float64: return .float64(Double(bitPattern: try reader.integer(bytes, field)))
        case .bool: return .bool(try reader.integer(bytes, field) as UInt8 != 0)
        case .string:
            let range = try reader.stringRange(bytes, field)
            return .string(bytes.copy(offset: range.lowerBound, count: range.count) ?? [])
        case .array: return .array(try array(bytes, key: key))
        }
    }

    private mutating func valueType(_ bytes: RawSpan, key: String) throws -> MetadataType {
        let id: UInt32 = try reader.integer(bytes, "the type of key '\(key)'")
        guard let type = MetadataType(rawValue: id) else {
            throw ModelFileError.unknownValueType(path: path, key: key, id: id)
        }
        return type
    }

    /// Checks that an array is inside the file, and skips it.
    private mutating func array(_ bytes: RawSpan, key: String) throws -> MetadataArray {
        let field = "key '\(key)'"
        let type = try valueType(bytes, key: key)
        guard type != .array else { throw ModelFileError.nestedArray(path: path, key: key) }
        let claimed: UInt64 = try reader.integer(bytes, "the item count of \(field)")
        let most = (bytes.byteCount - reader.offset) / (type.byteCount ?? 8)
        guard let count = Int(exactly: claimed), count <= most else {
            throw ModelFileError.tooMany(
                path: path, field: "the item count of \(field)", count: claimed, most: most)
        }
        let start = reader.offset
        if let itemBytes = type.byteCount {
            try reader.skip(bytes, count: claimed, itemBytes: itemBytes, field)
        } else {
            try reader.skipStrings(bytes, count: count, field)
        }
        return MetadataArray(elementType: type, count: count, storage: .mapped(file, byteOffset: start))
    }

    private func alignment(_ metadata: [String: MetadataValue]) throws -> Int {
        guard let value = metadata["general.alignment"] else { return 32 }
        guard let alignment = value.integer else {
            throw ModelFileError.wrongType(
                path: path, key: "general.alignment", expected: "an integer", found: value.typeName)
        }
        guard alignment >= 8, alignment <= 1 << 20, alignment & (alignment - 1) == 0 else {
            throw ModelFileError.badAlignment(path: path, alignment: UInt64(bitPattern: Int64(alignment)))
        }
        return alignment
    }

    private mutating func tensorHeader(_ bytes: RawSpan, _ index: Int, _ alignment: Int) throws -> TensorHeader {
        let name = try name(bytes, "the name of tensor \(index)")
        let dimensionCount: UInt32 = try reader.integer(bytes, "the dimension count of tensor '\(name)'")
        guard (1...4).contains(dimensionCount) else {
            throw ModelFileError.tooManyDimensions(path: path, tensor: name, count: dimensionCount)
        }
        var sizes: [UInt64] = []
        for _ in 0..<dimensionCount { sizes.append(try reader.integer(bytes, "the shape of tensor '\(name)'")) }
        let id: UInt32 = try reader.integer(bytes, "the element type of tensor '\(name)'")
        let offset: UInt64 = try reader.integer(bytes, "the offset of tensor '\(name)'")

        guard let type = ElementType(rawValue: id) else {
            throw ModelFileError.unsupportedElementType(
                path: path, tensor: name, id: id, name: ElementTypeNames.known[id])
        }
        let byteCount = try TensorShape.byteCount(sizes, type, path: path, tensor: name)
        guard offset % UInt64(alignment) == 0 else {
            throw ModelFileError.misaligned(path: path, tensor: name, offset: offset, alignment: alignment)
        }
        // The product of the sizes fits `Int`, so each size does.
        return TensorHeader(
            name: name, shape: sizes.map { Int($0) }, type: type, offset: offset, byteCount: byteCount)
    }

    /// Computes the place of each tensor's bytes. They begin at the first multiple of the alignment after the head.
    private func place(_ headers: [TensorHeader], _ fileBytes: Int, _ alignment: Int) throws -> [TensorEntry] {
        // This cannot overflow: the head is inside the file, and the alignment is at most 2^20.
        let start = (reader.offset + alignment - 1) / alignment * alignment
        let dataBytes = max(0, fileBytes - start)
        let entries = try headers.map { header in
            let left = header.offset <= UInt64(dataBytes) ? dataBytes - Int(header.offset) : 0
            guard header.byteCount <= left else {
                throw ModelFileError.truncated(
                    path: path, field: "tensor '\(header.name)'", neededBytes: UInt64(header.byteCount),
                    leftBytes: left)
            }
            return TensorEntry(
                name: header.name, shape: header.shape, type: header.type, file: file,
                byteOffset: start + Int(header.offset), byteCount: header.byteCount)
        }
        try TensorEntry.checkApart(entries, path: path)
        return entries
    }
}
