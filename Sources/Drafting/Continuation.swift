// A draft that goes on from where an earlier one ended: because its stream was cut off, or because it was too short.
// - The earlier text is the beginning of the new draft, byte for byte; the earlier draft stays as it is.
// - The generator gets the prompt of the earlier draft with its text as an answer that has begun.
// - Limits count for the whole text, so the rest gets the room that is left.

import Generation
import Templates
import Text

/// Why a draft cannot be continued.
public enum ContinuationError: Error, Sendable, Equatable, CustomStringConvertible {
    case empty(draft: Int64)
    /// It follows a grammar or a schema, which is followed from the beginning.
    case constrained(draft: Int64)
    /// It has parts with limits of their own, all of which are written.
    case hasParts(draft: Int64)
    /// The unit of the limit that is reached, as `30 words`.
    case full(draft: Int64, limit: String)
    case templateIsGone(draft: Int64, template: String)

    public var description: String {
        switch self {
        case .empty(let draft): "Draft \(draft) has no text to go on from. Write it again."
        case .constrained(let draft):
            "Draft \(draft) follows a grammar or a JSON schema, which only works from the beginning. Write it again."
        case .hasParts(let draft):
            "Draft \(draft) has parts, and its last part is written, so nothing can follow. Write it again."
        case .full(let draft, let limit):
            "Draft \(draft) has reached its limit of \(limit), so nothing can follow. Write it again with a higher limit."
        case .templateIsGone(let draft, let template):
            "Draft \(draft) was written with the template '\(template)', which is not there any more. Put it back, or "
                + "write the draft again with another one."
        }
    }
}

extension DraftOrder {
    /// An order for a draft that begins with the text of an earlier one.
    /// - Throws: `ContinuationError`; `TemplateError` if the template does not take the fields any more.
    public init(
        continuing draft: SavedDraft, of generation: SavedGeneration, templates: @autoclosure () -> TemplateLibrary,
        seed: UInt64
    ) throws {
        try ContinuationError.check(
            draft, follows: generation.sampling, hasParts: !generation.parts.isEmpty)
        let limits = try generation.limits.left(after: draft)
        if let name = generation.templateName {
            guard let template = templates().templates.first(where: { $0.name == name }) else {
                throw ContinuationError.templateIsGone(draft: draft.id, template: name)
            }
            let filled = try template.fill(values: generation.fields)
            self.init(filled: filled, template: template, seed: seed)
            if let system = generation.systemPrompt, system != systemPrompt { replaceSystemPrompt(with: system) }
        } else {
            self.init(
                prompt: generation.fields["prompt"] ?? generation.prompt, system: generation.systemPrompt,
                raw: generation.isRaw, seed: seed)
        }
        title = generation.title
        continueInside(draft.text)
        request.sampling = generation.sampling
        goOn(from: draft, within: limits)
    }

    /// Makes an order, whose prompt ends with the text of a draft, one for the rest of that text.
    /// - Throws: `ContinuationError`.
    public mutating func goOn(from draft: SavedDraft) throws {
        try ContinuationError.check(draft, follows: request.sampling, hasParts: !request.conditions.parts.isEmpty)
        goOn(from: draft, within: try request.limits.left(after: draft))
    }

    private mutating func goOn(from draft: SavedDraft, within limits: LengthLimits) {
        request.variantCount = 1
        request.sampling = request.sampling.forRest(after: draft.text)
        request.limits = limits
        // The parts of a text can only be told from each other in a text that is written as a whole.
        request.conditions.parts = []
        (parentDraftId, relation) = (draft.id, .continue)
    }

    private mutating func continueInside(_ text: String) {
        switch request.prompt {
        case .raw(let prompt): request.prompt = .raw(prompt + text)
        case .chat(let messages): request.prompt = .chat(messages + [Message(.assistant, text)])
        }
        request.completionPrompt = request.completionPrompt.map { $0 + text }
    }
}

extension ContinuationError {
    fileprivate static func check(_ draft: SavedDraft, follows sampling: SamplingOptions, hasParts: Bool) throws {
        guard draft.text.contains(where: { !$0.isWhitespace }) else { throw ContinuationError.empty(draft: draft.id) }
        guard sampling.grammar == nil, sampling.jsonSchema == nil else {
            throw ContinuationError.constrained(draft: draft.id)
        }
        guard !hasParts else { throw ContinuationError.hasParts(draft: draft.id) }
    }
}

extension LengthLimits {
    /// The room that a draft leaves.
    fileprivate func left(after draft: SavedDraft) throws -> LengthLimits {
        let length = TextLength(of: draft.text, countsWideAsTwo: countsWideAsTwo)
        // A sentence and a line that have begun go on, and count once.
        let endsSentence = draft.text.last { !$0.isWhitespace }.map { ".!?…。！？".contains($0) } ?? true
        let endsLine = draft.text.last?.isNewline ?? true
        var left = self
        func rest(_ limit: Int?, _ used: Int, _ unit: String) throws -> Int? {
            guard let limit else { return nil }
            guard limit > used else { throw ContinuationError.full(draft: draft.id, limit: "\(limit) \(unit)") }
            return limit - used
        }
        left.characters = try rest(characters, length.characters, "characters")
        left.words = try rest(words, length.words, "words")
        left.sentences = try rest(sentences, length.sentences - (endsSentence ? 0 : 1), "sentences")
        left.lines = try rest(lines, length.lines - (endsLine ? 0 : 1), "lines")
        return left
    }
}

extension SamplingOptions {
    /// For the rest of a text: without what only makes sense for a whole one.
    fileprivate func forRest(after text: String) -> SamplingOptions {
        var options = self
        options.bestOf = 0
        options.distinct = .off
        options.tidy = false
        let known = text.lowercased()
        options.mustInclude.removeAll { known.contains($0.lowercased()) }
        return options
    }
}

/// A generator whose drafts begin with a text that is there already.
public struct ContinuedGenerator: TextGenerator {
    private let generator: any TextGenerator
    private let beginning: String

    public init(_ generator: any TextGenerator, after beginning: String) {
        self.generator = generator
        self.beginning = beginning
    }

    public var identity: ModelIdentity { generator.identity }
    public var capabilities: GeneratorCapabilities { generator.capabilities }
    public var authorSampling: SamplingOverrides { generator.authorSampling }

    public func measure(_ request: GenerationRequest) async throws -> PromptMeasure? {
        try await generator.measure(request)
    }

    public func generate(
        _ request: GenerationRequest, stopSignal: StopSignal
    ) -> AsyncThrowingStream<GenerationEvent, any Error> {
        AsyncThrowingStream { continuation in
            let forwarding = Task { [generator, beginning] in
                var begun: Set<Int> = []
                func begin(_ variant: Int) {
                    if begun.insert(variant).inserted { continuation.yield(.text(beginning, variant: variant)) }
                }
                do {
                    for try await event in generator.generate(request, stopSignal: stopSignal) {
                        switch event {
                        case .text(_, let variant), .draftFinished(let variant, _, _): begin(variant)
                        case .restarted(let variant): begun.remove(variant)
                        default: break
                        }
                        continuation.yield(event)
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in forwarding.cancel() }
        }
    }
}
