// Reads a template's file into a `PromptTemplate`, or into a list of its problems.
// - If the file cannot be cut or is not YAML, that is the only problem; otherwise all problems are collected.

import Generation
import Jinja
import YAMLReading
import Yams

extension PromptTemplate {
    /// Reads a template.
    /// - Parameters:
    ///   - file: the file's name in problems; its last part without the extension is the template's name.
    ///   - defaultFamily: the family if the front matter names none.
    /// - Throws: all problems of the file.
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
        var reader = TemplateReader(source: source, file: file, defaultFamily: defaultFamily)
        reader.read(mapping)
        guard reader.problems.isEmpty else {
            let inOrder = reader.problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
            throw InvalidTemplate(problems: inOrder)
        }
        name = TemplateReader.shortName(of: file)
        title = reader.title
        family = reader.family
        summary = reader.summary
        fields = reader.fields
        variantCount = reader.variantCount
        limits = reader.limits
        parts = reader.parts
        examples = reader.examples
        sampling = reader.sampling.allowing([reader.limits] + reader.parts.map(\.limits))
        samplingPlaces = reader.samplingPlaces
        system = reader.system
        completion = reader.completion
        personaTexts = reader.persona
        body = source.body
        self.origin = origin
        self.source = source.text
        hash = FNV1a(bytes).hexadecimal
    }
}

/// The results of reading a file so far.
struct TemplateReader {
    static let keys = [
        "name", "family", "summary", "fields", "variants", "limits", "parts", "tidy", "distinct", "best_of", "sampling",
        "system", "completion", "examples",
    ]

    let source: TemplateSource
    var nodes: NodeReader
    var title = ""
    var family: String
    var summary = ""
    var fields: [PromptField] = []
    var variantCount = 3
    var limits = LengthLimits()
    var parts: [PartSpecification] = []
    var examples: [TemplateExample] = []
    var sampling = SamplingOverrides()
    var samplingPlaces: [String: FilePlace] = [:]
    var system: String?
    var completion: String?
    /// `nil` if it is no persona.
    var persona: PersonaTexts?
    /// The texts of the front matter that are checked as Jinja, besides the body.
    var jinjaTexts: [JinjaText] = []

    init(source: TemplateSource, file: String, defaultFamily: String) {
        self.source = source
        family = defaultFamily
        nodes = NodeReader(file: file, lineOffset: TemplateSource.linesBeforeFrontMatter)
    }

    var problems: [TemplateProblem] { nodes.problems }

    /// `headlines/slogan.md` to `slogan`.
    static func shortName(of file: String) -> String {
        let last = file.split(separator: "/").last.map(String.init) ?? file
        return last.lowercased().hasSuffix(".md") ? String(last.dropLast(3)) : last
    }

    mutating func read(_ mapping: Node.Mapping?) {
        if let node = mapping?["family"], !node.isLeftEmpty, !node.isNull, let family = nodes.text(node, "family") {
            readFamily(family, at: node)
        }
        if family == TemplateFamily.chat {
            persona = PersonaTexts()
            variantCount = 1
        }
        let values = mapping.map { readKeys(of: $0) } ?? [:]
        title = FieldText.oneLine(nodes.text(values["name"], "name") ?? "")
        if title.isEmpty, values["name"]?.scalar != nil || values["name"] == nil {
            nodes.note("The template has no name. Add a line 'name: …' that says what it writes.", at: values["name"])
        }
        summary = FieldText.oneLine(nodes.text(values["summary"], "summary") ?? "")
        if let node = values["fields"] { readFields(node) }
        readVariants(values["variants"])
        if let node = values["limits"] { readLimits(node) }
        if let node = values["sampling"] { readSampling(node) }
        readOptions(values)
        if persona == nil { readDraftTexts(values) } else { readPersona(values) }
        checkTexts()
    }

    private mutating func readKeys(of mapping: Node.Mapping) -> [String: Node] {
        let isPersona = persona != nil
        return nodes.values(
            of: withoutMisplacedKeys(mapping), known: isPersona ? Self.personaKeys : Self.keys,
            in: isPersona ? "A persona" : "A template", skipsNull: true)
    }

    /// Reads what only a template that writes drafts has.
    private mutating func readDraftTexts(_ values: [String: Node]) {
        if let node = values["parts"] { readParts(node) }
        if let node = values["examples"] { readExamples(node) }
        system = draftText(values["system"], "system")
        completion = draftText(values["completion"], "completion")
    }

    private mutating func draftText(_ node: Node?, _ key: String) -> String? {
        guard let node, let text = nodes.text(node, key) else { return nil }
        jinjaTexts.append(JinjaText(node: node, name: "'\(key)'"))
        return text
    }

    private mutating func readVariants(_ node: Node?) {
        guard let node, case .count(let count) = nodes.value(node, "variants", .count(GenerationRequest.variantRange))
        else { return }
        variantCount = count
    }

    private mutating func readFamily(_ text: String, at node: Node?) {
        let isSound = !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "-" } && text.count <= 40
        guard isSound else {
            return nodes.note("'family' is one word of letters, digits and '-', such as 'ad-copy'.", at: node)
        }
        family = text.lowercased()
    }
}
