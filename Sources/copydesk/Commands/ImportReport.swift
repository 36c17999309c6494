// What `import` brought in, in words and as JSON.

import Generation
import Importing

/// What came in.
struct ImportReport: Encodable {
    struct Conversation: Encodable {
        var id: Int64
        var uuid: String
        var title: String
        var turns: Int
        var file: String
    }

    struct Persona: Encodable {
        var name: String
        var title: String
        var path: String
        var file: String
    }

    var conversations: [Conversation] = []
    var personas: [Persona] = []
    var changedCount = 0
    var leftOut = LeftOut()
    private var knownCount = 0
    private var trashedCount = 0

    mutating func noteKnown(isInTrash: Bool) {
        knownCount += 1
        if isInTrash { trashedCount += 1 }
    }

    private enum Key: String, CodingKey { case conversations, personas, alreadyThere, leftOut }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(conversations, forKey: .conversations)
        try container.encode(personas, forKey: .personas)
        try container.encode(knownCount, forKey: .alreadyThere)
        let counts = leftOut.counts.map { ($0.key.rawValue, $0.value) }
        try container.encode(Dictionary(uniqueKeysWithValues: counts), forKey: .leftOut)
    }

    private static let mostLines = 20

    func tell() throws {
        for item in conversations.prefix(Self.mostLines) {
            let id = String(item.id)
            let padding = String(repeating: " ", count: max(0, 7 - id.count))
            try Console.print("\(padding)\(id)  \(item.title)  (\(counted(item.turns, "turn")))")
        }
        if conversations.count > Self.mostLines {
            try Console.print("        and \(conversations.count - Self.mostLines) more")
        }
        for persona in personas { try Console.print(persona.path) }
        for sentence in sentences { Console.printError(sentence) }
    }

    private var sentences: [String] {
        var sentences: [String] = []
        if !conversations.isEmpty {
            sentences.append("\(counted(conversations.count, "conversation")) imported.")
        }
        if changedCount > 0 {
            sentences.append(
                "\(counted(changedCount, "conversation")) with other turns than before: imported beside the older ones."
            )
        }
        if knownCount > 0 {
            let trash = trashedCount == 0 ? "" : " (\(trashedCount) in the trash)"
            sentences.append("Already there and not imported again: \(knownCount)\(trash).")
        }
        if !leftOut.isEmpty { sentences.append("Left out: \(leftOut.sentencePart).") }
        if let first = conversations.first {
            sentences.append("Go on with it: copydesk chat --cid \(first.id)")
        }
        for persona in personas {
            sentences.append("Chat with \(persona.title): copydesk chat --persona \(ShellWord.of(persona.name))")
        }
        return sentences
    }
}
