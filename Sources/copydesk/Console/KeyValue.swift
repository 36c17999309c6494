import ArgumentParser

/// A `name=value` argument of `-p` or `-o`.
struct KeyValue: ExpressibleByArgument, Sendable {
    let key: String
    let value: String

    init?(argument: String) {
        guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
        key = String(argument[..<equals])
        value = String(argument[argument.index(after: equals)...])
    }
}

extension [KeyValue] {
    /// - Throws: if a name is given twice, because one of the two values would be lost.
    func dictionary(option: String) throws -> [String: String] {
        var values: [String: String] = [:]
        for pair in self {
            if values.updateValue(pair.value, forKey: pair.key) != nil {
                throw ValidationError("\(option) \(pair.key) is given twice. Give it once.")
            }
        }
        return values
    }
}
