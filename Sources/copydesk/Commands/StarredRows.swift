// Starred drafts as rows to learn from: the prompt as it was sent then, and the text as it is kept now.

import Drafting
import Foundation
import Generation
import Store
import Templates
import Training

enum StarredRows {
    /// The starred drafts outside the trash, with answers of conversations.
    /// - Parameter model: the name of the model to train. A draft of another model gets its prompt anew, because what that
    ///   model was sent is in the form of that model.
    /// - Throws: `StoreError`; `Failure` if there is none.
    static func read(_ shared: SharedOptions, model: String) throws -> CorpusInput {
        let store = try shared.openStoreForReading(mustExist: true)
        let templates = shared.templateLibrary
        var rows: [CorpusRow] = []
        var withoutPrompt = 0
        let query = HistoryQuery(starred: true, includesCandidates: true, includesConversations: true)
        try store.reading(.found(query)) { reader in
            try reader.forEach(.found(query)) { found in
                if let row = row(of: found, model: model, templates) { rows.append(row) } else { withoutPrompt += 1 }
            }
        }
        if withoutPrompt > 0 {
            Console.printError(
                "copydesk: \(withoutPrompt) starred \(withoutPrompt == 1 ? "draft is" : "drafts are") left out: another "
                    + "model wrote \(withoutPrompt == 1 ? "it" : "them"), and the prompt cannot be made anew.")
        }
        guard !rows.isEmpty else {
            throw Failure("There are no starred drafts to learn from. Star some in the studio, or name files.")
        }
        return .rows(rows, name: "starred drafts")
    }

    private static func row(of found: FoundDraft, model: String, _ templates: TemplateLibrary) -> CorpusRow? {
        let (draft, generation) = (found.draft, found.generation)
        if generation.isRaw { return .completion(prompt: generation.prompt, answer: draft.text, endsTurn: false) }
        if generation.model.name == model, generation.model.engine.hasPrefix("copydesk") {
            return .completion(prompt: generation.prompt, answer: draft.text, endsTurn: true)
        }
        guard generation.conversationId == nil, let messages = messages(of: generation, templates) else { return nil }
        return .conversation(
            messages.map { CorpusTurn($0.role, $0.content, isLearned: false) } + [CorpusTurn(.assistant, draft.text)])
    }

    /// What was asked, without any model's form; nil if the template is not there any more, or takes other fields.
    private static func messages(of generation: SavedGeneration, _ templates: TemplateLibrary) -> [Message]? {
        let order: DraftOrder
        if let name = generation.templateName {
            guard let template = templates.templates.first(where: { $0.name == name }),
                let filled = try? template.fill(values: generation.fields)
            else { return nil }
            order = DraftOrder(filled: filled, template: template, seed: generation.seed)
        } else {
            guard let prompt = generation.fields["prompt"] else { return nil }
            order = DraftOrder(prompt: prompt, system: generation.systemPrompt, raw: false, seed: generation.seed)
        }
        guard case .chat(let messages) = order.request.prompt else { return nil }
        return messages.filter { !$0.isExample }
    }
}
