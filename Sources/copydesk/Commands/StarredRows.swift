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
        let (keeps, withoutPrompt) = try StarredKeeps.read(store, shared, model: model)
        let rows = keeps.map(\.row)
        if withoutPrompt > 0 {
            Console.printError(
                "copydesk: \(withoutPrompt) starred \(withoutPrompt == 1 ? "draft is" : "drafts are") left out, because "
                    + "the prompt cannot be made anew for this model.")
        }
        guard !rows.isEmpty else {
            throw Failure("There are no starred drafts to learn from. Star some in the studio, or name files.")
        }
        return .rows(rows, name: "starred drafts")
    }

    /// - Parameter model: without adapters, because a model writes its prompts in the same form with and without them.
    static func row(of found: FoundDraft, model: String, _ templates: TemplateLibrary) -> CorpusRow? {
        let (draft, generation) = (found.draft, found.generation)
        let isConversation = generation.conversationId != nil
        let isOfThisModel =
            ModelChoice(generation.model.name).base == model && generation.model.engine.hasPrefix("copydesk")
        let goesOn = generation.relation == .continue
        if generation.isRaw || isOfThisModel, isConversation || !goesOn {
            let prompt = withoutBeginning(of: draft.text, at: generation.prompt)
            // If the earlier text was edited later, nobody knows where the prompt ends.
            if goesOn, prompt == generation.prompt { return nil }
            return .completion(prompt: prompt, answer: draft.text, endsTurn: !generation.isRaw)
        }
        return isConversation ? nil : rowAnew(draft.text, generation, templates)
    }

    /// The prompt before an answer. A draft that goes on from an earlier text begins with this text, and so its prompt ends
    /// with it.
    static func withoutBeginning(of answer: String, at prompt: String) -> String {
        let (prompt, answer) = (Array(prompt.utf8), Array(answer.utf8))
        // A few letters may be the same by chance.
        let least = 12
        for count in stride(from: min(prompt.count, answer.count), through: least, by: -1)
        where prompt.suffix(count) == answer.prefix(count) {
            return String(decoding: prompt.dropLast(count), as: UTF8.self)
        }
        return String(decoding: prompt, as: UTF8.self)
    }

    /// What was asked, without any model's form; nil if the template is not there any more, or takes other fields.
    private static func rowAnew(
        _ answer: String, _ generation: SavedGeneration, _ templates: TemplateLibrary
    ) -> CorpusRow? {
        guard let order = DraftOrder(again: generation, templates: templates) else { return nil }
        switch order.request.prompt {
        case .raw(let prompt): return .completion(prompt: prompt, answer: answer, endsTurn: false)
        case .chat(let messages):
            let turns = messages.filter { !$0.isExample }.map { CorpusTurn($0.role, $0.content, isLearned: false) }
            return .conversation(turns + [CorpusTurn(.assistant, answer)])
        }
    }
}
