// What the drafts of a request have to keep beside its limits and options: it comes from the template and its fields.

/// A named part of a draft, such as the headline of an ad.
///
/// Every part but the last is one line, so that a text and its parts can be told from each other: the text is the parts,
/// joined by line feeds.
public struct PartSpecification: Sendable, Hashable, Codable {
    /// For people, and for the model: `Headline`.
    public var name: String
    /// The part's own limits; its `lines` are 1 in every part but the last.
    public var limits: LengthLimits

    public init(name: String, limits: LengthLimits = LengthLimits()) {
        self.name = name
        self.limits = limits
    }
}

/// Words that a writer always or never uses.
public struct Lexicon: Sendable, Hashable, Codable {
    /// A word that must occur.
    public struct Required: Sendable, Hashable, Codable {
        public var word: String
        /// In at least this many variants; `nil`: in all.
        public var variantCount: Int?

        public init(word: String, variantCount: Int? = nil) {
            self.word = word
            self.variantCount = variantCount
        }
    }

    /// Words that no draft contains, in none of their inflections; `synerg*` is every word that begins so.
    public var banned: [String] = []
    public var must: [Required] = []
    /// Names that are written exactly so: `Kettle & Vine`.
    public var casing: [String] = []

    public init() {}

    public var isEmpty: Bool { banned.isEmpty && must.isEmpty && casing.isEmpty }
}

/// The conditions of all drafts of a request.
public struct DraftConditions: Sendable, Hashable, Codable {
    /// Empty if a draft has no parts.
    public var parts: [PartSpecification] = []
    /// The example texts that the prompt shows; a draft does not write them again.
    public var examples: [String] = []
    /// Names that a good draft contains: of the product, of a person.
    public var names: [String] = []
    /// The texts of the fields; no draft is one of them.
    public var inputs: [String] = []
    public var lexicon = Lexicon()

    public init() {}
}

/// A part of a written draft.
public struct DraftPart: Sendable, Hashable, Codable {
    public var name: String
    public var text: String

    public init(name: String, text: String) {
        self.name = name
        self.text = text
    }

    /// The parts of a draft's text, which may have been edited: a line for each part, and the rest for the last one.
    /// - Returns: as many parts as there are names; those without a line are empty.
    public static func split(_ text: String, names: [String]) -> [DraftPart] {
        guard !names.isEmpty else { return [] }
        let lines = text.split(separator: "\n", maxSplits: names.count - 1, omittingEmptySubsequences: false)
        return names.enumerated().map { index, name in
            DraftPart(name: name, text: index < lines.count ? String(lines[index]) : "")
        }
    }

    /// The text of a draft with these parts.
    public static func text(of parts: [DraftPart]) -> String { parts.map(\.text).joined(separator: "\n") }
}
