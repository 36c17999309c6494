// The messages that a conversation becomes if its turns before a cut have left.

import Generation

/// The open branch of a conversation, ready to be cut.
struct ContextMessages: Sendable {
    /// What the summary is announced with in the system text.
    static let summaryHeading = "Summary of the conversation so far: "

    let persona: Persona
    let turns: [Turn]
    /// The text of each turn, in the draft that the next turn follows.
    let texts: [String]
    let summary: ConversationSummary?
    /// The turns that the summary takes in: those before this index.
    let summarizedCount: Int
    let told: [Persona.BookEntry]
    /// The beginning of the answer, if it is there already.
    let beginning: String?

    init(_ persona: Persona, _ turns: [Turn], summary: ConversationSummary?, beginning: String?) {
        self.persona = persona
        self.turns = turns
        self.beginning = beginning
        texts = turns.indices.map { index in
            let next = index + 1 < turns.count ? turns[index + 1].parentDraftId : nil
            return turns[index].drafts.first { $0.id == next }?.text ?? turns[index].text
        }
        let place = summary.flatMap { summary in turns.firstIndex { $0.id == summary.beforeTurnId } }
        self.summary = place == nil ? nil : summary
        summarizedCount = place ?? 0
        told = persona.toldEntries(after: texts.suffix(Persona.bookDepth))
    }

    /// The turns that go to the model if those before a cut leave.
    func indices(from cut: Int) -> [Int] { turns.indices.filter { $0 >= cut || turns[$0].isPinned } }

    /// - Parameters:
    ///   - cut: the turns before this index leave, but for pinned ones.
    ///   - without: a part that is left out, to count its tokens.
    func messages(from cut: Int, examples: Bool = true, without part: Part? = nil) -> [Message] {
        var messages: [Message] = []
        if let system = systemText(without: part) { messages.append(Message(.system, system)) }
        if examples, part != .examples {
            messages += persona.examples.map { Message($0.role, $0.content, isExample: true) }
        }
        for index in indices(from: cut) {
            let isNewest = index == turns.count - 1
            if part == .pinned, turns[index].isPinned, !isNewest { continue }
            // An answer that failed left no text.
            guard texts[index].contains(where: { !$0.isWhitespace }) else { continue }
            messages.append(Message(turns[index].role, texts[index]))
        }
        if let beginning { messages.append(Message(.assistant, beginning)) }
        return messages
    }

    /// A part of the prompt with a number of its own.
    enum Part { case system, examples, pinned, summary }

    /// `nil` if there is nothing to say. It stays a message, though an empty one, if all of it is left out: a chat
    /// template may have a system text of its own for conversations without any.
    private func systemText(without part: Part?) -> String? {
        var texts: [String] = []
        if part != .system {
            if let system = persona.system { texts.append(system) }
            texts += told.map(\.content)
        }
        if let summary, part != .summary { texts.append(Self.summaryHeading + summary.text) }
        texts = texts.filter { $0.contains { !$0.isWhitespace } }
        if texts.isEmpty, part == nil || !hasSystemText { return nil }
        return texts.joined(separator: "\n\n")
    }

    private var hasSystemText: Bool { systemText(without: nil) != nil }

    var hasPinned: Bool { turns.dropLast().contains(where: \.isPinned) }
    var hasOwnSystemText: Bool { persona.system?.isEmpty == false || !told.isEmpty }
}
