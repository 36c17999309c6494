// Resolves `$ref`: JSON pointers, and schemas by their `$anchor`.

import Generation

/// The places that schemas refer to.
enum SchemaReference {
    /// - Parameter reference: '#' and a JSON pointer (RFC 6901) or an anchor's name.
    /// - Returns: the schema at that place, and its pointer.
    static func resolve(
        _ reference: String, in root: JSONValue, at path: String
    ) throws -> (schema: JSONValue, path: String) {
        let unknown = JSONSchemaError.unknownReference(path: path, reference: reference)
        guard reference.utf8.first == UInt8(ascii: "#"), let decoded = percentDecoded(reference.dropFirst()) else {
            throw unknown
        }
        var schema = root
        guard decoded.isEmpty || decoded.first == UInt8(ascii: "/") else {
            guard let named = anchored(decoded, in: root, path: "#") else { throw unknown }
            return named
        }
        for part in decoded.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).dropFirst() {
            let name = unescaped(part)
            if let members = schema.members, let next = members.last(where: { $0.key == name })?.value {
                schema = next
            } else if let items = schema.items, let index = Int(String(decoding: name, as: UTF8.self)),
                items.indices.contains(index)
            {
                schema = items[index]
            } else {
                throw unknown
            }
        }
        return (schema, "#" + String(decoding: decoded, as: UTF8.self))
    }

    /// The schema with an `$anchor` of that name.
    private static func anchored(
        _ name: [UInt8], in schema: JSONValue, path: String
    ) -> (schema: JSONValue, path: String)? {
        if schema["$anchor"]?.bytes == name { return (schema, path) }
        let inner =
            schema.members?.map { (SchemaWriter.pointerPart(String(decoding: $0.key, as: UTF8.self)), $0.value) }
            ?? schema.items?.enumerated().map { (String($0.offset), $0.element) } ?? []
        return inner.lazy.compactMap { anchored(name, in: $0.1, path: "\(path)/\($0.0)") }.first
    }

    private static func percentDecoded(_ text: Substring) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return bytes
    }

    private static func unescaped(_ part: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        for byte in part {
            if bytes.last == UInt8(ascii: "~"), byte == UInt8(ascii: "0") || byte == UInt8(ascii: "1") {
                bytes[bytes.count - 1] = byte == UInt8(ascii: "1") ? UInt8(ascii: "/") : 0xFF
            } else {
                bytes.append(byte)
            }
        }
        // A tilde that was written as ~0 must not begin an escape, so 0xFF, which UTF-8 never contains, replaces it.
        return bytes.map { $0 == 0xFF ? UInt8(ascii: "~") : $0 }
    }
}
