// Drafts as JSON, piece by piece, as the one encoder writes them (DraftJSON.swift, DraftWriter.swift).
// - JSON: `{"drafts": […], "generations": […]}`, each generation once, behind the drafts because keys are sorted.
// - JSON Lines: one draft a line, its generation within it as `generation`.

import Generation

struct JSONExport: ExportEncoder {
    private var drafts = JSONElements()
    private var writer = DraftWriter(isPretty: true)

    init(_ outline: ExportOutline) {}

    mutating func text(of item: ExportItem) -> String {
        let separator = drafts.isEmpty ? "{\n  \"drafts\" : [\n" : ""
        return separator + drafts.text(of: writer.text(of: item.draft, of: item.generation, tags: item.tags))
    }

    mutating func end() -> String {
        (drafts.isEmpty ? "{\n  \"drafts\" : [\n" : "") + "\n  ],\n"
    }
}

/// The second half of a JSON export: the generations, in the order in which the drafts name them.
struct GenerationList {
    private var elements = JSONElements()
    private var writer = DraftWriter(isPretty: true)
    private var seen: Set<Int64> = []

    /// `nil` if it was there already.
    mutating func text(of generation: SavedGeneration) -> String? {
        guard seen.insert(generation.id).inserted else { return nil }
        let beginning = elements.isEmpty ? GenerationList.beginning : ""
        return beginning + elements.text(of: writer.text(of: generation))
    }

    func end() -> String { (elements.isEmpty ? GenerationList.beginning : "") + "\n  ]\n}\n" }

    private static let beginning = "  \"generations\" : [\n"
}

struct JSONLinesExport: ExportEncoder {
    private var writer = DraftWriter(isPretty: false)

    init(_ outline: ExportOutline) {}

    mutating func text(of item: ExportItem) -> String {
        writer.text(of: item.draft, of: item.generation, tags: item.tags, isAlone: true) + "\n"
    }

    func end() -> String { "" }
}

/// Elements of an array one level down, indented as the encoder would indent them there.
private struct JSONElements {
    private(set) var isEmpty = true

    mutating func text(of object: String) -> String {
        defer { isEmpty = false }
        return (isEmpty ? "    " : ",\n    ") + JSONObject.indented(object[...], columns: 4)
    }
}
