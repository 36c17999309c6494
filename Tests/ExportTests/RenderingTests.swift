// Each format holds every text exactly, and is what its readers expect.

import Export
import Foundation
import Generation
import Testing
import Text

@Suite struct RenderingTests {
    static let items = awkwardTexts.enumerated().map { index, text in
        ExportItem.example(
            text, id: Int64(index + 1), generationId: Int64(index / 2 + 1),
            title: index % 4 == 0 ? "灯 \"ad\", v1" : "# Ad",
            starred: index % 2 == 0, note: index % 3 == 0 ? "a, \"note\"\nof two lines" : nil, tags: ["spring", "灯具"])
    }

    @Test func `CSV read back gives every text, and every row has every column`() throws {
        var options = ExportOptions()
        options.guardsFormulas = false
        let rows = readCSV(Exporter.render(Self.items, as: .csv, options: options))
        #expect(
            rows.first == [
                "id", "generationId", "ordinal", "createdAt", "updatedAt", "template", "title", "fields", "text",
                "finishReason", "tokens", "characters", "model", "seed", "starred", "rating", "tags", "note",
                "words", "sentences", "lines", "edited",
            ])
        #expect(rows.count == Self.items.count + 1)
        for (item, row) in zip(Self.items, rows.dropFirst()) {
            try #require(row.count == 22)
            #expect(row[0] == String(item.draft.id))
            #expect(row[3] == "2026-03-01T17:05:09Z")
            #expect(item.generation.title.isSame(row[6]))
            #expect(try readJSON(row[7])["product"] as? String == "Aurora, a \"solar\" lamp")
            #expect(item.draft.text.isSame(row[8]))
            let length = TextLength(of: item.draft.text)
            #expect(
                [row[11], row[18], row[19], row[20]]
                    == [length.characters, length.words, length.sentences, length.lines].map(String.init))
            #expect(row[13] == "18446744073709551615")
            #expect(row[14] == String(item.draft.starred))
            #expect(row[16] == "spring; 灯具")
            #expect((item.draft.note ?? "").isSame(row[17]))
        }
    }

    @Test(arguments: [
        "=1+1", "+1", "-1", "@SUM(1)", "\t=1", "  =1", "＝1", "＋1", "\r\n=1", "\u{FEFF}=1", "\u{A0}=1", "\u{200B}@x",
    ])
    func `the guard keeps a spreadsheet from running a text, and only the guard changes it`(text: String) throws {
        var options = ExportOptions()
        options.guardsFormulas = false
        #expect(text.isSame(readCSV(Exporter.render([.example(text)], as: .csv, options: options))[1][8]))
        options = ExportOptions()
        #expect("'\(text)".isSame(readCSV(Exporter.render([.example(text)], as: .csv, options: options))[1][8]))
        #expect(readCSV(Exporter.render([.example("1 - 1 = 0")], as: .csv, options: options))[1][8] == "1 - 1 = 0")
    }

    @Test func `a byte order mark stands before the whole CSV, and only if it is asked for`() {
        var options = ExportOptions()
        let plain = Exporter.render([.example("é"), .example("è", id: 13)], as: .csv)
        options.hasByteOrderMark = true
        let marked = Exporter.render([.example("é"), .example("è", id: 13)], as: .csv, options: options)
        #expect(marked.isSame("\u{FEFF}" + plain) && plain.hasPrefix("id,"))
    }

    @Test(arguments: [ExportFormat.markdown, .html])
    func `a source text is left out unless it is asked for, and its length is told`(format: ExportFormat) {
        let note = String(repeating: "The kettle whistles. ", count: 12)
        let item = ExportItem.example(
            "It whistles.", fields: ["text": "Short.", "notes": "two\nlines", "article": note, "tone": "warm"])
        let text = Exporter.render([item], as: format)
        #expect(!text.contains("Short.") && !text.contains("two") && !text.contains("whistles. The"))
        #expect(text.contains("left out, 6 characters") && text.contains("left out, 252 characters"))
        #expect(text.contains("warm") && text.contains("It whistles."))
        var options = ExportOptions()
        options.includesSources = true
        let whole = Exporter.render([item], as: format, options: options)
        #expect(whole.contains("Short.") && whole.contains("whistles. The") && !whole.contains("left out"))
    }

    @Test func `JSON read back gives every text, with each generation once`() throws {
        let whole = try readJSON(Exporter.render(Self.items, as: .json))
        let drafts = try #require(whole["drafts"] as? [[String: Any]])
        let generations = try #require(whole["generations"] as? [[String: Any]])
        #expect(drafts.count == Self.items.count)
        #expect(generations.count == (Self.items.count + 1) / 2)
        for (item, draft) in zip(Self.items, drafts) {
            #expect(item.draft.text.isSame(draft["text"] as? String))
            let length = TextLength(of: item.draft.text)
            #expect(draft["characters"] as? Int == length.characters)
            #expect(draft["words"] as? Int == length.words)
            #expect(draft["sentences"] as? Int == length.sentences)
            #expect(draft["lines"] as? Int == length.lines)
            #expect(draft["generationId"] as? Int64 == item.draft.generationId)
            #expect(draft["tags"] as? [String] == ["spring", "灯具"])
        }
    }

    @Test func `JSON Lines has one draft a line, its generation within it`() throws {
        let text = Exporter.render(Self.items, as: .jsonl)
        let lines = text.utf8.split(separator: 0x0A).map { String(decoding: $0, as: UTF8.self) }
        #expect(lines.count == Self.items.count)
        for (item, line) in zip(Self.items, lines) {
            let draft = try readJSON(line)
            #expect(item.draft.text.isSame(draft["text"] as? String))
            #expect((draft["generation"] as? [String: Any])?["id"] as? Int64 == item.generation.id)
        }
    }

    @Test func `the JSON of one generation has the keys that programs rely on`() throws {
        var generation = ExportItem.example("Lichtblick 🪔").generation
        generation.sampling.temperature = 0.8
        generation.sampling.topK = 40
        generation.limits.characters = 30
        let whole = try readJSON(DraftJSON.generation(generation, tags: [12: ["spring"]]))
        let read = try #require(whole["generation"] as? [String: Any])
        #expect(
            Set(read.keys) == [
                "id", "uuid", "status", "createdAt", "finishedAt", "title", "template", "templateHash", "fields",
                "systemPrompt", "prompt", "model", "modelHash", "engine", "seed", "options", "limits", "timings",
                "parts", "parentDraftId", "relation", "failure",
            ])
        #expect(read["template"] as? String == "product-ad")
        #expect(read["model"] as? String == "built-in")
        #expect(read["seed"] as? UInt64 == .max)
        #expect(read["createdAt"] as? String == "2026-03-01T17:05:09Z")
        #expect(read["failure"] is NSNull)
        let options = try #require(read["options"] as? [String: Any])
        #expect(
            Set(options.keys) == [
                "temperature", "top_k", "top_p", "min_p", "repetition_penalty", "penalty_window", "presence_penalty",
                "frequency_penalty", "max_tokens", "stop", "typical_p", "epsilon_cutoff", "eta_cutoff",
                "top_n_sigma", "xtc_probability", "xtc_threshold", "dry_multiplier", "dry_base", "dry_allowed_length",
                "dry_sequence_breakers",
                "mirostat", "mirostat_tau", "mirostat_eta", "dynamic_temperature_range",
                "dynamic_temperature_exponent", "no_repeat_ngram_size", "logit_bias", "banned_phrase", "min_tokens",
                "must_include", "logprobs", "grammar", "json_schema", "tidy", "distinct", "best_of", "reasoning",
            ])
        #expect(options["grammar"] is NSNull)
        #expect(options["top_k"] as? Int == 40)
        #expect(DraftJSON.generation(generation).contains("\"temperature\" : 0.8,"))
        #expect((read["timings"] as? [String: Any])?["promptTokens"] as? Int == 9)
        #expect((read["timings"] as? [String: Any])?["generatedSeconds"] as? Double == 0)
        let draft = try #require((whole["drafts"] as? [[String: Any]])?.first)
        #expect(
            Set(draft.keys) == [
                "id", "generationId", "ordinal", "text", "finishReason", "tokens", "characters", "words", "sentences",
                "lines", "starred", "rating", "note", "tags", "createdAt", "updatedAt", "deletedAt", "parts",
                "reasoning",
                "tidied", "again", "twinOf", "candidate", "score", "cutOff", "server", "edited",
            ])
        #expect(Set(whole.keys) == ["candidates", "drafts", "generation"])
        #expect(whole["candidates"] as? Int == 0)
        #expect(draft["characters"] as? Int == 12)
        #expect(draft["finishReason"] as? String == "stop")
        #expect(draft["tokens"] as? Int == 5)
        #expect(draft["cutOff"] as? Bool == false && draft["server"] is NSNull)
        #expect(draft["tags"] as? [String] == ["spring"])
    }

    @Test(arguments: ExportFormat.allCases)
    func `every format tells a text that a person has changed from the model's own`(format: ExportFormat) throws {
        var edited = Self.items[0]
        edited.draft.isEdited = true
        let (before, after) = (Exporter.render([Self.items[0]], as: format), Exporter.render([edited], as: format))
        #expect(before != after)
        switch format {
        case .json: #expect(after.contains("\"edited\" : true") && before.contains("\"edited\" : false"))
        case .jsonl: #expect(after.contains("\"edited\":true") && before.contains("\"edited\":false"))
        case .csv: #expect(after.contains(",true\r\n") && before.contains(",false\r\n"))
        default: #expect(after.contains("Edited since the model wrote it") && !before.contains("Edited since"))
        }
    }

    @Test func `every sampling option is in the JSON, with its value`() throws {
        var item = ExportItem.example("x")
        #expect(item.generation.sampling.changedSettings.isEmpty)
        item.generation.sampling.logitBias = [42: -5]
        item.generation.sampling.mustInclude = ["tea", "two\nlines"]
        item.generation.sampling.typicalP = 0.9
        item.generation.sampling.grammar = String(repeating: "a", count: 70)
        let whole = try readJSON(Exporter.render([item], as: .json))
        let options = try #require((whole["generations"] as? [[String: Any]])?.first?["options"] as? [String: Any])
        // An option that is added to the type and not to the JSON is found here.
        #expect(options.count == Mirror(reflecting: SamplingOptions()).children.count)
        #expect(options["logit_bias"] as? [String: Double] == ["42": -5])
        #expect(options["must_include"] as? [String] == ["tea", "two\nlines"])
        #expect(options["typical_p"] as? Double == 0.9)
        #expect(options["grammar"] as? String == item.generation.sampling.grammar)
        #expect(
            item.generation.sampling.changedSettings == [
                "must_include=\"tea\"", "must_include=\"two\\nlines\"", "typical_p=0.9", "logit_bias=42:-5",
                "grammar=\"\(String(repeating: "a", count: 60))…\"",
            ])
    }

    @Test func `Markdown taken apart gives every text`() {
        let texts = readMarkdown(Exporter.render(Self.items, as: .markdown))
        #expect(texts.count == Self.items.count)
        for item in Self.items { #expect(item.draft.text.isSame(texts[item.draft.id]), "\(item.draft.id)") }
    }

    @Test func `Markdown reads as a document`() {
        var item = ExportItem.example(
            "The text.\n\n## Its own heading", starred: true, note: "so *good*", tags: ["spring"])
        item.draft.rating = 4
        #expect(
            Exporter.render([item], as: .markdown) == """
                # Product ad

                - Date: 2026-03-01T17:05:09Z
                - Template: product-ad
                - Model: built-in
                - Seed: 18446744073709551615
                - product: Aurora, a "solar" lamp

                ### Draft 12 ★ 4/5

                Tags: spring

                Note: so \\*good\\*

                <!-- copydesk:draft id=12 lines=3 -->
                The text.

                ## Its own heading
                <!-- copydesk:end -->

                """)
    }

    @Test func `a code fence that a text leaves open swallows nothing`() {
        let text = Exporter.render([.example("```swift\nlet x"), .example("~~~~\n~~~", id: 13)], as: .markdown)
        #expect(text.contains("let x\n```\n<!-- copydesk:end -->"))
        #expect(text.contains("~~~~\n~~~\n~~~~\n<!-- copydesk:end -->"))
        #expect(!Exporter.render([.example("```\nx\n```")], as: .markdown).contains("```\n```"))
    }

    @Test func `without metadata Markdown and text are the texts alone`() {
        var options = ExportOptions()
        options.includesMetadata = false
        #expect(Exporter.render([.example("# Mine\n")], as: .markdown, options: options) == "# Mine\n")
        #expect(Exporter.render([.example("a"), .example("b")], as: .markdown, options: options) == "a\n\n---\n\nb\n")
        #expect(Exporter.render([.example("a")], as: .text, options: options) == "a\n")
        #expect(Exporter.render([.example("a"), .example("b\n")], as: .text, options: options) == "a\n\nb\n")
    }

    @Test func `plain text has a rule between drafts`() {
        let rule = String(repeating: "-", count: 72)
        #expect(
            Exporter.render([.example("One.", tags: ["x"]), .example("灯。", id: 13, starred: true)], as: .text) == """
                Product ad
                Draft 12 · 2026-03-01T17:05:09Z · product-ad · built-in · tags: x

                One.

                \(rule)

                Product ad
                Draft 13 · 2026-03-01T17:05:09Z · product-ad · built-in · starred

                灯。

                """)
    }

    @Test func `HTML is one whole page in which a text is only text`() {
        let page = Exporter.render(
            [.example("<script>alert('x')</script>\u{0}\n& \"y\"", title: "</title><b>")], as: .html)
        #expect(page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"))
        #expect(page.hasSuffix("</html>\n"))
        #expect(page.contains("<meta charset=\"utf-8\">"))
        #expect(page.contains("<title>&lt;/title&gt;&lt;b&gt;</title>"))
        #expect(page.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;␀\n&amp; &quot;y&quot;</div>"))
        #expect(!page.contains("<script"))
        for outside in ["http://", "https://", "src=", "url(", "@import"] { #expect(!page.contains(outside)) }
    }

    @Test(arguments: [
        ("Hello", "en"), ("语言模型", "zh"), ("模型です", "ja"), ("램프", "ko"), ("лампа", "ru"), ("", "en"),
    ])
    func `HTML names the language of a text by its script`(text: String, language: String) {
        #expect(
            Exporter.render([.example(text)], as: .html).contains(
                "<div class=\"text\" lang=\"\(language)\" dir=\"auto\">"))
    }

    @Test func `an invalid language does not get into the page`() {
        var options = ExportOptions()
        options.language = "\"><script>"
        #expect(!Exporter.render([.example("x")], as: .html, options: options).contains("<script"))
        options.language = "pt-BR"
        #expect(Exporter.render([.example("x")], as: .html, options: options).contains("<html lang=\"pt-BR\">"))
    }

    @Test(arguments: ExportFormat.allCases)
    func `nothing to export is still a whole document`(format: ExportFormat) throws {
        let text = Exporter.render([], as: format)
        switch format {
        case .markdown: #expect(text == "# Drafts\n\nNo drafts.\n")
        case .text, .jsonl: #expect(text.isEmpty)
        case .html: #expect(text.contains("<p>No drafts.</p>") && text.hasSuffix("</html>\n"))
        case .json: #expect(try readJSON(text).keys.sorted() == ["drafts", "generations"])
        case .csv: #expect(readCSV(text).count == 1)
        }
    }

    @Test func `odd numbers in a saved generation do no harm`() throws {
        var item = ExportItem.example("x")
        item.generation.createdAt = .nan
        item.draft.createdAt = .infinity
        item.draft.updatedAt = -1e300
        item.generation.sampling.temperature = .infinity
        for format in ExportFormat.allCases { #expect(!Exporter.render([item], as: format).isEmpty) }
        let whole = try readJSON(Exporter.render([item], as: .json))
        #expect((whole["generations"] as? [[String: Any]])?[0]["createdAt"] as? String == "1970-01-01T00:00:00Z")
    }

}
