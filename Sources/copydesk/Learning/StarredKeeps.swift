// The starred drafts of the store as drafts to learn from.
// - All are taken: drafts of templates and of free prompts, answers of conversations, candidates. The star is a person's.
// - A draft counts as edited if its text is not the one that the model wrote.
// - All answers of a conversation have one prompt key, so that a conversation is held out as a whole or not at all.

import Foundation
import Generation
import Store
import Training

enum StarredKeeps {
    /// The starred drafts outside the trash.
    /// - Parameters:
    ///   - model: the name of the model to train, without adapters; nil: each draft's own, for a look at the texts alone.
    ///   - template: a template whose drafts alone are taken; nil: all.
    /// - Returns: also the number of drafts whose prompt cannot be made anew for the model.
    /// - Throws: `StoreError`.
    static func read(
        _ store: DraftStore, _ shared: SharedOptions, model: String?, template: String? = nil
    ) throws -> (keeps: [StarredKeep], withoutPrompt: Int) {
        var found: [FoundDraft] = []
        let query = HistoryQuery(
            template: template, starred: true, includesCandidates: true, includesConversations: true)
        try store.reading(.found(query)) { reader in try reader.forEach(.found(query)) { found.append($0) } }
        let templates = shared.templateLibrary
        var keeps: [StarredKeep] = []
        var withoutPrompt = 0
        for draft in found {
            let own = ModelChoice(draft.generation.model.name).base
            guard let row = StarredRows.row(of: draft, model: model ?? own, templates) else {
                withoutPrompt += 1
                continue
            }
            keeps.append(
                StarredKeep(
                    id: "\(draft.generation.uuid)/\(draft.draft.ordinal)", row: row, text: draft.draft.text,
                    promptKey: draft.generation.promptKey, isEdited: draft.draft.isEdited,
                    template: draft.generation.templateName, model: own))
        }
        return (keeps, withoutPrompt)
    }

    /// The hash of each starred draft's text by its id, to see whether a learning is stale.
    static func hashes(_ store: DraftStore) throws -> [String: String] {
        var hashes: [String: String] = [:]
        let query = HistoryQuery(starred: true, includesCandidates: true, includesConversations: true)
        try store.reading(.found(query)) { reader in
            try reader.forEach(.found(query)) { found in
                hashes["\(found.generation.uuid)/\(found.draft.ordinal)"] = LearningRecord.Keep.hash(
                    of: found.draft.text)
            }
        }
        return hashes
    }
}

extension SavedGeneration {
    /// What was asked, whatever the model's form: equal for generations that answer the same.
    var promptKey: String {
        if let conversationId { return "conversation \(conversationId)" }
        if templateName == nil, fields["prompt"] == nil { return "prompt\u{1}\(prompt)" }
        return Self.promptKey(template: templateName, fields: fields, system: templateName == nil ? systemPrompt : nil)
    }

    static func promptKey(template: String?, fields: [String: String], system: String? = nil) -> String {
        let filled = fields.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return ([template ?? "free", system ?? ""] + filled).joined(separator: "\u{1}")
    }
}
