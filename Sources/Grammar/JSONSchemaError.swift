// The errors of a JSON schema, and what to do about each.
// - Every sentence about a schema is made here. Paths are JSON pointers after '#'; the schema itself is '#'.

/// Why a JSON schema cannot be used to constrain a text.
public enum JSONSchemaError: Error, Equatable, CustomStringConvertible {
    case notJSON(problem: String)
    case tooLong(byteCount: Int, most: Int)
    case notASchema(path: String)
    case wrongValue(path: String, keyword: String, expected: String)
    case unsupported(path: String, keyword: String, advice: String)
    case tooLarge(path: String, keyword: String, value: String, most: String)
    /// No value can satisfy the schema.
    case impossible(path: String, problem: String)
    case unknownReference(path: String, reference: String)
    /// A schema that only refers to itself, or whose values never end.
    case endless(path: String)
    case ambiguousOneOf(path: String)
    case badPattern(path: String, pattern: String, problem: String)
    case grammar(GrammarError)

    /// True if no value can be valid; false if the schema cannot be used for another reason.
    var isImpossible: Bool {
        if case .impossible = self { true } else { false }
    }

    public var description: String {
        switch self {
        case .notJSON(let problem):
            "The JSON schema is not JSON: \(problem). Correct it there."
        case .tooLong(let byteCount, let most):
            "The JSON schema has \(byteCount) bytes, and \(most) are allowed. Shorten it."
        case .notASchema(let path):
            "The JSON schema at \(path): a schema is an object, true or false. Put one there."
        case .wrongValue(let path, let keyword, let expected):
            "The JSON schema at \(path): '\(keyword)' must be \(expected). Correct its value."
        case .unsupported(let path, let keyword, let advice):
            "The JSON schema at \(path): '\(keyword)' cannot be enforced while writing. \(advice)"
        case .tooLarge(let path, let keyword, let value, let most):
            "The JSON schema at \(path): '\(keyword)' is \(value), and \(most) is the most. Choose a smaller number."
        case .impossible(let path, let problem):
            "The JSON schema at \(path): no value is valid, because \(problem). Change one of the two."
        case .unknownReference(let path, let reference):
            "The JSON schema at \(path): there is no '\(reference)' in this schema. "
                + "Refer to a place inside it, such as #/$defs/name."
        case .endless(let path):
            "The JSON schema at \(path): a value needs another of the same kind, without end. "
                + "Make one of the properties on the way optional, or allow null or an empty array."
        case .ambiguousOneOf(let path):
            "The JSON schema at \(path): a value could be valid for two schemas of 'oneOf'. "
                + "Give each a type of its own or a required property with a 'const' of its own, or write 'anyOf'."
        case .badPattern(let path, let pattern, let problem):
            "The JSON schema at \(path): the pattern '\(pattern)' cannot be enforced while writing: \(problem). "
                + "Use characters, classes, groups, alternatives and repetitions."
        case .grammar(let error):
            "The JSON schema makes a grammar that cannot be used. \(error)"
        }
    }
}
