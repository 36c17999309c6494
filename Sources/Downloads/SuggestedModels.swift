// Small models that are good for drafting: the lines of models/suggested.txt, which is built into the program.

import CEmbed
import Generation

/// One of them.
public struct SuggestedModel: Sendable, Hashable {
    public var name: String
    public var reference: ModelReference
    /// Such as "1.2 billion".
    public var parameters: String
    public var licence: String
    /// What it is good for, in a few words.
    public var use: String

    /// In the order of the file. A line that is not five fields, or whose reference is not valid, is left out; a test
    /// finds it.
    public static let all: [SuggestedModel] = {
        lines(of: text).compactMap(SuggestedModel.init)
    }()

    static let text: String = {
        let bytes = UnsafeRawBufferPointer(start: ce_suggested_bytes(), count: ce_suggested_byte_count())
        return String(decoding: bytes, as: UTF8.self)
    }()

    /// The text of the reference of the model whose name is nearest to a text; nil if none is near.
    static func reference(nearest name: String) -> String? {
        let nearest = NearestName.to(name, among: namesAndReferences.map(\.name))
        return namesAndReferences.first { $0.name == nearest }?.reference
    }

    /// Fields, not models: reading a model reads a reference, which may ask for them.
    private static let namesAndReferences: [(name: String, reference: String)] = lines(of: text).map(fields)
        .filter { $0.count == 5 }.map { ($0[0], $0[1]) }

    /// The lines that are neither empty nor comments.
    static func lines(of text: String) -> [Substring] {
        text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") && $0.contains { $0 != " " } }
    }

    private static func fields(_ line: Substring) -> [String] {
        line.split(separator: "|", omittingEmptySubsequences: false).map { field in
            String(field.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
    }

    init?(_ line: Substring) {
        let fields = Self.fields(line)
        guard fields.count == 5, fields.allSatisfy({ !$0.isEmpty }), let reference = try? ModelReference(fields[1])
        else { return nil }
        (name, self.reference, parameters, licence, use) = (fields[0], reference, fields[2], fields[3], fields[4])
    }
}
