// The prompts of a comparison, chosen before anything is trained: nothing was learned from any of them.
// - First the prompts of held-out drafts, then other generations of the store that have a template, the newest first, then
//   the finished examples of templates. Each prompt once.
// - Those of the templates that were learned from come before others.
// - Each has the options and limits that it was written with, and a seed of its own.

import Drafting
import Foundation
import Generation
import Store
import Templates
import Training

struct ComparisonPlan {
    /// In the order in which they are taken.
    private(set) var requests: [ComparedRequest] = []

    /// As many again are spares, for prompts that the model cannot take or that get the same draft from both writers.
    private static let timesAsMany = 2
    /// Generations that are looked at, the newest; a store may have very many.
    private static let mostOthers = 2000
    private let wanted: Int
    private let seed: UInt64
    private let templates: TemplateLibrary
    private let lexicon: Lexicon
    private var seen: Set<String>

    /// - Parameter count: of pairs.
    /// - Throws: `StoreError`; `LearningError.fewPrompts`.
    init(_ rows: LearningRows, count: Int, seed: UInt64, store: DraftStore, shared: SharedOptions) throws {
        wanted = count * Self.timesAsMany
        self.seed = seed
        templates = shared.templateLibrary
        lexicon = shared.installation.settings.lexicon
        seen = Set(rows.trained.map(\.promptKey))
        let learned = Set((rows.trained + rows.heldOut).compactMap(\.template))
        let heldOut = Set(rows.heldOut.map(\.promptKey))
        var others: [SavedGeneration] = []
        try store.reading(.all) { reader in
            var last: Int64?
            try reader.forEach(.all) { found in
                guard found.generation.id != last else { return }
                last = found.generation.id
                let key = found.generation.promptKey
                if heldOut.contains(key) {
                    add(found.generation, isHeldOut: true)
                } else if found.generation.templateName != nil, !seen.contains(key) {
                    others.append(found.generation)
                    if others.count > Self.mostOthers { others.removeFirst(Self.mostOthers / 2) }
                }
            }
        }
        for isLearned in [true, false] {
            for generation in others.reversed() where learned.contains(generation.templateName ?? "") == isLearned {
                add(generation, isHeldOut: false)
            }
            for template in templates.templates where learned.contains(template.name) == isLearned {
                for values in TemplateTest.cases(of: template) { add(template, values) }
            }
        }
        guard requests.count >= LearningComparison.leastPairs else {
            throw LearningError.fewPrompts(found: requests.count, needed: LearningComparison.leastPairs)
        }
    }

    private mutating func add(_ generation: SavedGeneration, isHeldOut: Bool) {
        guard requests.count < wanted, generation.conversationId == nil,
            [nil, .regenerate, .replay].contains(generation.relation),
            let order = order(again: generation), seen.insert(generation.promptKey).inserted
        else { return }
        add(order, isHeldOut: isHeldOut)
    }

    /// The same request, made anew for the model.
    private func order(again generation: SavedGeneration) -> DraftOrder? {
        guard var order = DraftOrder(again: generation, templates: templates) else { return nil }
        order.request.sampling = generation.sampling
        order.request.limits = generation.limits
        return order
    }

    private mutating func add(_ template: PromptTemplate, _ values: [String: String]) {
        guard requests.count < wanted, !template.isPersona,
            let filled = try? template.fill(values: values, useExamples: values.isEmpty)
        else { return }
        let key = SavedGeneration.promptKey(template: template.name, fields: filled.values)
        guard seen.insert(key).inserted else { return }
        add(DraftOrder(filled: filled, template: template, seed: 0), isHeldOut: false)
    }

    private mutating func add(_ order: DraftOrder, isHeldOut: Bool) {
        var request = order.request
        request.seed = seed &+ UInt64(requests.count)
        request.conditions.lexicon = lexicon
        let filled = order.fields.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }
        let text =
            order.templateName == nil
            ? order.fields["prompt"] ?? "" : filled.map { "\($0.key): \($0.value)" }.joined(separator: "\n")
        let prompt = LearningComparison.Prompt(
            title: order.title, template: order.templateName, text: text, isHeldOut: isHeldOut)
        requests.append(ComparedRequest(prompt: prompt, request: request))
    }
}

extension DraftOrder {
    /// What was asked for a generation, without any model's form; nil if the template is not there any more, or takes other
    /// fields.
    init?(again generation: SavedGeneration, templates: TemplateLibrary) {
        if let name = generation.templateName {
            guard let template = templates.templates.first(where: { $0.name == name }),
                let filled = try? template.fill(values: generation.fields)
            else { return nil }
            self.init(filled: filled, template: template, seed: generation.seed)
        } else {
            guard let prompt = generation.fields["prompt"] else { return nil }
            self.init(prompt: prompt, system: generation.systemPrompt, raw: generation.isRaw, seed: generation.seed)
        }
        if let system = generation.systemPrompt, system != systemPrompt { replaceSystemPrompt(with: system) }
    }
}
