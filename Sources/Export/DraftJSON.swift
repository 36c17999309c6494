// Drafts and generations as JSON: the one encoder for exports and for every command's --json.
// - Keys are stable and always there; an unknown value is null. New keys may be added, none is removed.
// - Exports of many drafts write the same text with DraftWriter.swift; a new key goes into both, and a test compares
//   them.
// - Dates are ISO 8601 in UTC; `options` has the names of `-o` and of the options beside it.
//
//   generation: id, uuid, status, createdAt, finishedAt, title, template, templateHash, fields, systemPrompt, prompt,
//               model, modelHash, engine, seed, options, limits, parts, timings, parentDraftId, relation, failure
//   draft:      id, generationId, ordinal, text, parts, reasoning, tidied, again, twinOf, candidate, score,
//               finishReason, cutOff, tokens, characters, words, sentences, lines, starred, edited, rating, note,
//               tags, createdAt, updatedAt, deletedAt, server
//   server:     endpoint, askedModel, answeredModel, seed, droppedFields, finishReason, promptTokens, completionTokens,
//               countsAreEstimated, cost, seconds, failure
//
// - A draft's `parts` are null if it has none, as is its `score` if no candidates were compared. `again` is how often the
//   variant was written again; `twinOf` is the ordinal of the draft that it equals.
// - `cutOff` is true if a server's stream ended before the text did; `server` is null if a model of this machine wrote it.
// - `edited` is true if a person has changed the text, so that it is no longer the model's own.
// - `candidates`, beside a list of drafts, is the number of candidates that are not in it.

import FoundationEssentials
import Generation
import Text

public enum DraftJSON {
    /// `{"candidates": 0, "generation": {…}, "drafts": […]}`, as `generate` and `history show` print it.
    /// - Parameter tags: tags by draft id.
    public static func generation(_ generation: SavedGeneration, tags: [Int64: [String]] = [:]) -> String {
        struct Whole: Encodable {
            var candidates: Int
            var generation: Generation
            var drafts: [Draft]
        }
        return text(
            of: Whole(
                candidates: generation.hiddenCandidateCount, generation: Generation(generation),
                drafts: generation.drafts.map { Draft($0, of: generation, tags: tags[$0.id] ?? []) }))
    }

    /// A value as JSON with sorted keys; if pretty, on several lines and with a line feed at the end.
    public static func text(of value: some Encodable, isPretty: Bool = true) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        guard let data = try? encoder.encode(value) else { return "null" }
        return String(decoding: data, as: UTF8.self) + (isPretty ? "\n" : "")
    }

    /// A draft as JSON.
    public struct Draft: Encodable {
        var draft: SavedDraft
        var generation: SavedGeneration
        var tags: [String]
        /// True if its generation is within it, as in JSON Lines.
        var isAlone: Bool

        public init(_ draft: SavedDraft, of generation: SavedGeneration, tags: [String] = [], isAlone: Bool = false) {
            self.draft = draft
            self.generation = generation
            self.tags = tags
            self.isAlone = isAlone
        }

        private enum Key: String, CodingKey {
            case id, generationId, ordinal, text, finishReason, tokens, characters, words, sentences, lines, starred
            case rating, note, tags, createdAt, updatedAt, deletedAt, generation
            case parts, reasoning, tidied, again, twinOf, candidate, score, cutOff, server, edited
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(draft.id, forKey: .id)
            try container.encode(draft.generationId, forKey: .generationId)
            try container.encode(draft.ordinal, forKey: .ordinal)
            try container.encode(draft.text, forKey: .text)
            try container.encode(generation.parts.isEmpty ? nil : generation.parts(of: draft), forKey: .parts)
            try container.encode(draft.details.reasoning, forKey: .reasoning)
            try container.encode(draft.details.tidied, forKey: .tidied)
            try container.encode(max(0, draft.details.attempts - 1), forKey: .again)
            try container.encode(draft.details.twinOf, forKey: .twinOf)
            try container.encode(draft.isCandidate, forKey: .candidate)
            try container.encode(draft.details.score.map(Score.init), forKey: .score)
            try container.encode(draft.finishReason, forKey: .finishReason)
            try container.encode(draft.finishReason == .cutOff, forKey: .cutOff)
            try container.encode(draft.details.server.map(Server.init), forKey: .server)
            try container.encode(draft.tokenCount, forKey: .tokens)
            let length = TextLength(of: draft.text)
            try container.encode(length.characters, forKey: .characters)
            try container.encode(length.words, forKey: .words)
            try container.encode(length.sentences, forKey: .sentences)
            try container.encode(length.lines, forKey: .lines)
            try container.encode(draft.starred, forKey: .starred)
            try container.encode(draft.isEdited, forKey: .edited)
            try container.encode(draft.rating, forKey: .rating)
            try container.encode(draft.note, forKey: .note)
            try container.encode(tags, forKey: .tags)
            try container.encode(Timestamp.iso8601(draft.createdAt), forKey: .createdAt)
            try container.encode(Timestamp.iso8601(draft.updatedAt), forKey: .updatedAt)
            try container.encode(draft.deletedAt.map(Timestamp.iso8601), forKey: .deletedAt)
            if isAlone { try container.encode(Generation(generation), forKey: .generation) }
        }
    }

    /// A generation without its drafts as JSON.
    public struct Generation: Encodable {
        var generation: SavedGeneration

        public init(_ generation: SavedGeneration) { self.generation = generation }

        private enum Key: String, CodingKey {
            case id, uuid, status, createdAt, finishedAt, title, template, templateHash, fields, systemPrompt, prompt
            case model, modelHash, engine, seed, options, limits, parts, timings, parentDraftId, relation, failure
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(generation.id, forKey: .id)
            try container.encode(generation.uuid, forKey: .uuid)
            try container.encode(generation.status, forKey: .status)
            try container.encode(Timestamp.iso8601(generation.createdAt), forKey: .createdAt)
            try container.encode(generation.finishedAt.map(Timestamp.iso8601), forKey: .finishedAt)
            try container.encode(generation.title, forKey: .title)
            try container.encode(generation.templateName, forKey: .template)
            try container.encode(generation.templateHash, forKey: .templateHash)
            try container.encode(generation.recordedFields, forKey: .fields)
            try container.encode(generation.systemPrompt, forKey: .systemPrompt)
            try container.encode(generation.prompt, forKey: .prompt)
            try container.encode(generation.model.name, forKey: .model)
            try container.encode(generation.model.hash, forKey: .modelHash)
            try container.encode(generation.model.engine, forKey: .engine)
            try container.encode(generation.seed, forKey: .seed)
            try container.encode(Options(sampling: generation.sampling), forKey: .options)
            try container.encode(Limits(limits: generation.limits), forKey: .limits)
            try container.encode(generation.parts.map(Part.init), forKey: .parts)
            try container.encode(generation.timings, forKey: .timings)
            try container.encode(generation.parentDraftId, forKey: .parentDraftId)
            try container.encode(generation.relation, forKey: .relation)
            try container.encode(generation.failure, forKey: .failure)
        }
    }

    /// A part that each draft has, with its own limits.
    struct Part: Encodable {
        var name: String
        var limits: Limits

        init(_ part: PartSpecification) { (name, limits) = (part.name, Limits(limits: part.limits)) }
    }

    /// How a server answered.
    struct Server: Encodable {
        var report: ServerReport

        init(_ report: ServerReport) { self.report = report }

        private enum Key: String, CodingKey {
            case endpoint, askedModel, answeredModel, seed, droppedFields, finishReason, promptTokens, completionTokens
            case countsAreEstimated, cost, seconds, failure
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(report.endpoint, forKey: .endpoint)
            try container.encode(report.askedModel, forKey: .askedModel)
            try container.encode(report.answeredModel, forKey: .answeredModel)
            try container.encode(report.seed, forKey: .seed)
            try container.encode(report.droppedFields, forKey: .droppedFields)
            try container.encode(report.finishReason, forKey: .finishReason)
            try container.encode(report.promptTokens, forKey: .promptTokens)
            try container.encode(report.completionTokens, forKey: .completionTokens)
            try container.encode(report.countsAreEstimated, forKey: .countsAreEstimated)
            try container.encode(report.cost, forKey: .cost)
            try container.encode(report.seconds, forKey: .seconds)
            try container.encode(report.failure, forKey: .failure)
        }
    }

    /// Why a candidate was chosen or left out.
    struct Score: Encodable {
        var sum: Double
        var meanLogProbability: Double
        var reasons: [String: Double]

        init(_ score: DraftScore) {
            (sum, meanLogProbability, reasons) = (score.sum, score.meanLogProbability, score.parts)
        }
    }

    struct Options: Encodable {
        var sampling: SamplingOptions

        private struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }

            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            for option in SamplingOption.all {
                try container.encode(option.value(in: sampling), forKey: Key(stringValue: option.name))
            }
        }
    }

    struct Limits: Encodable {
        var limits: LengthLimits

        private enum Key: String, CodingKey { case characters, words, sentences, lines, hard, countsWideAsTwo }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(limits.characters, forKey: .characters)
            try container.encode(limits.words, forKey: .words)
            try container.encode(limits.sentences, forKey: .sentences)
            try container.encode(limits.lines, forKey: .lines)
            try container.encode(limits.hard, forKey: .hard)
            try container.encode(limits.countsWideAsTwo, forKey: .countsWideAsTwo)
        }
    }
}
