// Reads files of other programs to their end, as an import does, and holds what comes out against what the store expects.

import Generation
import Importing

enum ImportReading {
    static func read(_ bytes: [UInt8]) throws {
        let contents = try ImportContents(BytesSource(bytes), file: "fuzzed", userName: "Ann")
        precondition(!contents.files.isEmpty, "contents without files")
        for file in contents.files {
            var parts: [Double] = []
            let leftOut = try file.forEach(progress: { parts.append($0) }) { item in
                switch item {
                case .conversation(let conversation): check(conversation)
                case .persona(let persona): check(persona)
                }
            }
            precondition(parts.allSatisfy { (0...1).contains($0) }, "a part of the file beyond all of it")
            precondition(leftOut.isEmpty == leftOut.sentencePart.isEmpty, "a count without words")
        }
    }

    private static func check(_ read: ImportedConversation) {
        let turns = read.turns
        precondition(!turns.isEmpty, "a conversation without turns")
        precondition(read.head.map(turns.indices.contains) ?? true, "a head that is no turn")
        precondition(!read.conversation.title.contains(where: \.isNewline), "a title of two lines")
        let times = [read.conversation.createdAt, read.conversation.updatedAt]
        precondition(times.allSatisfy(\.isFinite), "a time that is none")
        precondition(read.contentUuid.utf8.count == 36, "an id of another length")
        for (index, turn) in turns.enumerated() {
            precondition(turn.role != .system && !turn.texts.isEmpty, "a turn without a text")
            precondition(turn.texts.indices.contains(turn.choice), "a choice that is no text")
            precondition(turn.reasoning.keys.allSatisfy(turn.texts.indices.contains), "thoughts of no text")
            precondition(turn.createdAt?.isFinite ?? true, "a time that is none")
            guard let parent = turn.parent else { continue }
            precondition(parent >= 0 && parent < index, "a turn before the one that it follows")
            let choices = turns[parent].texts.indices
            precondition(turn.parentChoice.map(choices.contains) ?? true, "a turn that follows no text")
        }
    }

    private static func check(_ read: ImportedPersona) {
        precondition(!read.persona.title.isEmpty && read.persona.system?.isEmpty == false, "a persona without words")
        precondition(read.persona.greetings.allSatisfy { !$0.isEmpty }, "an empty greeting")
        precondition(read.persona.book.allSatisfy { $0.isConstant || !$0.keys.isEmpty }, "an entry without keys")
    }
}
