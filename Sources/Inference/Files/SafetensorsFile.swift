// One safetensors file: a JSON head with names, shapes and places, then the tensors' bytes.
// - Every place is checked against the file's size before it is used.
// Format: README of huggingface/safetensors.

import Generation
import Tensors

/// The tensors of one safetensors file and their places.
struct SafetensorsFile {
    let file: MappedFile
    let tensors: [TensorEntry]
    /// The types of tensors that are not weights (masks, counters) or that no kernel can decode, by tensor name.
    let otherTypes: [String: String]
    /// What the file says about itself (`__metadata__`).
    let texts: [String: String]

    /// - Throws: `ModelFileError`, which names the tensor.
    init(path: String) throws {
        do {
            file = try MappedFile(path: path)
        } catch let error as MappedFileError {
            throw ModelFileError.unreadable(error)
        }
        var reader = ByteReader(path: path)
        let file = file
        let head = try file.withSpan { bytes in
            try reader.stringRange(bytes, "the head")
        }
        guard let text = file.read(offset: head.lowerBound, count: head.count) else {
            throw ModelFileError.malformed(path: path, field: "the head", problem: "it is not there")
        }
        let json = try JSONValue(parsing: text, path: path, field: "the head")
        guard let members = json.members else {
            throw ModelFileError.malformed(path: path, field: "the head", problem: "it is not a JSON object")
        }
        let dataBytes = file.byteCount - head.upperBound
        var names: Set<String> = []
        var otherTypes: [String: String] = [:]
        tensors = try members.compactMap { key, value in
            let name = String(decoding: key, as: UTF8.self)
            guard name != "__metadata__" else { return nil }
            guard names.insert(name).inserted else {
                throw ModelFileError.duplicate(path: path, field: "tensor '\(name)'")
            }
            let entry = try Self.entry(name, value, file: file, start: head.upperBound, dataBytes: dataBytes)
            if entry == nil { otherTypes[name] = value["dtype"]?.text }
            return entry
        }
        self.otherTypes = otherTypes
        texts = Dictionary(
            (json["__metadata__"]?.members ?? []).compactMap { key, value in
                value.text.map { (String(decoding: key, as: UTF8.self), $0) }
            }
        ) { $1 }
        try Self.checkEnd(members.filter { !$0.key.elementsEqual("__metadata__".utf8) }.map(\.value), dataBytes, path)
        try TensorEntry.checkApart(tensors, path: path)
    }

    /// Checks that the bytes end with the last tensor, as the format demands: a file of another size is not the whole one.
    private static func checkEnd(_ entries: [JSONValue], _ dataBytes: Int, _ path: String) throws {
        let end = entries.compactMap { $0["data_offsets"]?.items?.last?.int }.max() ?? 0
        guard end <= dataBytes else {
            throw ModelFileError.truncated(
                path: path, field: "the last tensor", neededBytes: UInt64(end), leftBytes: dataBytes)
        }
        guard end == dataBytes else {
            throw ModelFileError.malformed(
                path: path, field: "the end",
                problem: "the file goes on after the last tensor (bytes too many: \(dataBytes - end))")
        }
    }

    private static let typesOfOthers: Set<String> = [
        "BOOL", "U8", "I8", "U16", "I16", "U32", "I32", "U64", "I64", "F64",
    ]

    private static func entry(
        _ name: String, _ value: JSONValue, file: MappedFile, start: Int, dataBytes: Int
    ) throws -> TensorEntry? {
        let path = file.path
        guard let sizes = value["shape"]?.items?.map({ $0.int }), sizes.count <= 4,
            let type = value["dtype"]?.text, let places = value["data_offsets"]?.items, places.count == 2,
            let low = places[0].int, let high = places[1].int, low >= 0, low <= high
        else {
            throw ModelFileError.malformed(
                path: path, field: "tensor '\(name)'", problem: "its type, shape or place is missing or wrong")
        }
        // Files hold masks and counters beside the weights.
        if typesOfOthers.contains(type) { return nil }
        let types: [String: ElementType] = ["F32": .f32, "F16": .f16, "BF16": .bf16]
        guard let elementType = types[type] else {
            throw ModelFileError.unsupportedElementType(path: path, tensor: name, id: 0, name: type)
        }
        // GGUF's order: the fastest-running size first; a scalar becomes a list of one.
        let shape = sizes.isEmpty ? [1] : Array(sizes.reversed())
        let byteCount = try TensorShape.byteCount(
            shape.map { $0.flatMap(UInt64.init(exactly:)) ?? 0 }, elementType, path: path, tensor: name)
        guard high <= dataBytes else {
            throw ModelFileError.truncated(
                path: path, field: "tensor '\(name)'", neededBytes: UInt64(byteCount),
                leftBytes: max(0, dataBytes - min(low, dataBytes)))
        }
        guard high - low == byteCount else {
            throw ModelFileError.malformed(
                path: path, field: "tensor '\(name)'",
                problem: "its shape takes \(byteCount) bytes and its place has \(high - low)")
        }
        return TensorEntry(
            name: name, shape: shape.compactMap { $0 }, type: elementType, file: file, byteOffset: start + low,
            byteCount: byteCount)
    }
}
