// What the user says, and what becomes of words that got no answer.
// - A new conversation is made in the store with the first words, so that nobody's history fills with empty ones.
// - Words are in the store before the model is asked. If they cannot be sent, they leave the conversation again, so tries do
//   not pile up in it; if the answer fails before its first text, the next words take their place.

import Drafting
import Foundation
import Generation
import Store

extension ChatTalk {
    /// Keeps words of the user behind what was seen of the conversation.
    ///
    /// Words at its end that no text answers are replaced by them.
    /// - Returns: their turn.
    @discardableResult
    func keep(_ words: String) throws -> Turn {
        if isNew {
            let greeting = greeting
            conversation = try store.beginConversation(conversation)
            if let greeting {
                let turn = try store.addTurn(
                    Turn(conversationId: conversation.id, role: .assistant, text: greeting))
                branch = ReadBranch(turns: [turn], newestTurnId: turn.id)
            }
        }
        if answering == nil { answering = store.answeringLock(.shared, of: conversation.id) }
        var failed: Turn?
        if let unanswered {
            if hasEmptyAnswer { failed = unanswered }
            try discardEmptyAnswer()
            if words == unanswered.text { return unanswered }
            branch.turns.removeLast()
        }
        // Words that were never sent, such as the last ones of an imported chat, stay in a branch of their own.
        let said = try store.say(words, after: branch, in: conversation.id, replacing: failed?.id)
        tell(of: said)
        branch.turns.append(said.turn)
        branch.newestTurnId = max(branch.newestTurnId, said.turn.id)
        // The first words give it a title.
        conversation = try store.conversation(id: conversation.id)
        return said.turn
    }

    private func tell(of said: SaidWords) {
        guard said.isBranch else { return }
        let place = turns.isEmpty ? "at the beginning" : "after turn \(turns.count)"
        Console.printError(
            "copydesk: The conversation went on elsewhere; your words begin a branch \(place)."
                + (isInteractive ? " /branches lists the branches." : ""))
    }

    /// The user's words at the end if no text answers them: the answer failed, or nothing was sent.
    var unanswered: Turn? {
        let way = hasEmptyAnswer ? turns.dropLast() : turns[...]
        guard let last = way.last, last.role == .user else { return nil }
        return last
    }

    /// True if the last turn is an answer without any text that nobody writes any more.
    private var hasEmptyAnswer: Bool {
        guard let last = turns.last, last.role == .assistant, turns.count > 1 else { return false }
        return last.text.isEmpty && last.drafts.allSatisfy { $0.text.isEmpty && $0.finishReason != nil }
    }

    /// Puts an answer without any text into the trash, so that it is no draft beside the next one.
    func discardEmptyAnswer() throws {
        guard hasEmptyAnswer, let last = turns.last else { return }
        try store.trashTurns(from: last.id)
        branch.turns.removeLast()
    }

    /// Takes words out of the conversation that were not sent.
    /// - Returns: false if they have stayed, as the first words of a conversation do.
    func withdraw(_ words: Turn) throws -> Bool {
        guard turns.last?.id == words.id, try store.withdraw(turn: words.id) else { return false }
        branch.turns.removeLast()
        return true
    }

    /// What the user wanted to say when the conversation was held last, if it has no answer yet.
    func unsentWords() throws -> String? {
        if let unanswered { return unanswered.text }
        return isNew ? nil : try store.withdrawnWords(after: turns.last?.id, in: conversation.id)
    }

    /// Waits until nobody else writes an answer in the conversation, and takes up its newest turn. Nobody else who does so
    /// gets a turn between until the answer is written.
    /// - Returns: false if the user stopped it.
    func waitForTurn(_ stopSignal: StopSignal) async throws -> Bool {
        guard !isNew else { return true }
        let start = ContinuousClock.now
        var hasTold = false
        while answering == nil, store.hasAnsweringLocks {
            answering = store.answeringLock(.alone, of: conversation.id)
            if answering != nil { break }
            if stopSignal.isRaised { return false }
            if !hasTold, ContinuousClock.now - start > .seconds(1) {
                hasTold = true
                Console.printError(
                    "copydesk: Another answer is being written in conversation \(conversation.id); yours comes after it."
                )
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        conversation = try store.conversation(id: conversation.id)
        branch = try store.branch(of: conversation.id)
        return true
    }
}
