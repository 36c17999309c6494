// Drafts to export, and readers that take the exports apart again.

import Export
import Foundation
import Generation

/// A folder that is removed with everything in it when the test is over.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "copydesk-export-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

extension ExportItem {
    static func example(
        _ text: String, id: Int64 = 12, generationId: Int64 = 3, title: String = "Product ad", starred: Bool = false,
        note: String? = nil, tags: [String] = [], fields: [String: String] = ["product": "Aurora, a \"solar\" lamp"]
    ) -> ExportItem {
        let draft = SavedDraft(
            id: id, generationId: generationId, ordinal: 0, text: text, finishReason: .stop, tokenCount: 5,
            starred: starred, rating: nil, note: note, createdAt: 1_772_384_709, updatedAt: 1_772_384_710.5)
        var generation = SavedGeneration(
            id: generationId, uuid: "u-\(generationId)", createdAt: 1_772_384_709, finishedAt: 1_772_384_712,
            status: .complete, templateName: "product-ad", title: title, fields: fields, prompt: "Sell it.",
            model: ModelIdentity(name: "built-in", hash: "ab12", engine: "copydesk 0.1.0"), seed: .max,
            drafts: [draft])
        generation.timings.promptTokens = 9
        return ExportItem(draft: draft, generation: generation, tags: tags)
    }
}

/// Texts that break careless exports.
let awkwardTexts = [
    "", " ", "\n", "plain", "two\nlines", "two\r\nlines\r\n", "a lone \r return", "He said \"yes\", then, \"no\".",
    "# A heading\n\n---\n\n## Another\n", "```swift\nlet x = 1", "~~~\n```\n~~~~\n```\nopen",
    "<!-- copydesk:end -->\n# no",
    "<!-- copydesk:draft id=1 lines=1 -->\nx\n<!-- copydesk:end -->", "<b>&amp; \"quotes\" 'n' </div></body>",
    "语言模型可以写作，模板也可以。", "👩‍👩‍👧‍👦 🇯🇵 e\u{301} \u{200F}עברית", "=SUM(A1:A9)", "trailing \\", "a\u{1B}[31mred\u{7}",
    "{{ not jinja }}", "tab\tand, comma", "\u{2028}separator\u{2029}",
    String(repeating: "灯 lamp, \"light\"\n", count: 60_000),
]

/// Reads CSV as RFC 4180 has it: rows of fields.
func readCSV(_ text: String) -> [[String]] {
    var rows: [[String]] = []
    var row: [String] = []
    var field = String.UnicodeScalarView()
    var isQuoted = false
    var scalars = text.unicodeScalars.makeIterator()
    var pending = scalars.next()
    while let scalar = pending {
        pending = scalars.next()
        if isQuoted {
            if scalar != "\"" {
                field.append(scalar)
            } else if pending == "\"" {
                field.append(scalar)
                pending = scalars.next()
            } else {
                isQuoted = false
            }
        } else if scalar == "\"" {
            isQuoted = true
        } else if scalar == "," {
            row.append(String(field))
            field = .init()
        } else if scalar == "\r" && pending == "\n" {
            pending = scalars.next()
            rows.append(row + [String(field)])
            row = []
            field = .init()
        } else {
            field.append(scalar)
        }
    }
    return rows
}

/// Reads the drafts out of exported Markdown by the line counts of their comments.
func readMarkdown(_ text: String) -> [Int64: String] {
    let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).map {
        String(decoding: $0, as: UTF8.self)
    }
    var texts: [Int64: String] = [:]
    var index = 0
    while index < lines.count {
        if let match = lines[index].wholeMatch(of: /<!-- copydesk:draft id=(\d+) lines=(\d+) -->/),
            let id = Int64(match.1), let count = Int(match.2)
        {
            texts[id] = lines[(index + 1)..<(index + 1 + count)].joined(separator: "\n")
            index += count
        }
        index += 1
    }
    return texts
}

func readJSON(_ text: String) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:]
}

extension String {
    /// True if two texts are the same bytes; for `==`, canonically equivalent texts are equal.
    func isSame(_ other: String?) -> Bool { other.map { utf8.elementsEqual($0.utf8) } ?? false }
}

extension Exporter {
    /// Drafts as one text.
    static func render(
        _ items: [ExportItem], as format: ExportFormat, options: ExportOptions = .init()
    ) -> String {
        var text = ""
        // Neither the list nor the text throws.
        _ = try? write(as: format, options: options, from: items) { text += $0 }
        return text
    }
}
