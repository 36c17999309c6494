// Drafts as JSON, piece by piece, by the one encoder (DraftJSON.swift).
// - JSON: `{"drafts": […], "generations": […]}`, each generation once, after the drafts because keys are sorted.
// - JSON Lines: one draft a line, its generation within it as `generation`.

import Generation

struct JSONExport: ExportEncoder {
    private var drafts = JSONElements()

    init(_ outline: ExportOutline) {}

    mutating func text(of item: ExportItem) -> String {
        let separator = drafts.isEmpty ? "{\n  \"drafts\" : [\n" : ""
        return separator + drafts.text(of: DraftJSON.Draft(item.draft, tags: item.tags))
    }

    mutating func end() -> String {
        (drafts.isEmpty ? "{\n  \"drafts\" : [\n" : "") + "\n  ],\n"
    }
}

/// The second half of a JSON export: the generations, in the order in which the drafts name them.
struct GenerationList {
    private var elements = JSONElements()
    private var seen: Set<Int64> = []

    /// `nil` if it was there already.
    mutating func text(of generation: SavedGeneration) -> String? {
        guard seen.insert(generation.id).inserted else { return nil }
        let beginning = elements.isEmpty ? GenerationList.beginning : ""
        return beginning + elements.text(of: DraftJSON.Generation(generation))
    }

    func end() -> String { (elements.isEmpty ? GenerationList.beginning : "") + "\n  ]\n}\n" }

    private static let beginning = "  \"generations\" : [\n"
}

struct JSONLinesExport: ExportEncoder {
    init(_ outline: ExportOutline) {}

    func text(of item: ExportItem) -> String {
        DraftJSON.text(
            of: DraftJSON.Draft(item.draft, tags: item.tags, generation: DraftJSON.Generation(item.generation)),
            isPretty: false) + "\n"
    }

    func end() -> String { "" }
}

/// Elements of an array one level down, indented as the encoder would indent them there.
private struct JSONElements {
    private(set) var isEmpty = true

    mutating func text(of value: some Encodable) -> String {
        var indented: [UInt8] = []
        if !isEmpty { indented += ",\n".utf8 }
        isEmpty = false
        // A line feed within a string is escaped, so each of these begins a line of JSON. Empty arrays have empty lines.
        var startsLine = true
        for byte in DraftJSON.text(of: value).utf8.dropLast() {
            if startsLine && byte != 0x0A { indented += "    ".utf8 }
            startsLine = byte == 0x0A
            indented.append(byte)
        }
        return String(decoding: indented, as: UTF8.self)
    }
}
