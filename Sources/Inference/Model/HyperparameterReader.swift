// Reads a model's numbers, and checks that each is in a sensible range.

/// The keys of one architecture in a file: `llama.block_count` is `integer("block_count", …)`.
struct HyperparameterReader {
    let file: any ModelSource
    let prefix: String

    /// True if the file has a key. All keys here begin with `prefix`, the architecture's name.
    func has(_ key: String) -> Bool { file.metadata[name(key)] != nil }

    /// An integer inside `range`.
    /// - Parameter layerCount: set if some files repeat the number for each layer; all must be equal.
    /// - Throws: `ModelFileError` naming the key, the value found and the values allowed.
    func integer(
        _ key: String, in range: ClosedRange<Int>, default standard: Int? = nil, layerCount: Int? = nil
    ) throws -> Int {
        guard has(key) || standard == nil else { return standard ?? 0 }
        let value: Int
        if let layerCount, case .array(let array)? = file.metadata[name(key)] {
            guard array.count == layerCount, let values = array.integers, let first = values.first else {
                throw bad(
                    key, "an array of \(array.count) items", "one integer, or one for each of the \(layerCount) layers")
            }
            guard values.allSatisfy({ $0 == first }) else {
                throw ModelError.unsupported(path: file.path, what: "'\(name(key))' with another value in each layer")
            }
            value = first
        } else {
            value = try file.int(name(key))
        }
        guard range.contains(value) else {
            throw bad(key, value, "from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// An integer inside `range` for each layer: the file's list, or one for all.
    func integers(_ key: String, in range: ClosedRange<Int>, default standard: Int, count: Int) throws -> [Int] {
        guard case .array(let array)? = file.metadata[name(key)] else {
            return Array(repeating: try integer(key, in: range, default: standard), count: count)
        }
        guard array.count == count, let values = array.integers else {
            throw bad(key, "an array of \(array.count) items", "one integer for each of the \(count) layers")
        }
        if let value = values.first(where: { !range.contains($0) }) {
            throw bad(key, value, "from \(range.lowerBound) to \(range.upperBound)")
        }
        return values
    }

    /// A number inside `range`.
    func number(_ key: String, in range: ClosedRange<Double>, default standard: Double? = nil) throws -> Double {
        guard has(key) || standard == nil else { return standard ?? 0 }
        let value = Double(try file.float(name(key)))
        guard range.contains(value) else {
            throw bad(key, value, "from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// A number inside `range` for each layer: the file's list, or one number for all.
    func numbers(
        _ key: String, in range: ClosedRange<Double>, default standard: Double, count: Int
    ) throws -> [Double] {
        guard case .array(let array)? = file.metadata[name(key)] else {
            return Array(repeating: try number(key, in: range, default: standard), count: count)
        }
        guard array.count == count, let values = array.floats else {
            throw bad(key, "an array of \(array.count) items", "one number for each of the \(count) layers")
        }
        if let value = values.first(where: { !range.contains(Double($0)) }) {
            throw bad(key, value, "from \(range.lowerBound) to \(range.upperBound)")
        }
        return values.map { Double($0) }
    }

    func string(_ key: String, default standard: String) throws -> String {
        try file.string(name(key), default: standard)
    }

    func truth(_ key: String, default standard: Bool) throws -> Bool {
        try file.bool(name(key), default: standard)
    }

    /// For each layer, true if it belongs to a pattern: the file's list of truth values, or all layers except each
    /// `period`-th (0: all layers).
    func pattern(_ key: String, period standard: Int, count: Int) throws -> [Bool] {
        if case .array(let array)? = file.metadata[name(key)] {
            guard array.count >= count, array.count <= 65_536, let values = array.integers else {
                throw bad(key, "an array of \(array.count) items", "one truth value for each of the \(count) layers")
            }
            return values.prefix(count).map { $0 != 0 }
        }
        let period = try integer(key, in: 0...65_536, default: standard)
        return (0..<count).map { period == 0 || $0 % period < period - 1 }
    }

    /// The error if a number does not fit the others.
    func bad(_ key: String, _ found: some CustomStringConvertible, _ allowed: String) -> ModelFileError {
        let origin = file.origin(of: name(key))
        return .outOfRange(path: origin.path, key: origin.key, value: found.description, allowed: allowed)
    }

    func unsupported(_ what: String) -> ModelError { .unsupported(path: file.path, what: what) }

    private func name(_ key: String) -> String { prefix + "." + key }
}
