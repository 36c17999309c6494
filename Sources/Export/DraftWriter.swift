// Drafts and generations as JSON for exports: the same bytes as from the encoder (DraftJSON.swift), in a third of the
// time.
// - The keys of an object are in the encoder's order, by their bytes.
// - Values that are not plain (options, limits, timings) are left to the encoder, once as long as they stay the same.
//   Swift compares texts by canonical equivalence, so their bytes are compared too.

import Generation
import Text

struct DraftWriter {
    let isPretty: Bool
    private var options = Memo<SamplingOptions>()
    private var limits = Memo<LengthLimits>()
    private var timings = Memo<GenerationTimings>()
    private var last: (generation: SavedGeneration, text: String)?

    init(isPretty: Bool) { self.isPretty = isPretty }

    /// A draft as `DraftJSON.Draft` is encoded, without a line feed at the end.
    /// - Parameter isAlone: True if its generation is within it.
    mutating func text(
        of draft: SavedDraft, of generation: SavedGeneration, tags names: [String], isAlone: Bool = false
    ) -> String {
        let length = TextLength(of: draft.text)
        let tagText = names.isEmpty ? emptyList : encoded(names)
        var object = JSONObject(isPretty: isPretty, byteCount: draft.text.utf8.count + 800)
        object.add("again", max(0, draft.details.attempts - 1))
        object.add("candidate", json: draft.isCandidate ? "true" : "false")
        object.add("characters", length.characters)
        object.add("createdAt", text: Timestamp.iso8601(draft.createdAt))
        object.add("cutOff", json: draft.finishReason == .cutOff ? "true" : "false")
        object.add("deletedAt", text: draft.deletedAt.map(Timestamp.iso8601))
        object.add("edited", json: draft.isEdited ? "true" : "false")
        object.add("finishReason", text: draft.finishReason?.rawValue)
        if isAlone { object.add("generation", json: self.text(of: generation)) }
        object.add("generationId", draft.generationId)
        object.add("id", draft.id)
        object.add("lines", length.lines)
        object.add("note", text: draft.note)
        object.add("ordinal", draft.ordinal)
        object.add("parts", json: generation.parts.isEmpty ? "null" : encoded(generation.parts(of: draft)))
        object.add("rating", draft.rating)
        object.add("reasoning", text: draft.details.reasoning)
        object.add("score", json: draft.details.score.map { encoded(DraftJSON.Score($0)) } ?? "null")
        object.add("sentences", length.sentences)
        object.add("server", json: draft.details.server.map { encoded(DraftJSON.Server($0)) } ?? "null")
        object.add("starred", json: draft.starred ? "true" : "false")
        object.add("tags", json: tagText)
        object.add("text", text: draft.text)
        object.add("tidied", json: draft.details.tidied.isEmpty ? emptyList : encoded(draft.details.tidied))
        object.add("tokens", draft.tokenCount)
        object.add("twinOf", draft.details.twinOf)
        object.add("updatedAt", text: Timestamp.iso8601(draft.updatedAt))
        object.add("words", length.words)
        return object.end()
    }

    /// A generation as `DraftJSON.Generation` is encoded, without a line feed at the end.
    mutating func text(of generation: SavedGeneration) -> String {
        // The drafts of a generation follow one another.
        if let last, last.generation.uuid == generation.uuid, last.generation == generation { return last.text }
        let fieldText = JSONObject.text(of: generation.recordedFields, isPretty: isPretty)
        let limitText = nested(generation.limits, \.limits) { DraftJSON.Limits(limits: $0) }
        // Equal texts may differ in their bytes.
        if let known = options.value, !DraftWriter.haveSameTexts(known, generation.sampling) { options.value = nil }
        let optionText = nested(generation.sampling, \.options) { DraftJSON.Options(sampling: $0) }
        let timingText = nested(generation.timings, \.timings) { $0 }
        var object = JSONObject(isPretty: isPretty, byteCount: generation.prompt.utf8.count + 3000)
        object.add("createdAt", text: Timestamp.iso8601(generation.createdAt))
        object.add("engine", text: generation.model.engine)
        object.add("failure", text: generation.failure)
        object.add("fields", json: fieldText)
        object.add("finishedAt", text: generation.finishedAt.map(Timestamp.iso8601))
        object.add("id", generation.id)
        object.add("limits", json: limitText)
        object.add("model", text: generation.model.name)
        object.add("modelHash", text: generation.model.hash)
        object.add("options", json: optionText)
        object.add("parentDraftId", generation.parentDraftId)
        object.add(
            "parts", json: generation.parts.isEmpty ? emptyList : encoded(generation.parts.map(DraftJSON.Part.init)))
        object.add("prompt", text: generation.prompt)
        object.add("relation", text: generation.relation?.rawValue)
        object.add("seed", generation.seed)
        object.add("status", text: generation.status.rawValue)
        object.add("systemPrompt", text: generation.systemPrompt)
        object.add("template", text: generation.templateName)
        object.add("templateHash", text: generation.templateHash)
        object.add("timings", json: timingText)
        object.add("title", text: generation.title)
        object.add("uuid", text: generation.uuid)
        let text = object.end()
        last = (generation, text)
        return text
    }

    /// The text of the value that was encoded last.
    private struct Memo<Value: Equatable> {
        var value: Value?
        var text = ""
    }

    private mutating func nested<Value: Equatable>(
        _ value: Value, _ memo: WritableKeyPath<DraftWriter, Memo<Value>>, _ form: (Value) -> some Encodable
    ) -> String {
        if self[keyPath: memo].value == value { return self[keyPath: memo].text }
        let text = encoded(form(value))
        self[keyPath: memo] = Memo(value: value, text: text)
        return text
    }

    /// A value as the encoder writes it one level down.
    private func encoded(_ value: some Encodable) -> String {
        let text = DraftJSON.text(of: value, isPretty: isPretty)
        return isPretty ? JSONObject.indented(text.dropLast(), columns: 2) : text
    }

    private var emptyList: String { isPretty ? "[\n\n  ]" : "[]" }

    private static let textOptions = SamplingOption.all.filter {
        switch $0.kind {
        case .text, .texts: true
        default: false
        }
    }

    private static func haveSameTexts(_ one: SamplingOptions, _ other: SamplingOptions) -> Bool {
        textOptions.allSatisfy { option in
            let (texts, others) = (option.value(in: one).allTexts, option.value(in: other).allTexts)
            return texts.count == others.count
                && zip(texts, others).allSatisfy { $0.utf8.elementsEqual($1.utf8) }
        }
    }
}

extension SamplingValue {
    fileprivate var allTexts: [String] {
        switch self {
        case .text(let text): text.map { [$0] } ?? []
        case .texts(let texts): texts
        default: []
        }
    }
}

/// The text of an object that grows by one key and value at a time.
struct JSONObject {
    private var text: String
    private var isEmpty = true
    private let isPretty: Bool

    init(isPretty: Bool, byteCount: Int) {
        self.isPretty = isPretty
        text = isPretty ? "{\n" : "{"
        text.reserveCapacity(byteCount)
    }

    mutating func add(_ key: String, json: String) {
        begin(key)
        text += json
    }

    mutating func add(_ key: String, _ number: (some BinaryInteger)?) {
        begin(key)
        text += number.map { String($0) } ?? "null"
    }

    mutating func add(_ key: String, text string: String?) {
        begin(key)
        guard let string else { return text += "null" }
        JSONObject.append(string, to: &text)
    }

    mutating func end() -> String { text + (isPretty ? "\n}" : "}") }

    private mutating func begin(_ key: String) {
        if !isEmpty { text += isPretty ? ",\n" : "," }
        isEmpty = false
        text += isPretty ? "  \"" : "\""
        text += key
        text += isPretty ? "\" : " : "\":"
    }

    /// Texts by name as the encoder writes them one level down.
    static func text(of texts: [String: String], isPretty: Bool) -> String {
        guard !texts.isEmpty else { return isPretty ? "{\n\n  }" : "{}" }
        var text = isPretty ? "{\n" : "{"
        let names = texts.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        for (index, name) in names.enumerated() {
            if index > 0 { text += isPretty ? ",\n" : "," }
            if isPretty { text += "    " }
            append(name, to: &text)
            text += isPretty ? " : " : ":"
            append(texts[name] ?? "", to: &text)
        }
        return text + (isPretty ? "\n  }" : "}")
    }

    /// All lines but the first begin with more spaces. A line feed within a string is escaped, so each one begins a
    /// line of JSON; empty arrays have empty lines.
    static func indented(_ text: Substring, columns: Int) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 256)
        var startsLine = false
        for byte in text.utf8 {
            if startsLine && byte != 0x0A { bytes += repeatElement(0x20, count: columns) }
            startsLine = byte == 0x0A
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func append(_ string: String, to text: inout String) {
        var isPlain = true
        for byte in string.utf8 where byte < 0x20 || byte == 0x22 || byte == 0x5C {
            // Other control characters are rare, so the encoder writes them.
            if byte < 0x20 && byte != 0x0A && byte != 0x09 && byte != 0x0D {
                return text += DraftJSON.text(of: string, isPretty: false)
            }
            isPlain = false
        }
        text += "\""
        if isPlain {
            text += string
        } else {
            text += escaped(string)
        }
        text += "\""
    }

    private static func escaped(_ string: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(string.utf8.count + 32)
        for byte in string.utf8 {
            switch byte {
            case 0x0A: bytes += "\\n".utf8
            case 0x09: bytes += "\\t".utf8
            case 0x0D: bytes += "\\r".utf8
            case 0x22: bytes += "\\\"".utf8
            case 0x5C: bytes += "\\\\".utf8
            default: bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
