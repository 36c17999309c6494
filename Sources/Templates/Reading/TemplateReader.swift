// A template's file to a `PromptTemplate`, or to everything that is wrong with it.
// - What cannot be cut or is not YAML ends the reading at that one problem; beyond it all problems are collected.

import Generation
import Jinja
import Yams

extension PromptTemplate {
    /// Reads a template.
    /// - Parameters:
    ///   - file: how problems call it; the part after the last `/`, without its extension, is the template's name.
    ///   - defaultFamily: the family where the front matter names none.
    /// - Throws: all that is wrong with it.
    public init(
        bytes: [UInt8], file: String, origin: Origin, defaultFamily: String = TemplateFamily.own
    ) throws(InvalidTemplate) {
        let source: TemplateSource
        let mapping: Node.Mapping?
        do {
            source = try TemplateSource(bytes: bytes, file: file)
            mapping = try source.readFrontMatter(file: file)
        } catch {
            throw InvalidTemplate(problems: [error])
        }
        var reader = TemplateReader(source: source, file: file)
        reader.read(mapping)
        guard reader.problems.isEmpty else {
            let inOrder = reader.problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
            throw InvalidTemplate(problems: inOrder)
        }
        name = TemplateReader.shortName(of: file)
        title = reader.title
        family = reader.family ?? defaultFamily
        summary = reader.summary
        fields = reader.fields
        variantCount = reader.variantCount
        limits = reader.limits
        sampling = reader.sampling
        system = reader.system
        completion = reader.completion
        body = source.body
        self.origin = origin
        self.source = source.text
        hash = ContentHash.hexadecimal(bytes)
    }
}

/// What was found in a file so far.
struct TemplateReader {
    static let keys = [
        "name", "family", "summary", "fields", "variants", "limits", "sampling", "system", "completion",
    ]
    static let variantRange = 1...16

    let source: TemplateSource
    var nodes: NodeReader
    var title = ""
    var family: String?
    var summary = ""
    var fields: [PromptField] = []
    var variantCount = 3
    var limits = LengthLimits()
    var sampling = SamplingOverrides()
    var system: String?
    var completion: String?

    init(source: TemplateSource, file: String) {
        self.source = source
        nodes = NodeReader(file: file, lineOffset: TemplateSource.linesBeforeFrontMatter)
    }

    var problems: [TemplateProblem] { nodes.problems }

    /// `headlines/slogan.md` to `slogan`.
    static func shortName(of file: String) -> String {
        let last = file.split(separator: "/").last.map(String.init) ?? file
        return last.lowercased().hasSuffix(".md") ? String(last.dropLast(3)) : last
    }

    mutating func read(_ mapping: Node.Mapping?) {
        let values = mapping.map { nodes.values(of: $0, known: Self.keys, in: "A template") } ?? [:]
        title = (nodes.text(values["name"], "name") ?? "").trimmingWhitespace()
        if title.isEmpty, values["name"]?.scalar != nil || values["name"] == nil {
            nodes.note("The template has no name. Add a line 'name: …' with what it writes.", at: values["name"])
        }
        if let family = nodes.text(values["family"], "family") { readFamily(family, at: values["family"]) }
        summary = PromptField.oneLine(nodes.text(values["summary"], "summary") ?? "")
        if let node = values["fields"] { readFields(node) }
        variantCount = nodes.count(values["variants"], "variants", in: Self.variantRange) ?? variantCount
        if let node = values["limits"] { readLimits(node) }
        if let node = values["sampling"] { readSampling(node) }
        system = nodes.text(values["system"], "system")
        completion = nodes.text(values["completion"], "completion")
        checkTexts(system: values["system"], completion: values["completion"])
    }

    private mutating func readFamily(_ text: String, at node: Node?) {
        let isSound = !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" } && text.count <= 40
        guard isSound else {
            return nodes.note("'family' is one word of letters, digits and '-', such as 'ad-copy'.", at: node)
        }
        family = text.lowercased()
    }

    private mutating func readLimits(_ node: Node) {
        guard let mapping = node.mapping else {
            return nodes.note("'limits' is written as {characters: 90, lines: 1}. Write it so.", at: node)
        }
        let keys = ["characters", "words", "sentences", "lines", "hard", "wide_as_two"]
        let values = nodes.values(of: mapping, known: keys, in: "'limits'")
        let range = 1...1_000_000
        limits.characters = nodes.count(values["characters"], "characters", in: range)
        limits.words = nodes.count(values["words"], "words", in: range)
        limits.sentences = nodes.count(values["sentences"], "sentences", in: range)
        limits.lines = nodes.count(values["lines"], "lines", in: range)
        limits.hard = nodes.flag(values["hard"], "hard") ?? true
        limits.countsWideAsTwo = nodes.flag(values["wide_as_two"], "wide_as_two") ?? false
    }

    private mutating func readSampling(_ node: Node) {
        guard let mapping = node.mapping else {
            return nodes.note("'sampling' is written as {temperature: 0.5, max_tokens: 60}. Write it so.", at: node)
        }
        let keys = [
            "temperature", "top_k", "top_p", "min_p", "repetition_penalty", "penalty_window", "presence_penalty",
            "frequency_penalty", "max_tokens", "stop",
        ]
        let values = nodes.values(of: mapping, known: keys, in: "'sampling'")
        func number(_ key: String, _ range: ClosedRange<Double>, _ nodes: inout NodeReader) -> Float? {
            nodes.number(values[key], key, in: range).map(Float.init)
        }
        sampling.temperature = number("temperature", 0...5, &nodes)
        sampling.topK = nodes.count(values["top_k"], "top_k", in: 0...1_000_000)
        sampling.topP = number("top_p", 0.01...1, &nodes)
        sampling.minP = number("min_p", 0...1, &nodes)
        sampling.repetitionPenalty = number("repetition_penalty", 0.1...10, &nodes)
        sampling.penaltyWindow = nodes.count(values["penalty_window"], "penalty_window", in: 0...1_000_000)
        sampling.presencePenalty = number("presence_penalty", -10...10, &nodes)
        sampling.frequencyPenalty = number("frequency_penalty", -10...10, &nodes)
        sampling.maxTokens = nodes.count(values["max_tokens"], "max_tokens", in: 1...1_000_000)
        guard let stops = nodes.texts(values["stop"], "stop") else { return }
        for stop in stops where stop.text.isEmpty { nodes.note("A stop text cannot be empty.", at: stop.node) }
        sampling.stop = stops.map(\.text)
    }
}
