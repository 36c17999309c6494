// Conversations for the tests: held by the program's way, and shown as short lines.

import Foundation
import Generation

@testable import Store

extension Conversation {
    static func example(_ title: String = "", greeting: String? = nil) -> Conversation {
        Conversation(
            title: title,
            persona: Persona(
                name: "editor", title: "Editor", system: "Answer briefly.", greetings: greeting.map { [$0] } ?? [],
                book: [Persona.BookEntry(keys: ["lamp"], content: "The lamp is solar.")]),
            fields: ["product": "Aurora"], model: "small")
    }
}

extension DraftStore {
    /// An answer as the program writes it: begun, saved while it streams, finished.
    @discardableResult
    func answer(
        _ turn: Turn, _ texts: String..., to words: String = "", prompt: String = "",
        status: SavedGeneration.Status? = .complete
    ) throws -> SavedGeneration {
        var new = SavedGeneration.example(prompt, fields: ["prompt": words], variants: texts.count)
        new.title = "An answer"
        (new.turnId, new.conversationId) = (turn.id, turn.conversationId)
        let written = try beginGeneration(new).writing(texts)
        try saveText(written.drafts)
        if let status { try finishGeneration(written.ended(status)) }
        return try generation(id: written.id) ?? written
    }

    /// The user's words and an answer at the end of the open branch.
    @discardableResult
    func say(_ words: String, _ answers: String..., in conversation: Conversation) throws -> (user: Turn, answer: Turn)
    {
        let last = try openTurns(of: conversation.id).last
        let pair = try addExchange(words, after: last, in: conversation.id)
        for text in answers {
            try answer(pair.answer, text, to: words, prompt: "<|im_start|>user\n\(words)<|im_end|>")
        }
        return pair
    }

    /// The open branch, a word for each turn.
    func open(_ conversation: Conversation) throws -> String {
        try openTurns(of: conversation.id).map(\.text).joined(separator: " ")
    }

    /// A turn of the open branch.
    func turn(_ index: Int, of conversation: Conversation) throws -> Turn {
        try openTurns(of: conversation.id)[index]
    }
}
