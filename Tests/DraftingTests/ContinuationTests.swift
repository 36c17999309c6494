// Drafts that go on from where an earlier one ended.

import Generation
import Templates
import Testing

@testable import Drafting

@Suite struct `Continuing a draft` {
    private let templates = TemplateLibrary(userFolder: "/nonexistent")

    private func generation(_ change: (inout SavedGeneration) -> Void = { _ in }) -> SavedGeneration {
        var generation = SavedGeneration(
            title: "Tea", fields: ["prompt": "Write of tea."], systemPrompt: "Be brief.", prompt: "<chat>Write of tea.",
            model: ModelIdentity(name: "m", hash: "", engine: ""), seed: 3)
        change(&generation)
        return generation
    }

    private func draft(_ text: String) -> SavedDraft {
        SavedDraft(id: 7, generationId: 1, ordinal: 0, text: text, finishReason: .cutOff, createdAt: 0, updatedAt: 0)
    }

    private func order(_ text: String, _ change: (inout SavedGeneration) -> Void = { _ in }) throws -> DraftOrder {
        try DraftOrder(continuing: draft(text), of: generation(change), templates: templates, seed: 9)
    }

    @Test func `asks for the rest of the answer that has begun, as a child of the draft`() throws {
        let order = try order("Tea is ")
        #expect(
            order.request.prompt
                == .chat([
                    Message(.system, "Be brief."), Message(.user, "Write of tea."), Message(.assistant, "Tea is "),
                ]))
        #expect(order.parentDraftId == 7 && order.relation == .continue && order.request.seed == 9)
        #expect(order.title == "Tea" && order.request.variantCount == 1)
    }

    @Test func `continues a raw prompt as one text`() throws {
        let order = try order("Tea is ") { $0.isRaw = true }
        #expect(order.request.prompt == .raw("Write of tea.Tea is "))
    }

    @Test func `fills the template again`() throws {
        let order = try order("Move more") {
            $0.templateName = "article-headline"
            $0.fields = ["topic": "the benefits of exercise"]
        }
        guard case .chat(let messages) = order.request.prompt else { return #expect(Bool(false), "no chat") }
        #expect(messages.last == Message(.assistant, "Move more") && messages.count > 1)
        #expect(messages.contains { $0.role == .user && $0.content.contains("the benefits of exercise") })
        #expect(throws: ContinuationError.templateIsGone(draft: 7, template: "gone")) {
            try self.order("x") { $0.templateName = "gone" }
        }
    }

    @Test func `leaves the rest the room that is left`() throws {
        let order = try order("One two. Three") {
            $0.limits = LengthLimits(characters: 30, words: 10, sentences: 2, lines: 1)
        }
        #expect(order.request.limits == LengthLimits(characters: 16, words: 7, sentences: 1, lines: 1))
        #expect(throws: ContinuationError.full(draft: 7, limit: "3 words")) {
            try self.order("One two three") { $0.limits.words = 3 }
        }
    }

    @Test func `asks for nothing that only a whole text can have`() throws {
        let order = try order("Some Tea here") {
            $0.sampling.bestOf = 16
            $0.sampling.distinct = .text
            $0.sampling.tidy = true
            $0.sampling.mustInclude = ["tea", "cup"]
            $0.sampling.temperature = 0.3
        }
        let sampling = order.request.sampling
        #expect(sampling.bestOf == 0 && sampling.distinct == .off && !sampling.tidy && sampling.temperature == 0.3)
        #expect(sampling.mustInclude == ["cup"])
        #expect(throws: ContinuationError.constrained(draft: 7)) {
            try self.order("{") { $0.sampling.jsonSchema = "{}" }
        }
        #expect(throws: ContinuationError.empty(draft: 7)) { try self.order(" \n") }
    }

    @Test func `begins each draft with the earlier text, also if it is written anew or ends at once`() async throws {
        let scripted = ScriptedGenerator()
        scripted.send(
            .started(prompt: "p", promptTokens: 1), .text("good", variant: 0), .text(".", variant: 0),
            .restarted(variant: 0), .text("fine.", variant: 0),
            .draftFinished(variant: 0, reason: .stop, tokenCount: 2),
            .draftFinished(variant: 1, reason: .cutOff, tokenCount: 0), .finished(GenerationTimings()))
        scripted.finish()
        var texts = ["", ""]
        let request = GenerationRequest(prompt: .raw("x"), variantCount: 2, seed: 1)
        let continued = ContinuedGenerator(scripted, after: "Tea is ")
        for try await event in continued.generate(request, stopSignal: StopSignal()) {
            switch event {
            case .text(let piece, let variant): texts[variant] += piece
            case .restarted(let variant): texts[variant] = ""
            default: break
            }
        }
        #expect(texts == ["Tea is fine.", "Tea is "])
    }
}
