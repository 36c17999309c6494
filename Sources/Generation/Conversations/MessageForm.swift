// Forms of a conversation for chat templates that do not take it as it is, of a model here or at a server.
// - No form loses a text, and none changes the order of the turns.
// - The forms come with the fewest changes first.

/// A conversation as a template gets it, and what was changed for that.
package struct MessageForm: Sendable, Hashable {
    /// A change, in the order in which they are tried.
    package enum Change: CaseIterable, Sendable {
        case openWithUser, joinTurns, moveLaterSystem, leaveOutEmpty, moveSystem
    }

    package var messages: [Message]
    /// Those that had an effect, in their order.
    package var changes: [Change]

    /// What a user's turn says that was only put before an answer: a sign of every language.
    package static let opening = "…"

    /// The conversation in other forms.
    package static func others(of messages: [Message]) -> [MessageForm] {
        let changes = Change.allCases
        let sets = (1..<(1 << changes.count)).map { bits in
            changes.indices.filter { bits >> $0 & 1 == 1 }.map { changes[$0] }
        }
        // With no system text anywhere, none need be kept at the beginning.
        .filter { !($0.contains(.moveLaterSystem) && $0.contains(.moveSystem)) }
        .enumerated().sorted { ($0.element.count, $0.offset) < ($1.element.count, $1.offset) }.map(\.element)
        var forms = [MessageForm(messages: messages, changes: [])]
        for set in sets {
            let form = MessageForm(messages: messages, set)
            if !forms.contains(where: { $0.messages == form.messages }) { forms.append(form) }
        }
        return Array(forms.dropFirst())
    }

    /// The conversation with these changes, made in the order of `Change`.
    package init(messages: [Message], _ changes: [Change]) {
        self.init(messages: messages, changes: [])
        func change(_ change: Change, _ make: ([Message]) -> [Message]) {
            guard changes.contains(change) else { return }
            let changed = make(self.messages)
            if changed != self.messages { self.changes.append(change) }
            self.messages = changed
        }
        change(.moveSystem) { Self.movingSystem($0, from: 0) }
        change(.moveLaterSystem) { Self.movingSystem($0, from: $0.prefix { $0.role == .system }.count) }
        change(.leaveOutEmpty, Self.leavingOutEmpty)
        change(.openWithUser, Self.openingWithUser)
        change(.joinTurns, Self.joiningTurns)
        self.changes = Change.allCases.filter(self.changes.contains)
    }

    package init(messages: [Message], changes: [Change]) {
        self.messages = messages
        self.changes = changes
    }

    // MARK: Changes

    /// Puts system text into the user's turn beside it, or makes it one.
    /// - Parameter start: messages before this one stay.
    private static func movingSystem(_ messages: [Message], from start: Int) -> [Message] {
        var result = Array(messages.prefix(start))
        var waiting: Message?
        func add(_ system: Message) {
            if let last = result.indices.last, last >= start, result[last].role == .user {
                result[last] = joined(result[last], system)
            } else {
                result.append(Message(.user, system.content, isExample: system.isExample))
            }
        }
        for message in messages.dropFirst(start) {
            switch (message.role, waiting) {
            case (.system, let before): waiting = before.map { joined($0, message) } ?? message
            case (.user, let system?):
                result.append(Message(.user, joined(system, message).content, isExample: message.isExample))
                waiting = nil
            case (_, let system):
                if let system { add(system) }
                waiting = nil
                result.append(message)
            }
        }
        if let waiting { add(waiting) }
        return result
    }

    /// The last message stays: it says what the model has to do.
    private static func leavingOutEmpty(_ messages: [Message]) -> [Message] {
        messages.dropLast().filter { !$0.content.unicodeScalars.allSatisfy(\.properties.isWhitespace) }
            + messages.suffix(1)
    }

    /// Puts a user's turn before answers that have none: a greeting, at the beginning or behind the examples.
    private static func openingWithUser(_ messages: [Message]) -> [Message] {
        var result: [Message] = []
        for message in messages {
            let before = result.last
            let isOpening =
                before.map { $0.role == .system || $0.role == .assistant && $0.isExample && !message.isExample } ?? true
            if message.role == .assistant, isOpening {
                result.append(Message(.user, opening, isExample: message.isExample))
            }
            result.append(message)
        }
        return result
    }

    private static func joiningTurns(_ messages: [Message]) -> [Message] {
        var result: [Message] = []
        for message in messages {
            if let last = result.indices.last, result[last].role == message.role {
                result[last] = joined(result[last], message)
            } else {
                result.append(message)
            }
        }
        return result
    }

    /// Two texts with a blank line between them, as the turn of the first.
    private static func joined(_ first: Message, _ second: Message) -> Message {
        var message = first
        message.content = [first.content, second.content].filter { !$0.isEmpty }.joined(separator: "\n\n")
        return message
    }
}

// MARK: What is said

extension MessageForm {
    /// What was changed and why, in a sentence; `nil` if nothing was.
    package var notice: String? {
        guard !changes.isEmpty else { return nil }
        let parts = changes.map { change in
            switch change {
            case .joinTurns: "no two turns of one side in a row, so they were joined"
            case .moveLaterSystem: "no system text behind the beginning, so it was put into the user's turns"
            case .openWithUser: "no answer before the user's first turn, so a turn of '\(Self.opening)' was put there"
            case .leaveOutEmpty: "no empty turns, so they were left out"
            case .moveSystem: "no system text, so it was put into the user's turns"
            }
        }
        return "The model's chat template takes " + parts.joined(separator: ", and ") + "."
    }
}
