import Foundation
import Generation
import Testing

@testable import CEmbed
@testable import Templates

/// The templates that the executable carries.
struct BuiltInTemplatesTests {
    /// Those that write drafts; `BuiltInPersonasTests` has the others.
    static let all = BuiltInTemplates.all.filter { !$0.isPersona }
    /// Files and folders of this repository, seen from this file.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized

    @Test func `every built-in template can be read, or the test lists its problems`() {
        var problems: [String] = []
        for file in BuiltInTemplates.files() {
            do {
                _ = try PromptTemplate(bytes: file.bytes, file: file.name, origin: .builtIn)
            } catch {
                problems.append(error.description)
            }
        }
        #expect(problems == [])
        #expect(BuiltInTemplates.all.count == ce_template_count())
        #expect(Self.all.count >= 43)
    }

    @Test func `the list of built-in templates is the one its script makes of the folder`() throws {
        let script = Self.root.appending(path: "Sources/CEmbed/list-templates.sh")
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [script.path(), "--print"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let made = try output.fileHandleForReading.readToEnd()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let kept = try Data(contentsOf: Self.root.appending(path: "Sources/CEmbed/templates.c"))
        #expect(made == kept, "Run Sources/CEmbed/list-templates.sh.")
    }

    @Test func `the embedded bytes are those of the folder's files`() throws {
        for file in BuiltInTemplates.files() {
            let bytes = try Data(contentsOf: Self.root.appending(path: "templates/\(file.name).md"))
            #expect(Array(bytes) == file.bytes, "\(file.name)")
        }
    }

    @Test func `a template beyond the last has an empty name and no text`() {
        #expect(String(cString: ce_template_name(ce_template_count())) == "")
        #expect(ce_template_byte_count(.max) == 0)
    }

    @Test func `the built-in model is a GGUF file on a 64-byte boundary`() {
        let start = ce_model_bytes()
        #expect(UInt(bitPattern: start) % 64 == 0)
        #expect(ce_model_byte_count() > 1 << 20)
        #expect(Array(UnsafeBufferPointer(start: start, count: 4)) == Array("GGUF".utf8))
    }

    @Test func `names are unique and the folder of a template is its family`() {
        let all = BuiltInTemplates.all
        #expect(Set(all.map(\.name)).count == all.count)
        #expect(Set(all.map(\.title)).count == all.count)
        for file in BuiltInTemplates.files() {
            let template = all.first { $0.name == file.name.split(separator: "/")[1] }
            #expect(template?.family == String(file.name.split(separator: "/")[0]))
        }
    }

    @Test func `a summary that tells a number of words tells the limit that the meter shows`() throws {
        var found = 0
        for template in Self.all {
            guard let match = template.summary.firstMatch(of: /(\d+) words/) else { continue }
            #expect(template.limits.words.map(String.init) == String(match.output.1), "\(template.name)")
            found += 1
        }
        #expect(found > 0)
    }

    @Test(arguments: all)
    func `a built-in template runs with nothing typed`(template: PromptTemplate) throws {
        let filled = try template.fill(useExamples: true)
        #expect(filled.messages.filter { !$0.isExample }.map(\.role) == [.system, .user])
        for field in template.fields {
            #expect(!field.example.isEmpty)
            let value = try #require(filled.values[field.name])
            let isUsed = filled.messages.contains { $0.content.contains(value) }
            #expect(isUsed, "'\(field.name)' is nowhere in the prompt")
            #expect(filled.completion?.contains(value) == true, "'\(field.name)' is nowhere in the completion form")
        }
        #expect(!template.summary.isEmpty && template.summary.count <= 120)
        #expect(template.title.count <= 30)
    }

    @Test(arguments: all)
    func `a built-in template reads well with the required fields alone`(template: PromptTemplate) throws {
        var values: [String: String] = [:]
        for field in template.fields where field.isRequired { values[field.name] = field.example }
        let filled = try template.fill(values: values)
        for text in filled.messages.map(\.content) + [filled.completion ?? ""] {
            for odd in ["  ", " .", " ,", "..", "\n\n\n", " \n", "()", ": \n", "{{", "{%", "\n."] {
                #expect(!text.contains(odd), "\(template.name) has '\(odd)' in: \(text)")
            }
        }
    }

    @Test(arguments: all)
    func `a built-in template reads well whichever optional field is left out`(template: PromptTemplate) throws {
        for left in template.fields where !left.isRequired {
            var values: [String: String] = [:]
            for field in template.fields where field != left { values[field.name] = field.example }
            let filled = try template.fill(values: values)
            for text in filled.messages.map(\.content) + [filled.completion ?? ""] {
                for odd in ["  ", " .", " ,", "..", "\n\n\n", " \n", "()", "{{"] {
                    #expect(!text.contains(odd), "\(template.name) without \(left.name) has '\(odd)' in: \(text)")
                }
            }
        }
    }

    @Test(arguments: all)
    func `a built-in template suits the built-in model`(template: PromptTemplate) throws {
        #expect((0.2...0.9).contains(template.sampling.applied(to: SamplingOptions()).temperature))
        // The built-in model has a context of 512 tokens and about four bytes a token.
        let filled = try template.fill(useExamples: true)
        let promptBytes = filled.messages.filter { !$0.isExample }.reduce(0) { $0 + $1.content.utf8.count }
        // As it is written; a limit may ask for more, and then the context decides.
        let written = try #require(template.source.firstMatch(of: /max_tokens: (\d+)/))
        let ownTokens = try #require(Int(written.1))
        #expect(ownTokens + promptBytes / 3 < 480)
    }

    @Test(arguments: all)
    func `a completion form ends where the model continues, and stops at the next example`(
        template: PromptTemplate
    ) throws {
        let text = try #require(try template.fill(useExamples: true).completion)
        #expect(text.last?.isWhitespace == false)
        // A few-shot form shows at least one finished example in front of the blank that is to be filled.
        let stops = template.sampling.applied(to: SamplingOptions()).stop
        for stop in stops { #expect(text.contains(stop), "\(template.name) never stops") }
    }

    @Test func `prompts are worded as the built-in model knows them`() throws {
        func prompt(_ name: String, _ values: [String: String]) throws -> String {
            try #require(TemplateLibrary.builtIn.template(named: name).fill(values: values).messages.last).content
        }
        #expect(try prompt("article-headline", ["topic": "kites"]) == "Write a headline about kites.")
        #expect(
            try prompt("article-headline", ["topic": "kites", "tone": "urgent"])
                == "Write an urgent headline about kites.")
        #expect(
            try prompt("search-ad-headline", ["product": "a kettle"])
                == "Write a short ad headline for a kettle, at most 30 characters.")
        #expect(
            try prompt("product-ad", ["product": "Vela, a kettle", "tone": "calm", "audience": "tea lovers"])
                == "Write an ad for Vela, a kettle. Audience: tea lovers. Tone: calm.")
        #expect(
            try prompt("short-story", ["character": "a brave owl", "goal": "find a friend", "setting": "an old farm"])
                == "Write a short story about a brave owl who wants to find a friend. Setting: an old farm.")
        #expect(
            try prompt("one-sentence-summary", ["text": "It rained.\n\nThen it stopped."])
                == "Summarize this in one sentence:\n\nIt rained.\n\nThen it stopped.")
        #expect(
            try prompt("translate", ["text": "Good night.", "language": "french"])
                == "Translate this into French:\n\nGood night.")
    }

    @Test func `limits are hard if the medium cuts longer texts`() throws {
        func limits(_ name: String) throws -> LengthLimits { try TemplateLibrary.builtIn.template(named: name).limits }
        #expect(try limits("search-ad-headline") == LengthLimits(characters: 30, lines: 1, countsWideAsTwo: true))
        #expect(try limits("search-ad-description") == LengthLimits(characters: 90, lines: 1, countsWideAsTwo: true))
        #expect(try limits("x-post") == LengthLimits(characters: 280, countsWideAsTwo: true))
        #expect(try limits("article-headline") == LengthLimits(characters: 80, lines: 1))
        #expect(try limits("email-subject") == LengthLimits(characters: 60, lines: 1))
        #expect(try limits("slogan") == LengthLimits(words: 10, lines: 1))
        #expect(try limits("product-ad") == LengthLimits(words: 70, hard: false))
    }

    @Test(arguments: all)
    func `a built-in template shows examples of different kinds, and each keeps its limits`(
        template: PromptTemplate
    ) throws {
        // The beginning of a story is its own example.
        guard template.name != "continue-story" else { return }
        let outputs = template.examples.map(\.output)
        #expect(Set(outputs).count == outputs.count && (outputs.count >= 2 || template.parts.count > 10))
        for example in template.examples {
            #expect(Set(example.values.values.filter { $0.count > 20 }).isDisjoint(with: [example.output]))
            guard !template.parts.isEmpty else {
                #expect(Self.excess(of: example.output, over: template.limits) == [])
                continue
            }
            let lines = example.output.split(separator: "\n", maxSplits: template.parts.count - 1)
            #expect(lines.count == template.parts.count)
            for (part, line) in zip(template.parts, lines) {
                #expect(line.hasPrefix("\(part.name): "))
                #expect(Self.excess(of: String(line.dropFirst(part.name.count + 2)), over: part.limits) == [])
            }
        }
    }

    /// The counts by which a text is too long. Words and lines are those of a plain Latin text.
    static func excess(of text: String, over limits: LengthLimits) -> [String] {
        var excess: [String] = []
        if let most = limits.characters, text.count > most { excess.append("\(text.count) characters: \(text)") }
        let words = text.split(whereSeparator: \.isWhitespace).count
        if let most = limits.words, words > most { excess.append("\(words) words: \(text)") }
        let lines = text.split(separator: "\n").count
        if let most = limits.lines, lines > most { excess.append("\(lines) lines: \(text)") }
        return excess
    }

    @Test func `media that want several texts get parts with their own limits`() throws {
        func parts(_ name: String) throws -> [PartSpecification] {
            try TemplateLibrary.builtIn.template(named: name).parts
        }
        #expect(try parts("social-ad").map(\.name) == ["Primary text", "Headline", "Description"])
        #expect(try parts("social-ad").map(\.limits.characters) == [125, 40, 30])
        #expect(try parts("seo-headline").map(\.limits.characters) == [60, 155])
        let set = try parts("google-ad-set")
        #expect(set.count == 19 && set[14].name == "Headline 15" && set[18].name == "Description 4")
        #expect(set[14].limits.characters == 30 && set[18].limits.characters == 90)
        #expect(try parts("welcome-email").last?.limits.lines == 6)
    }

    @Test func `a product's name is asked for, and a description of it is not`() throws {
        let template = try TemplateLibrary.builtIn.template(named: "product-ad")
        func names(_ product: String) throws -> [String] {
            try template.fill(values: ["product": product]).conditions.names
        }
        #expect(try names("Kettle & Vine, a subscription for loose-leaf tea") == ["Kettle & Vine"])
        #expect(try names("a bookstore called Lantern") == ["Lantern"])
        #expect(try names("iPlant") == ["iPlant"])
        #expect(try names("The Blue Door (a café)") == ["The Blue Door"])
        for plain in [
            "a desk lamp", "handmade leather boots", "A desk lamp", "Our new tea",
            "An idea worth spreading far and wide",
        ] {
            #expect(try names(plain) == [], "\(plain)")
        }
    }
}
