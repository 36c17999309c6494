// What is known of a draft besides its text, in each format: parts, thoughts, what was tidied, candidates.

import Export
import Foundation
import Generation
import Testing

@Suite struct DetailTests {
    /// A draft of three parts, the last of two lines, with thoughts that would break careless formats.
    private static let item: ExportItem = {
        var item = ExportItem.example("Warm light.\nAurora, $49\nFree shipping.\nTwo years.")
        item.generation.parts = [
            .init(name: "Primary text", limits: .init(characters: 125)),
            .init(name: "Headline", limits: .init(characters: 40)),
            .init(name: "Description"),
        ]
        item.draft.details.reasoning = "The user wants\n```\nan <ad>"
        item.draft.details.tidied = [.quotes, .label]
        item.draft.details.attempts = 3
        item.draft.details.twinOf = 1
        item.draft.details.score = DraftScore(meanLogProbability: -1.5, parts: ["complete": 0.5, "named": 0.25])
        return item
    }()

    private static var withReasoning: ExportOptions {
        var options = ExportOptions()
        options.includesReasoning = true
        return options
    }

    @Test func `JSON names each part, what was tidied, how often it was written again, and why it was chosen`() throws {
        var generation = Self.item.generation
        generation.drafts = [Self.item.draft]
        generation.candidateCount = 11
        let whole = try readJSON(DraftJSON.generation(generation))
        #expect(whole["candidates"] as? Int == 11)
        let draft = try #require((whole["drafts"] as? [[String: Any]])?.first)
        #expect(draft["text"] as? String == Self.item.draft.text)
        let parts = try #require(draft["parts"] as? [[String: String]])
        #expect(
            parts == [
                ["name": "Primary text", "text": "Warm light."], ["name": "Headline", "text": "Aurora, $49"],
                ["name": "Description", "text": "Free shipping.\nTwo years."],
            ])
        #expect(draft["reasoning"] as? String == Self.item.draft.details.reasoning)
        #expect(draft["tidied"] as? [String] == ["quotes", "label"])
        #expect(draft["again"] as? Int == 2)
        #expect(draft["twinOf"] as? Int == 1)
        let score = try #require(draft["score"] as? [String: Any])
        #expect(score["sum"] as? Double == -0.75)
        #expect(score["reasons"] as? [String: Double] == ["complete": 0.5, "named": 0.25])
        let specifications = try #require((whole["generation"] as? [String: Any])?["parts"] as? [[String: Any]])
        #expect(specifications.map { $0["name"] as? String } == ["Primary text", "Headline", "Description"])
        #expect((specifications[1]["limits"] as? [String: Any])?["characters"] as? Int == 40)
    }

    @Test func `a draft without parts or thoughts has null for them, and nothing tidied`() throws {
        let whole = try readJSON(DraftJSON.generation(ExportItem.example("plain").generation))
        let draft = try #require((whole["drafts"] as? [[String: Any]])?.first)
        #expect(draft["parts"] is NSNull && draft["reasoning"] is NSNull && draft["twinOf"] is NSNull)
        #expect(draft["tidied"] as? [String] == [] && draft["again"] as? Int == 0)
    }

    @Test(arguments: ExportFormat.allCases)
    func `thoughts are exported only if they are asked for`(format: ExportFormat) {
        #expect(!Exporter.render([Self.item], as: format).contains("The user wants"))
        #expect(Exporter.render([Self.item], as: format, options: Self.withReasoning).contains("The user wants"))
    }

    @Test func `Markdown has a paragraph for each part, and keeps the thoughts out of the text`() throws {
        let text = Exporter.render([Self.item], as: .markdown, options: Self.withReasoning)
        let expected =
            "**Primary text**: Warm light.\n\n**Headline**: Aurora, $49\n\n"
            + "**Description**: Free shipping.\nTwo years."
        #expect(readMarkdown(text)[12] == expected)
        #expect(text.contains("\nReasoning:\n\n> The user wants\n> ```\n> an <ad>\n\n<!-- copydesk:draft id=12"))
    }

    @Test func `text has a line for each part, HTML a heading, CSV a column`() throws {
        let text = Exporter.render([Self.item], as: .text)
        #expect(
            text.contains(
                "\nPrimary text: Warm light.\nHeadline: Aurora, $49\nDescription: Free shipping.\nTwo years.\n"))
        let page = Exporter.render([Self.item], as: .html, options: Self.withReasoning)
        #expect(page.contains("<h4>Headline</h4>\n<div class=\"text\" lang=\"en\" dir=\"auto\">Aurora, $49</div>"))
        #expect(page.contains("an &lt;ad&gt;"))
        let rows = readCSV(Exporter.render([Self.item], as: .csv, options: Self.withReasoning))
        let row = Dictionary(uniqueKeysWithValues: zip(rows[0], rows[1]))
        #expect(row["parts.Headline"] == "Aurora, $49" && row["parts.Description"] == "Free shipping.\nTwo years.")
        #expect(row["text"] == Self.item.draft.text)
        #expect(row["reasoning"] == Self.item.draft.details.reasoning)
    }

    @Test func `CSV of several generations has the same columns in every row`() {
        let rows = readCSV(
            Exporter.render(
                [Self.item, .example("plain", id: 13, generationId: 4)], as: .csv, options: Self.withReasoning))
        #expect(rows.count == 3)
        #expect(Set(rows.map(\.count)).count == 1 && !rows[0].contains("parts.Headline"))
    }
}
