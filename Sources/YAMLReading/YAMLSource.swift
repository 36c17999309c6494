// A YAML text that a person wrote, to the mapping at its root.
// - Aliases are bounded, because a few lines of them can stand for more nodes than fit in memory.
// - An error has the place to look at, because libyaml often stops later, and the line on which the broken construct
//   begins: the text before that line is complete.

import Generation
import Yams

/// Why a text is not the YAML that was asked for.
public struct YAMLFailure: Error, Sendable, Hashable {
    public enum Kind: Sendable, Hashable {
        case broken, notAMapping, tooManyAliases
        /// The keys, sorted; the place is the first place of the first key.
        case repeatedKeys([String])
    }

    public var kind: Kind
    /// Counted from 1 in the text.
    public var line: Int
    /// Counted from 1 in Unicode scalars.
    public var column: Int
    public var reason: String
    /// The line on which the broken construct begins, for example an open bracket; at most `line`.
    public var firstLine: Int
}

/// A text, and how sentences name it.
public struct YAMLSource: Sendable {
    /// The most aliases of a text that has an anchor.
    static let aliasLimit = 16

    public let text: String
    /// `The front matter`.
    let subject: String
    /// The owner of the text: `A template`.
    let owner: String
    /// A line of it as it should be: `name: Slogan`.
    let example: String

    public init(text: String, subject: String, owner: String, example: String) {
        self.text = text
        self.subject = subject
        self.owner = owner
        self.example = example
    }

    /// The mapping at the root; `nil` if the text is blank or has only comments.
    /// - Throws: the one problem that YAML stopped at.
    public func root() throws(YAMLFailure) -> Node.Mapping? {
        try refuseAliases()
        let root: Node?
        do {
            // The encoding is given, because Yams else asks the environment for it. The resolver has no rules, because
            // values are read by what is asked for, and the rules cost a millisecond at every start of the program.
            root = try Yams.Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch {
            throw failure(error)
        }
        guard let root, !root.isLeftEmpty else { return nil }
        guard let mapping = root.mapping else {
            throw YAMLFailure(
                kind: .notAMapping, line: root.mark?.line ?? 1, column: root.mark?.column ?? 1,
                reason: "\(subject) is a list of keys and values, such as '\(example)'. Write it so.",
                firstLine: root.mark?.line ?? 1)
        }
        return mapping
    }

    private func failure(_ error: any Error) -> YAMLFailure {
        func broken(_ place: FilePlace, _ reason: String, firstLine: Int? = nil) -> YAMLFailure {
            YAMLFailure(
                kind: .broken, line: max(place.line, 1), column: max(place.column, 1), reason: reason,
                firstLine: min(firstLine ?? place.line, place.line))
        }
        switch error {
        case YamlError.scanner(let context, let text, let mark, _),
            YamlError.parser(let context, let text, let mark, _),
            YamlError.composer(let context, let text, let mark, _):
            // Quotes that are never closed are noticed at the end; the place to look at is the opening quote.
            let place = text == "found unexpected end of stream" ? context?.mark ?? mark : mark
            let isOfOneValue = ["quoted", "flow", "simple key", "block scalar"].contains {
                context?.text.contains($0) ?? false
            }
            return broken(
                FilePlace(line: place.line, column: place.column), Self.sentence(context?.text, text),
                firstLine: isOfOneValue ? context?.mark.line : nil)
        case YamlError.duplicatedKeysInMapping(let names, let context):
            let list = names.sorted().map(OptionLine.quoted).joined(separator: ", ")
            return YAMLFailure(
                kind: .repeatedKeys(names.sorted()), line: context.mark.line, column: context.mark.column,
                reason: "\(list) is written twice. Keep one of the two.", firstLine: context.mark.line)
        case YamlError.reader(_, let offset, let value, _):
            let code = value > 0 ? "U+" + Self.hexadecimal(value) : "this character"
            return broken(place(ofCharacter: offset ?? 0), "YAML does not allow \(code). Remove it.")
        default:
            return broken(FilePlace(line: 1, column: 1), "\(subject) is not YAML: \(error).")
        }
    }

    /// Refuses many aliases if there is an anchor that they can stand for.
    private func refuseAliases() throws(YAMLFailure) {
        var hasAnchor = false
        var aliasCount = 0
        var aliasLine = 0
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var previous: Unicode.Scalar = " "
            var starts = false
            for scalar in line.unicodeScalars {
                if starts, scalar != " " {
                    if previous == "&" { hasAnchor = true }
                    if previous == "*" { (aliasCount, aliasLine) = (aliasCount + 1, index) }
                }
                // Besides the marks of YAML its other line breaks and the tab may stand before an anchor.
                starts =
                    (scalar == "&" || scalar == "*")
                    && " [{,:-?\t\r\u{85}\u{2028}\u{2029}".unicodeScalars.contains(previous)
                previous = scalar
            }
        }
        guard hasAnchor, aliasCount > Self.aliasLimit else { return }
        throw YAMLFailure(
            kind: .tooManyAliases, line: aliasLine + 1, column: 1,
            reason: "\(owner) may have \(Self.aliasLimit) YAML aliases (*name) at most. Write the values out.",
            firstLine: 1)
    }

    /// The words of libyaml as a sentence, with a hint if they are hard to understand.
    private static func sentence(_ context: String?, _ problem: String) -> String {
        let words = [context, problem].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ": ")
        let hint =
            switch problem {
            case "mapping values are not allowed in this context":
                "Put quotes around a value that has a colon in it."
            case "found character '\\t' that violates indentation", "found character that cannot start any token":
                "Indent with spaces, and put quotes around a value that starts with a special character."
            case "did not find expected ',' or '}'", "did not find expected ',' or ']'":
                "Close the bracket, and put quotes around a value that has a comma, a colon or a bracket in it."
            case "did not find expected node content":
                "Close the bracket, or write the value."
            case "found unexpected end of stream":
                "Close the quotes."
            case "could not find expected ':'", "did not find expected key":
                "Check the indentation and the quotes of this line and the one before it."
            case "found undefined alias":
                "Put quotes around a value that starts with '*'."
            default: "Correct the YAML here."
            }
        return "This is not YAML: \(words). \(hint)"
    }

    private static func hexadecimal(_ value: Int32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private func place(ofCharacter offset: Int) -> FilePlace {
        let before = text.prefix(offset)
        let column = before.reversed().prefix { !$0.isNewline }.count
        return FilePlace(line: before.count(where: \.isNewline) + 1, column: column + 1)
    }
}
