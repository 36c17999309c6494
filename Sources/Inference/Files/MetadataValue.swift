// The metadata of a model file: keys with typed values.
// - An array stays in the file until its items are needed; opening checked that it is inside the file.

import Tensors

/// The types of values, numbered as in GGUF files (specification of ggml, section "gguf_metadata_value_type").
public enum MetadataType: UInt32, Sendable {
    case uint8 = 0
    case int8, uint16, int16, uint32, int32, float32, bool, string, array, uint64, int64, float64

    /// Bytes of one value; nil if they vary.
    var byteCount: Int? {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        case .string, .array: nil
        }
    }

    var name: String {
        switch self {
        case .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64: "an integer"
        case .float32, .float64: "a floating-point number"
        case .bool: "a truth value"
        case .string: "a string"
        case .array: "an array"
        }
    }
}

/// One value of a model file's metadata.
public enum MetadataValue: Sendable {
    case uint8(UInt8)
    case int8(Int8)
    case uint16(UInt16)
    case int16(Int16)
    case uint32(UInt32)
    case int32(Int32)
    case uint64(UInt64)
    case int64(Int64)
    case float32(Float)
    case float64(Double)
    case bool(Bool)
    case string([UInt8])
    case array(MetadataArray)

    /// The value as an integer; nil for other types and if it does not fit `Int`.
    public var integer: Int? {
        switch self {
        case .uint8(let value): Int(value)
        case .int8(let value): Int(value)
        case .uint16(let value): Int(value)
        case .int16(let value): Int(value)
        case .uint32(let value): Int(value)
        case .int32(let value): Int(value)
        case .uint64(let value): Int(exactly: value)
        case .int64(let value): Int(exactly: value)
        case .float32, .float64, .bool, .string, .array: nil
        }
    }

    /// The value as a number; integers count too.
    public var number: Double? {
        switch self {
        case .float32(let value): Double(value)
        case .float64(let value): value
        default: integer.map(Double.init)
        }
    }

    /// The number in 32 bits if it fits, because readers of GGUF files insist on the type that files usually have.
    var inUsualWidth: MetadataValue {
        switch self {
        case .int64(let value): UInt32(exactly: value).map { .uint32($0) } ?? self
        case .float64(let value): .float32(Float(value))
        default: self
        }
    }

    /// The kind of value in words, for messages.
    public var typeName: String {
        switch self {
        case .uint64(let value) where Int(exactly: value) == nil: "the integer \(value)"
        case .uint8, .int8, .uint16, .int16, .uint32, .int32, .uint64, .int64: "an integer"
        case .float32(let value) where !value.isFinite: "\(value)"
        case .float64(let value) where !value.isFinite: "\(value)"
        case .float32, .float64: "a floating-point number"
        case .bool: "a truth value"
        case .string(let bytes): String(validating: bytes, as: UTF8.self) == nil ? "text that is not UTF-8" : "a string"
        case .array(let array): "an array whose items are each \(array.elementType.name)"
        }
    }
}

/// An array value: a range of a mapped file, or items made in memory.
public struct MetadataArray: Sendable {
    enum Storage: Sendable {
        case mapped(MappedFile, byteOffset: Int)
        case integers([Int])
        case floats([Float])
        case strings(ByteStrings)
    }

    public let elementType: MetadataType
    public let count: Int
    let storage: Storage

    init(elementType: MetadataType, count: Int, storage: Storage) {
        self.elementType = elementType
        self.count = count
        self.storage = storage
    }

    /// - Parameter elementType: the integer type in which a writer writes the items; they must fit.
    public init(integers: [Int], as elementType: MetadataType = .int32) {
        self.init(elementType: elementType, count: integers.count, storage: .integers(integers))
    }

    public init(floats: [Float]) {
        self.init(elementType: .float32, count: floats.count, storage: .floats(floats))
    }

    public init(strings: ByteStrings) {
        self.init(elementType: .string, count: strings.count, storage: .strings(strings))
    }

    /// The items as integers (Boolean values as 0 and 1); nil if they have another type or do not fit.
    public var integers: [Int]? {
        switch storage {
        case .integers(let values): return values
        case .floats, .strings: return nil
        case .mapped(let file, let byteOffset):
            return file.withSpan { bytes in
                switch elementType {
                case .uint8, .bool: load(UInt8.self, bytes, byteOffset)
                case .int8: load(Int8.self, bytes, byteOffset)
                case .uint16: load(UInt16.self, bytes, byteOffset)
                case .int16: load(Int16.self, bytes, byteOffset)
                case .uint32: load(UInt32.self, bytes, byteOffset)
                case .int32: load(Int32.self, bytes, byteOffset)
                case .uint64: load(UInt64.self, bytes, byteOffset)
                case .int64: load(Int64.self, bytes, byteOffset)
                case .float32, .float64, .string, .array: nil
                }
            }
        }
    }

    /// The items as single-precision numbers; nil if they are not floating-point numbers.
    public var floats: [Float]? {
        switch storage {
        case .floats(let values): return values
        case .integers, .strings: return nil
        case .mapped(let file, let byteOffset):
            return file.withSpan { bytes in
                switch elementType {
                case .float32:
                    (0..<count).map { Float(bitPattern: bytes.integer(at: byteOffset + 4 * $0) ?? 0) }
                case .float64:
                    (0..<count).map { Float(Double(bitPattern: bytes.integer(at: byteOffset + 8 * $0) ?? 0)) }
                default: nil
                }
            }
        }
    }

    /// The items as byte strings, copied out of the file into one buffer; nil if they are not strings.
    public var strings: ByteStrings? {
        switch storage {
        case .strings(let values): return values
        case .integers, .floats: return nil
        case .mapped(let file, let byteOffset):
            guard elementType == .string else { return nil }
            return file.withSpan { bytes in
                var strings = ByteStrings(count: count, byteCount: 8 * count)
                var offset = byteOffset
                for _ in 0..<count {
                    // The parser checked the extent, so a nil here would be our own mistake.
                    guard let length: UInt64 = bytes.integer(at: offset), let length = Int(exactly: length) else {
                        return nil
                    }
                    strings.append(bytes, offset: offset + 8, count: length)
                    offset += 8 + length
                }
                return strings
            }
        }
    }

    private func load<Item: FixedWidthInteger & BitwiseCopyable>(
        _ type: Item.Type, _ bytes: RawSpan, _ byteOffset: Int
    ) -> [Int]? {
        var values: [Int] = []
        values.reserveCapacity(count)
        for index in 0..<count {
            guard let item: Item = bytes.integer(at: byteOffset + index * MemoryLayout<Item>.size),
                let value = Int(exactly: item)
            else { return nil }
            values.append(value)
        }
        return values
    }
}
