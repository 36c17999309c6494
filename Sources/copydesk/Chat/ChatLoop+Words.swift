// What the words with a slash do.

import Chat
import Export
import Foundation
import Generation
import Store
import Templates

extension ChatLoop {
    func perform(_ word: ChatWord, _ argument: String) async throws {
        switch word {
        case .help: try Console.write(ChatWord.helpText(columns: reader.columns))
        case .quit: break
        case .model: try model(argument)
        case .persona: try await persona(argument)
        case .system: try system(argument)
        case .retry: try await retry()
        case .continue: try await goOn()
        case .swipe: try swipe(argument)
        case .edit: try edit(argument)
        case .branch: try branch(argument)
        case .branches: try branches(argument)
        case .pin: try pin(argument)
        case .turns: try turns()
        case .context: try await context(argument)
        case .title: try await title(argument)
        case .save: try save(argument)
        case .new:
            begin(newFrom: talk.conversation)
            if let greeting = talk.greeting { try show(greeting) }
        }
    }

    private func model(_ name: String) throws {
        guard !name.isEmpty else { return try Console.print("\(talk.modelName) answers.") }
        try talk.use(model: name)
        try Console.print("\(talk.modelName) answers from now on.")
    }

    private func persona(_ name: String) async throws {
        guard !name.isEmpty else {
            for persona in talk.shared.templateLibrary.personas {
                try Console.print("\(persona.name): \(persona.summary)")
            }
            return
        }
        let template = try TemplateLibrary.persona(named: name, userFolder: talk.shared.paths.templates)
        var other = opening
        (other.persona, other.parameters, other.system) = (template.name, [:], nil)
        do {
            try await other.askForFields()
        } catch is Interrupted {
            return Console.printError("(the conversation stays)")
        }
        talk.begin(try other.newConversation(of: talk.generators, model: talk.conversation.model))
        Console.printError("A new conversation with: \(template.title).")
        for line in other.filledFields(of: template) { Console.printError(line) }
        if let greeting = talk.greeting { try show(greeting) }
    }

    private func begin(newFrom conversation: Conversation) {
        talk.begin(
            Conversation(
                persona: conversation.persona, fields: conversation.fields, model: conversation.model,
                settings: conversation.settings))
    }

    private func system(_ text: String) throws {
        guard !text.isEmpty else {
            return try Console.print(talk.conversation.persona.system ?? "There is no system text.")
        }
        try talk.change { $0.persona.system = text }
        try Console.print("It holds from the next answer on.")
    }

    private func retry() async throws {
        try talk.discardEmptyAnswer()
        guard let last = talk.turns.last else { throw Failure("Nothing was said yet. Say something first.") }
        try await answer(last.role == .user ? .answer(to: last.id) : .another(last.id))
    }

    private func lastAnswer() throws -> Turn {
        guard let last = talk.turns.last, last.role == .assistant, !last.drafts.isEmpty else {
            throw Failure("There is no answer at the end of this conversation. /retry writes one.")
        }
        return last
    }

    private func goOn() async throws {
        let last = try lastAnswer()
        guard let draft = last.activeDraft ?? last.drafts.last else { return }
        try await answer(.rest(of: draft.id, in: last.id))
    }

    private func swipe(_ argument: String) throws {
        let greetings = talk.conversation.persona.greetings.count
        if talk.isNew, greetings > 1 {
            let next = (talk.greetingIndex + 1) % greetings
            talk.greetingIndex = argument.isEmpty ? next : try number(argument, upTo: greetings, "greeting") - 1
            Console.printError("(greeting \(talk.greetingIndex + 1)/\(greetings))")
            return try show(talk.greeting ?? "")
        }
        let parts = argument.split(whereSeparator: \.isWhitespace).map(String.init)
        guard !talk.turns.isEmpty else { throw Failure("Nothing was said yet. Say something first.") }
        guard parts.count <= 2 else {
            throw Failure("/swipe takes a version and a turn, as in: /swipe 2 5")
        }
        let place = try parts.count == 2 ? number(parts[1], upTo: talk.turns.count, "turn") - 1 : talk.turns.count - 1
        let turn = talk.turns[place]
        let versions = try talk.versions(of: turn)
        let count = versions.texts.count
        guard count > 1 else { throw Failure(onlyVersion(of: turn, isLast: place == talk.turns.count - 1)) }
        let next = (versions.current + 1) % count
        let index = try parts.first.map { try number($0, upTo: count, "version") - 1 } ?? next
        try talk.choose(index, of: versions, turn: turn)
        let isLast = place >= talk.turns.count - 1
        Console.printError(
            isLast
                ? "(\(index + 1)/\(count))"
                : "(version \(index + 1)/\(count) of turn \(place + 1); the last of \(talk.turns.count) turns is:)")
        try show(talk.turns.last?.text ?? "")
    }

    private func onlyVersion(of turn: Turn, isLast: Bool) -> String {
        let other = talk.turns.firstIndex { $0.drafts.count > 1 || $0.siblingIds.count > 1 }
        let hint = other.map { " /swipe 2 \($0 + 1) opens version 2 of turn \($0 + 1)." } ?? ""
        guard turn.role == .assistant else { return "These words have one version. /edit makes another one.\(hint)" }
        if turn.drafts.isEmpty { return "This greeting is the only one.\(hint)" }
        return isLast
            ? "This answer has one draft. /retry writes another one beside it.\(hint)"
            : "This answer has one draft.\(hint)"
    }

    private func edit(_ argument: String) throws {
        let role: Message.Role = argument.isEmpty ? .user : .assistant
        guard argument.isEmpty || argument == "answer" else {
            throw Failure("/edit edits your last words, and /edit answer the last answer; '\(argument)' is neither.")
        }
        guard let turn = talk.turns.last(where: { $0.role == role }) else {
            throw Failure("There is nothing to edit yet. Say something first.")
        }
        editing = turn
        nextText = turn.text
        Console.printError("(Enter sends the new text; Ctrl-C leaves the old one)")
    }

    /// Takes a turn's new text.
    func sendEdited(_ text: String, instead turn: Turn) async throws {
        guard text != turn.text, text.contains(where: { !$0.isWhitespace }) else {
            return Console.printError("(nothing changed)")
        }
        let end = talk.turns.last?.id
        let edited: Turn
        do {
            edited = try talk.edit(turn, text: text)
        } catch {
            nextText = text
            throw error
        }
        guard turn.role == .user else { return Console.printError("(changed; /swipe brings back what was there)") }
        do {
            try await answer(.answer(to: edited.id))
        } catch {
            if error is BrokenPipe || talk.wasSent { throw error }
            // What was there stays as it is, and the new text can be made shorter.
            try talk.takeBack(edited, of: turn, openedAt: end)
            (editing, nextText) = (turn, text)
            throw error
        }
    }

    /// The place of the turn that a number names; without one, of the user's last words.
    private func place(_ argument: String) throws -> Int {
        if !argument.isEmpty { return try number(argument, upTo: talk.turns.count, "turn") - 1 }
        guard let last = talk.turns.lastIndex(where: { $0.role == .user }) else {
            throw Failure("Nothing was said yet. Say something first.")
        }
        return last
    }

    private func branch(_ argument: String) throws {
        let turns = talk.turns
        var index = try place(argument)
        // What comes next is said by the user, so it stands beside a turn of the user, not behind it.
        if turns[index].role == .user { index -= 1 }
        guard index >= 0 else {
            talk.branchAtBeginning()
            return Console.printError(
                "What you say next begins the conversation in another way; what was said stays in its own branch.")
        }
        try talk.branch(at: turns[index])
        let count = turns.count - index - 1
        if count > 0 {
            Console.printError(
                "The \(count == 1 ? "turn after it stays in a branch" : "\(count) turns after it stay in a branch") of "
                    + "\(count == 1 ? "its" : "their") own; /branches opens it again.")
        }
        Console.printError("What you say next follows turn \(index + 1):")
        try show(talk.turns.last?.text ?? "")
    }

    private func branches(_ argument: String) throws {
        let ends = try talk.branchEnds()
        guard !ends.isEmpty else { return try Console.print("Nothing was said yet.") }
        guard argument.isEmpty else {
            let end = ends[try number(argument, upTo: ends.count, "branch") - 1]
            try talk.open(branch: end)
            Console.printError("(\(counted(talk.turns.count, "turn")))")
            return try show(talk.turns.last?.text ?? "")
        }
        let open = Set(talk.turns.map(\.id))
        for (index, end) in ends.enumerated() {
            let flat = end.turn.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            let short = flat.count > 50 ? flat.prefix(49) + "…" : flat[...]
            let mark = open.contains(end.turn.id) ? " (open)" : ""
            let speaker = talk.conversation.speaker(of: end.turn)
            try Console.print("\(index + 1). \(counted(end.turnCount, "turn"))\(mark), to \(speaker): \(short)")
        }
    }

    private func pin(_ argument: String) throws {
        let turns = talk.turns
        let index = try place(argument)
        try talk.pin(turns[index])
        try Console.print(
            turns[index].isPinned
                ? "Turn \(index + 1) may leave the context again." : "Turn \(index + 1) stays in the context.")
    }

    private func turns() throws {
        guard !talk.turns.isEmpty else { return try Console.print("Nothing was said yet.") }
        for (index, turn) in talk.turns.enumerated() {
            let flat = turn.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            let short = flat.count > 60 ? flat.prefix(59) + "…" : flat[...]
            let place = turn.drafts.firstIndex { $0.id == turn.activeDraftId }.map { $0 + 1 } ?? 1
            let swipes = turn.drafts.count > 1 ? " (\(place)/\(turn.drafts.count))" : ""
            let version = (turn.siblingIds.firstIndex(of: turn.id) ?? 0) + 1
            let others = turn.siblingIds.count > 1 ? " (version \(version) of \(turn.siblingIds.count))" : ""
            try Console.print(
                "\(index + 1). \(turn.isPinned ? "[pinned] " : "")\(talk.conversation.speaker(of: turn))\(swipes)\(others): \(short)"
            )
        }
        let count = try talk.branchEnds().count
        if count > 1 {
            try Console.print("This is one of \(count) branches. /branches lists them, /branches N opens one.")
        }
    }

    private func context(_ argument: String) async throws {
        if !argument.isEmpty {
            guard let rule = ContextRule(rawValue: argument) else {
                let names = ContextRule.allCases.map(\.rawValue).joined(separator: ", ")
                throw Failure("There is no rule '\(argument)'. The rules are: \(names).")
            }
            try talk.change { $0.settings.contextRule = rule }
        }
        let plan = try await talk.plan()
        try Console.print(
            RulerText.line(plan, askedTokens: talk.conversation.settings.sampling.maxTokens))
        if let leaving = RulerText.leaving(plan) { try Console.print(leaving) }
        try Console.print("Rule if it is full: \(talk.conversation.settings.contextRule.rawValue)")
    }

    private func title(_ argument: String) async throws {
        guard !talk.turns.isEmpty else { throw Failure("Nothing was said yet. Say something first.") }
        var title = argument
        if title.isEmpty {
            let stopSignal = StopSignal()
            let interrupts = InterruptWatch(stopSignal: stopSignal)
            defer { interrupts.cancel() }
            guard let asked = try await talk.askTitle(stopSignal: stopSignal) else {
                throw Failure("The model gave no title. Type one behind /title.")
            }
            title = asked
        }
        try talk.change { $0.title = title }
        try Console.print("Title: \(title)")
    }

    private func save(_ argument: String) throws {
        guard !argument.isEmpty else { throw Failure("Name the file, as in: /save chat.md") }
        guard !talk.turns.isEmpty else { throw Failure("Nothing was said yet. Say something first.") }
        let format = ExportFormat(fileName: argument) ?? .markdown
        let lastName = argument.split(separator: "/").last ?? ""
        guard ExportFormat(fileName: argument) != nil || !lastName.dropFirst().contains(".") else {
            let names = ConversationExport.formats.map(\.rawValue).joined(separator: ", ")
            throw Failure("There is no form for a file that ends as \(lastName) does. The endings are: \(names).")
        }
        guard ConversationExport.formats.contains(format) else {
            let names = ConversationExport.formats.map(\.rawValue).joined(separator: ", ")
            throw Failure("A conversation has no form as \(format.title). The endings are: \(names).")
        }
        let contents = try talk.contents(allTurns: ConversationExport.holdsAllTurns(format))
        _ = try ExportFile.write(to: TextFile.expand(argument), force: false) { output in
            try ConversationExport.write(count: 1, as: format, reading: { _ in contents }, to: output)
        }
        try Console.print("Written to \(argument).")
    }

    private func number(_ text: String, upTo count: Int, _ what: String) throws -> Int {
        guard let number = Int(text), (1...max(count, 1)).contains(number), count > 0 else {
            let hint = what == "turn" ? " /branches lists the branches with other turns." : ""
            throw Failure("There is no \(what) '\(text)'. Give a number from 1 to \(max(count, 1)).\(hint)")
        }
        return number
    }
}
