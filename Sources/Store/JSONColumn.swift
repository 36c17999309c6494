// Values that are kept as JSON in one column: fields, sampling, limits, timings.
// - Keys are sorted, so equal values are equal text.
// - Reading never fails: an unknown key is skipped, and a key that is missing or of another type takes its default. So
//   a row of an older or newer program stays readable.

import Foundation

enum JSONColumn {
    static func text<Value: Encodable>(_ value: Value) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        guard let data = try? encoder.encode(value) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    static func value<Value: Codable>(_ text: String, default standard: Value) -> Value {
        let data = Data(text.utf8)
        if let whole = decoded(Value.self, from: data) { return whole }
        guard let found = object(data), var merged = object(Data(self.text(standard).utf8)) else { return standard }
        var value = standard
        /// Takes over what can be read; of an object that cannot, its single keys.
        func take(_ found: [String: Any], at path: [String]) {
            for (key, part) in found.sorted(by: { $0.key < $1.key }) {
                var candidate = merged
                set(part, at: path + [key], in: &candidate)
                if let bytes = try? JSONSerialization.data(withJSONObject: candidate),
                    let better = decoded(Value.self, from: bytes)
                {
                    value = better
                    merged = candidate
                } else if let inner = part as? [String: Any], path.count < deepest {
                    take(inner, at: path + [key])
                }
            }
        }
        take(found, at: [])
        return value
    }

    /// The values that are kept have no objects further in.
    private static let deepest = 4

    private static func set(_ value: Any, at path: [String], in object: inout [String: Any]) {
        guard let key = path.first else { return }
        guard path.count > 1 else { return object[key] = value }
        var inner = object[key] as? [String: Any] ?? [:]
        set(value, at: Array(path.dropFirst()), in: &inner)
        object[key] = inner
    }

    private static func decoded<Value: Decodable>(_ type: Value.Type, from data: Data) -> Value? {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try? decoder.decode(type, from: data)
    }

    private static func object(_ data: Data) -> [String: Any]? {
        (try? JSONSerialization.jsonObject(with: data)) as? [String: Any]
    }
}
