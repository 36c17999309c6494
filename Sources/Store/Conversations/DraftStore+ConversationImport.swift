// Whole conversations added at once: those of other programs, and copies of a branch.
// - All of a conversation is added, or nothing.
// - Texts from elsewhere are drafts of a model of that name, with seed 0; nobody can replay them.

import Foundation
import GRDB
import Generation

extension DraftStore {
    /// Adds a conversation with all its turns.
    /// - Parameters:
    ///   - imported: its uuid is kept if it is one and no other conversation has it; its times, if they are known.
    ///   - turns: each after the turn that it follows. An answer's texts become its drafts; an opening with one text and
    ///     no model is a greeting and has none.
    ///   - head: the place of the last turn of the open branch; `nil`: the last turn.
    /// - Throws: `StoreError.misplacedTurn`.
    public func add(imported: Conversation, turns: [NewTurn], head: Int? = nil) throws -> Conversation {
        let time = now()
        return try write { db in
            let id = try insert(try identified(imported, time, db), db)
            var addition = ConversationAddition(to: try requireConversation(id, db))
            for (index, turn) in turns.enumerated() {
                guard turn.parent.map({ 0..<index ~= $0 }) ?? true else {
                    throw StoreError.misplacedTurn(index: index)
                }
                try add(turn, to: &addition, db)
            }
            try SearchIndex.update(db, drafts: addition.drafts.flatMap { $0 })
            let last = head.flatMap { addition.ids.indices.contains($0) ? addition.ids[$0] : nil } ?? addition.ids.last
            try setHead(last, of: id, addition.conversation.updatedAt, db)
            return try requireConversation(id, db)
        }
    }

    /// A conversation that is about to be added.
    private func identified(_ imported: Conversation, _ time: Double, _ db: Database) throws -> Conversation {
        func known(_ seconds: Double) -> Double? { seconds.isFinite && seconds > 0 ? seconds : nil }
        var new = imported
        let uuid = UUID(uuidString: imported.uuid)?.uuidString.lowercased()
        let isFree = try Bool.fetchOne(
            db, sql: "SELECT NOT EXISTS (SELECT 1 FROM conversation WHERE uuid = ?)", arguments: [uuid])
        new.uuid = (isFree == true ? uuid : nil) ?? UUID().uuidString.lowercased()
        new.createdAt = known(imported.createdAt) ?? time
        new.updatedAt = known(imported.updatedAt) ?? new.createdAt
        return new
    }

    private func add(_ turn: NewTurn, to addition: inout ConversationAddition, _ db: Database) throws {
        let conversation = addition.conversation
        let createdAt = turn.createdAt.flatMap { $0.isFinite ? $0 : nil } ?? conversation.createdAt
        let isGreeting = turn.parent == nil && turn.texts.count < 2 && turn.model == nil
        let hasDrafts = turn.role == .assistant && !isGreeting
        let texts = hasDrafts || turn.texts.indices.contains(turn.choice) ? turn.texts : [turn.texts.first ?? ""]
        let choice = texts.indices.contains(turn.choice) ? turn.choice : 0
        let text = texts.isEmpty ? "" : texts[choice]
        let id = try insert(
            Turn(
                conversationId: conversation.id, parentTurnId: turn.parent.map { addition.ids[$0] },
                parentDraftId: turn.parent.flatMap { addition.draft(turn.parentChoice, of: $0) }, role: turn.role,
                text: hasDrafts ? "" : text, isPinned: turn.isPinned), createdAt: createdAt, db)
        var drafts: [Int64] = []
        if hasDrafts, !texts.isEmpty {
            let words = turn.parent.map { addition.texts[$0] } ?? ""
            let generation = try addGeneration(
                of: turn.model ?? conversation.model, to: words, in: id, conversation, createdAt, db)
            drafts = try texts.enumerated().map { ordinal, text in
                let id = try insertDraft(text, ofGeneration: generation, ordinal: ordinal, createdAt, db)
                if let reasoning = turn.reasoning[ordinal] { try keep(reasoning, ofDraft: id, db) }
                return id
            }
            try setActive(drafts[choice], of: id, db)
        }
        addition.add(id, text: text, drafts: drafts, choice: choice)
    }

    private func keep(_ reasoning: String, ofDraft id: Int64, _ db: Database) throws {
        var details = DraftDetails()
        details.reasoning = reasoning
        try db.cachedStatement(sql: "UPDATE draft SET details = ? WHERE id = ?").execute(
            arguments: [Rows.kept(JSONColumn.text(details)), id])
    }

    /// - Returns: the id of the generation.
    private func addGeneration(
        of model: String, to words: String, in turnId: Int64, _ conversation: Conversation, _ createdAt: Double,
        _ db: Database
    ) throws -> Int64 {
        try db.cachedStatement(
            sql: """
                INSERT INTO generation (uuid, projectId, createdAt, finishedAt, status, title, fields, model, seed, turnId,
                    conversationId)
                VALUES (?, ?, ?, ?, 'complete', ?, ?, ?, 0, ?, ?)
                """
        ).execute(arguments: [
            UUID().uuidString.lowercased(), Schema.defaultProjectId, createdAt, createdAt,
            Rows.kept(conversation.title), Rows.kept(JSONColumn.text(["prompt": words])), Rows.kept(model), turnId,
            conversation.id,
        ])
        return db.lastInsertedRowID
    }

    // MARK: Copies

    /// Adds a conversation with the turns up to this one, each with the draft that is shown.
    ///
    /// Stars, ratings, notes and tags stay with the originals.
    /// - Parameter title: of the copy.
    /// - Throws: `StoreError.missingTurn`.
    public func branch(at turn: Int64, copyAs title: String) throws -> Conversation {
        let time = now()
        return try write { db in
            let tree = try TurnTree(of: try requireTurn(turn, db), db)
            let path = tree.path(to: turn)
            // At its end counts what is shown there, which may be a draft in the middle of the open branch.
            let open = tree.followed(on: tree.path(to: tree.headTurnId))
            let followed = tree.followed(on: path).merging(open.filter { $0.key == turn }) { known, _ in known }
            let turns = try ConversationRows.turns(path, in: tree, followed: followed, db)
            var new = try requireConversation(tree.conversationId, db)
            new.title = title
            new.uuid = UUID().uuidString.lowercased()
            (new.createdAt, new.updatedAt) = (time, time)
            var addition = ConversationAddition(to: try requireConversation(try insert(new, db), db))
            for turn in turns { try copy(turn, to: &addition, db) }
            try SearchIndex.update(db, drafts: addition.drafts.flatMap { $0 } + addition.summaries)
            try setHead(addition.ids.last, of: addition.conversation.id, time, db)
            return try requireConversation(addition.conversation.id, db)
        }
    }

    private func copy(_ turn: Turn, to addition: inout ConversationAddition, _ db: Database) throws {
        let conversationId = addition.conversation.id
        var new = turn
        new.conversationId = conversationId
        new.parentTurnId = addition.ids.last
        new.parentDraftId = addition.drafts.last?.first
        if !turn.drafts.isEmpty { new.text = "" }
        let id = try insert(new, createdAt: turn.createdAt, db)
        let draft = try turn.activeDraft.map { try copy(draft: $0.id, to: id, in: conversationId, db) }
        try setActive(draft, of: id, db)
        if let summary = turn.summaryDraftId {
            let copied = try copy(draft: summary, to: nil, in: conversationId, db)
            try db.execute(sql: "UPDATE turn SET summaryDraftId = ? WHERE id = ?", arguments: [copied, id])
            addition.summaries.append(copied)
        }
        addition.add(id, text: turn.text, drafts: draft.map { [$0] } ?? [], choice: 0)
    }

    /// Copies a draft, with its generation as that of this draft alone.
    /// - Returns: the id of the copy.
    private func copy(
        draft: Int64, to turnId: Int64?, in conversationId: Int64, _ db: Database
    ) throws -> Int64 {
        try db.cachedStatement(
            sql: """
                INSERT INTO generation (uuid, projectId, createdAt, finishedAt, status, templateName, templateHash, title,
                    fields, systemPrompt, prompt, sampling, limits, model, modelHash, engine, seed, relation, timings,
                    failure, parts, turnId, conversationId)
                SELECT ?, g.projectId, g.createdAt, coalesce(g.finishedAt, d.updatedAt),
                    iif(g.status = 'running', 'interrupted', g.status), g.templateName, g.templateHash, g.title, g.fields,
                    g.systemPrompt, g.prompt, g.sampling, g.limits, g.model, g.modelHash, g.engine, g.seed, g.relation,
                    g.timings, g.failure, g.parts, ?, ?
                FROM draft d JOIN generation g ON g.id = d.generationId WHERE d.id = ?
                """
        ).execute(arguments: [UUID().uuidString.lowercased(), turnId, conversationId, draft])
        let generation = db.lastInsertedRowID
        try db.cachedStatement(
            sql: """
                INSERT INTO draft (generationId, ordinal, text, finishReason, tokenCount, details, createdAt, updatedAt,
                    edited)
                SELECT ?, 0, text, coalesce(finishReason, 'interrupted'), tokenCount, details, createdAt, updatedAt, edited
                FROM draft WHERE id = ?
                """
        ).execute(arguments: [generation, draft])
        let copy = db.lastInsertedRowID
        try db.cachedStatement(
            sql: """
                INSERT INTO revision (draftId, createdAt, origin, text)
                SELECT ?, createdAt, origin, text FROM revision WHERE draftId = ? ORDER BY id
                """
        ).execute(arguments: [copy, draft])
        return copy
    }
}

/// The part of a conversation that is added already.
private struct ConversationAddition {
    let conversation: Conversation
    private(set) var ids: [Int64] = []
    /// The chosen text of each turn.
    private(set) var texts: [String] = []
    private(set) var drafts: [[Int64]] = []
    private var choices: [Int] = []
    var summaries: [Int64] = []

    init(to conversation: Conversation) { self.conversation = conversation }

    mutating func add(_ id: Int64, text: String, drafts: [Int64], choice: Int) {
        ids.append(id)
        texts.append(text)
        self.drafts.append(drafts)
        choices.append(choice)
    }

    /// A draft of a turn by its place; the chosen one if there is none at that place.
    func draft(_ choice: Int?, of turn: Int) -> Int64? {
        let drafts = drafts[turn]
        if let choice, drafts.indices.contains(choice) { return drafts[choice] }
        return drafts.indices.contains(choices[turn]) ? drafts[choices[turn]] : nil
    }
}
