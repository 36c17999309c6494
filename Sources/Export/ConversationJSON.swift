// Conversations as JSON: for exports, for the history, and for whatever a command prints of one.
// - Keys are stable and always there; an unknown value is null. New keys may be added, none is removed.
// - Dates are ISO 8601 in UTC; `options` has the names of `-o`.
//
//   conversation: id, uuid, title, createdAt, updatedAt, deletedAt, persona, personaTitle, personaHash, speakers,
//                 systemPrompt, greetings, examples, book, fields, model, options, limits, variants, contextRule,
//                 headTurnId
//   turn:         id, parentTurnId, parentDraftId, role, text, activeDraftId, drafts, siblings, pinned, summaryDraftId,
//                 createdAt, deletedAt
//
// - `persona` is the name of a template, and null if there is none. `greetings` are those to choose from; the one that was
//   chosen is a turn.
// - A turn's `drafts` are as `DraftJSON` writes them; a user's turn and a greeting have none. `siblings` are the ids of
//   the turns at the same place, itself among them.
// - `generations`, beside the turns, are those that the drafts are of. Their `prompt` is what was said last: the whole
//   prompt would repeat the conversation in each of them.

import Generation

/// A conversation with turns and the generations of their drafts.
public struct ConversationContents: Sendable, Hashable {
    public var conversation: Conversation
    /// The open branch, or all turns.
    public var turns: [Turn]
    public var generations: [SavedGeneration]
    /// Tags by draft id.
    public var tags: [Int64: [String]]

    public init(
        conversation: Conversation, turns: [Turn], generations: [SavedGeneration] = [], tags: [Int64: [String]] = [:]
    ) {
        self.conversation = conversation
        self.turns = turns
        self.generations = generations
        self.tags = tags
    }
}

public enum ConversationJSON {
    /// `{"conversation": {…}, "generations": […], "turns": […]}`, on several lines with a line feed at the end.
    public static func text(of contents: ConversationContents) -> String {
        DraftJSON.text(of: Whole(contents))
    }

    /// What was said, in short: `{"conversation": {…}, "turns": […]}`, on several lines with a line feed at the end.
    public static func shortText(of conversation: Conversation, turns: [Turn]) -> String {
        DraftJSON.text(of: Short(conversation: .init(conversation), turns: turns.map(Short.Said.init)))
    }

    /// A conversation for a script that holds it: conversation: id, uuid, title, persona, model; turn: id, role, text, and
    /// of an answer its drafts: id, text, reasoning, finishReason, cutOff, active.
    private struct Short: Encodable {
        struct Head: Encodable {
            var id: Int64
            var uuid: String
            var title: String
            var persona: String?
            var model: String

            init(_ conversation: Conversation) {
                (id, uuid, title) = (conversation.id, conversation.uuid, conversation.title)
                (persona, model) = (conversation.persona.name, conversation.model)
            }

            private enum Key: String, CodingKey { case id, uuid, title, persona, model }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: Key.self)
                try container.encode(id, forKey: .id)
                try container.encode(uuid, forKey: .uuid)
                try container.encode(title, forKey: .title)
                try container.encode(persona, forKey: .persona)
                try container.encode(model, forKey: .model)
            }
        }

        struct Said: Encodable {
            var id: Int64
            var role: Message.Role
            var text: String
            var drafts: [Draft]?

            init(_ turn: Turn) {
                (id, role, text) = (turn.id, turn.role, turn.text)
                drafts =
                    turn.drafts.isEmpty ? nil : turn.drafts.map { Draft($0, isActive: $0.id == turn.activeDraftId) }
            }
        }

        struct Draft: Encodable {
            var id: Int64
            var text: String
            var reasoning: String?
            var finishReason: FinishReason?
            var cutOff: Bool
            var active: Bool

            init(_ draft: SavedDraft, isActive: Bool) {
                (id, text, reasoning) = (draft.id, draft.text, draft.details.reasoning)
                (finishReason, cutOff, active) = (draft.finishReason, draft.finishReason == .cutOff, isActive)
            }

            private enum Key: String, CodingKey { case id, text, reasoning, finishReason, cutOff, active }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: Key.self)
                try container.encode(id, forKey: .id)
                try container.encode(text, forKey: .text)
                try container.encode(reasoning, forKey: .reasoning)
                try container.encode(finishReason, forKey: .finishReason)
                try container.encode(cutOff, forKey: .cutOff)
                try container.encode(active, forKey: .active)
            }
        }

        var conversation: Head
        var turns: [Said]
    }

    /// A conversation with its turns as JSON.
    public struct Whole: Encodable {
        var conversation: Head
        var generations: [DraftJSON.Generation]
        var turns: [TurnForm]

        public init(_ contents: ConversationContents) {
            conversation = Head(contents.conversation)
            let byId = Dictionary(contents.generations.map { ($0.id, $0) }) { first, _ in first }
            generations = byId.values.sorted { $0.id < $1.id }.map { generation in
                var short = generation
                short.prompt = generation.fields["prompt"] ?? ""
                return DraftJSON.Generation(short)
            }
            turns = contents.turns.map { TurnForm(turn: $0, generations: byId, tags: contents.tags) }
        }
    }

    /// A conversation without its turns as JSON.
    public struct Head: Encodable {
        var conversation: Conversation

        public init(_ conversation: Conversation) { self.conversation = conversation }

        private enum Key: String, CodingKey {
            case id, uuid, title, createdAt, updatedAt, deletedAt, persona, personaTitle, personaHash, speakers
            case systemPrompt, greetings, examples, book, fields, model, options, limits, variants, contextRule
            case headTurnId
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            let persona = conversation.persona
            try container.encode(conversation.id, forKey: .id)
            try container.encode(conversation.uuid, forKey: .uuid)
            try container.encode(conversation.title, forKey: .title)
            try container.encode(Timestamp.iso8601(conversation.createdAt), forKey: .createdAt)
            try container.encode(Timestamp.iso8601(conversation.updatedAt), forKey: .updatedAt)
            try container.encode(conversation.deletedAt.map(Timestamp.iso8601), forKey: .deletedAt)
            try container.encode(persona.name, forKey: .persona)
            try container.encode(persona.title, forKey: .personaTitle)
            try container.encode(persona.hash, forKey: .personaHash)
            try container.encode(persona.speakers, forKey: .speakers)
            try container.encode(persona.system, forKey: .systemPrompt)
            try container.encode(persona.greetings, forKey: .greetings)
            try container.encode(persona.examples.map(MessageForm.init), forKey: .examples)
            try container.encode(persona.book.map(BookForm.init), forKey: .book)
            try container.encode(conversation.fields, forKey: .fields)
            try container.encode(conversation.model, forKey: .model)
            let settings = conversation.settings
            try container.encode(DraftJSON.Options(sampling: settings.sampling), forKey: .options)
            try container.encode(DraftJSON.Limits(limits: settings.limits), forKey: .limits)
            try container.encode(settings.variantCount, forKey: .variants)
            try container.encode(settings.contextRule, forKey: .contextRule)
            try container.encode(conversation.headTurnId, forKey: .headTurnId)
        }
    }

    /// The facts that a list of conversations has: who, with what, when.
    public struct Summary: Encodable {
        var id: Int64
        var uuid: String
        var title: String
        var persona: String?
        var personaTitle: String
        var model: String
        var createdAt: String
        var updatedAt: String
        var deletedAt: String?

        public init(_ conversation: Conversation) {
            (id, uuid, title) = (conversation.id, conversation.uuid, conversation.title)
            (persona, personaTitle) = (conversation.persona.name, conversation.persona.title)
            model = conversation.model
            createdAt = Timestamp.iso8601(conversation.createdAt)
            updatedAt = Timestamp.iso8601(conversation.updatedAt)
            deletedAt = conversation.deletedAt.map(Timestamp.iso8601)
        }

        private enum Key: String, CodingKey {
            case id, uuid, title, persona, personaTitle, model, createdAt, updatedAt, deletedAt
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(id, forKey: .id)
            try container.encode(uuid, forKey: .uuid)
            try container.encode(title, forKey: .title)
            try container.encode(persona, forKey: .persona)
            try container.encode(personaTitle, forKey: .personaTitle)
            try container.encode(model, forKey: .model)
            try container.encode(createdAt, forKey: .createdAt)
            try container.encode(updatedAt, forKey: .updatedAt)
            try container.encode(deletedAt, forKey: .deletedAt)
        }
    }

    /// A message for a model: `{"role": "user", "content": "…"}`.
    struct MessageForm: Encodable {
        var role: Message.Role
        var content: String

        init(_ message: Message) { (role, content) = (message.role, message.content) }
    }

    struct BookForm: Encodable {
        var keys: [String]
        var secondaryKeys: [String]
        var content: String
        var constant: Bool
        var caseSensitive: Bool
        var enabled: Bool
        var order: Int

        init(_ entry: Persona.BookEntry) {
            (keys, secondaryKeys, content) = (entry.keys, entry.secondaryKeys, entry.content)
            (constant, caseSensitive) = (entry.isConstant, entry.isCaseSensitive)
            (enabled, order) = (entry.isEnabled, entry.order)
        }
    }

    struct TurnForm: Encodable {
        var turn: Turn
        var generations: [Int64: SavedGeneration]
        var tags: [Int64: [String]]

        private enum Key: String, CodingKey {
            case id, parentTurnId, parentDraftId, role, text, activeDraftId, drafts, siblings, pinned, summaryDraftId
            case createdAt, deletedAt
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(turn.id, forKey: .id)
            try container.encode(turn.parentTurnId, forKey: .parentTurnId)
            try container.encode(turn.parentDraftId, forKey: .parentDraftId)
            try container.encode(turn.role, forKey: .role)
            try container.encode(turn.text, forKey: .text)
            try container.encode(turn.activeDraftId, forKey: .activeDraftId)
            try container.encode(drafts, forKey: .drafts)
            try container.encode(turn.siblingIds, forKey: .siblings)
            try container.encode(turn.isPinned, forKey: .pinned)
            try container.encode(turn.summaryDraftId, forKey: .summaryDraftId)
            try container.encode(Timestamp.iso8601(turn.createdAt), forKey: .createdAt)
            try container.encode(turn.deletedAt.map(Timestamp.iso8601), forKey: .deletedAt)
        }

        private var drafts: [DraftJSON.Draft] {
            turn.drafts.map { draft in
                // A generation that was not given has no parts, which is all that a draft needs of it.
                let generation =
                    generations[draft.generationId]
                    ?? SavedGeneration(
                        id: draft.generationId, title: "", model: ModelIdentity(name: "", hash: "", engine: ""), seed: 0
                    )
                return DraftJSON.Draft(draft, of: generation, tags: tags[draft.id] ?? [])
            }
        }
    }
}
