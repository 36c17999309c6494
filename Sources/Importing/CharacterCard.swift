// A character card of SillyTavern, TavernAI and others, as a persona.
// V1: the fields themselves. V2: https://github.com/malfoyslastname/character-card-spec-v2. V3:
// https://github.com/kwaroran/character-card-spec-v3. Pygmalion's older JSON has other names for those of V1.
// - The system prompt is the card's own, or a sentence of ours; then come description, personality, scenario and what
//   the card wants said at the end.
// - All texts have the names in place of {{user}} and {{char}}.

import Generation

struct CharacterCard {
    private let data: JSONValue
    private let name: String

    /// `nil` if a value is no card.
    init?(_ value: JSONValue) {
        let inner = value["data"].flatMap { $0.members == nil ? nil : $0 }
        let data = inner ?? value
        let name = ImportedText.line(
            [data.clean("name"), data.clean("char_name"), value.clean("name")].first { !$0.isEmpty } ?? "")
        let isNamed = value["spec"]?.text?.hasPrefix("chara_card") == true
        let known = [
            "description", "personality", "first_mes", "mes_example", "char_persona", "char_greeting", "scenario",
        ]
        let count = known.count { data[$0]?.text != nil }
        guard isNamed || (!name.isEmpty && count > 0) || (data["name"]?.text != nil && count > 1) else { return nil }
        self.data = data
        self.name = name.isEmpty ? "Character" : name
    }

    func imported(userName: String) -> ImportedPersona {
        var leftOut = LeftOut()
        let nickname = ImportedText.line(data.clean("nickname"))
        let called = nickname.isEmpty ? name : nickname
        let macros = CardMacros(user: userName, character: called)
        func text(_ keys: String...) -> String {
            ImportedText.trimmed(keys.map { data.clean($0) }.first { !$0.isEmpty }.map(macros.replaced) ?? "")
        }
        let greetings =
            [text("first_mes", "char_greeting")]
            + (data["alternate_greetings"]?.items ?? []).map {
                ImportedText.trimmed(macros.replaced(in: $0.cleanText ?? ""))
            }
        let dialogue = CardExamples(text("mes_example", "example_dialogue"), user: userName, character: called)
        var persona = Persona(
            title: name, system: system(macros, text, dialogue.prose),
            greetings: greetings.filter { !$0.isEmpty }, examples: dialogue.messages,
            speakers: .init(user: userName, assistant: called))
        persona.book = book(macros, &leftOut)
        for name in unreadableFields { leftOut.add(.unreadableFields, at: name) }
        leftOut.add(.unknownMacros, Self.macroCount(persona))
        leftOut.add(.groupGreetings, data["group_only_greetings"]?.items?.count ?? 0)
        // Each card names a picture of its own, which is the card.
        leftOut.add(.images, (data["assets"]?.items ?? []).count { !$0.clean("uri").hasPrefix("ccdefault:") })
        if data["extensions"]?["world"]?.text?.isEmpty == false, persona.book.isEmpty { leftOut.add(.linkedBooks) }
        let notes = data["creator_notes_multilingual"]?["en"]?.cleanText ?? data.clean("creator_notes")
        return ImportedPersona(persona: persona, summary: Self.summary(macros.replaced(in: notes)), leftOut: leftOut)
    }

    /// The names of the card's texts that are something else.
    private var unreadableFields: [String] {
        let names = [
            "description", "personality", "scenario", "first_mes", "mes_example", "system_prompt",
            "post_history_instructions", "char_persona", "char_greeting", "world_scenario", "example_dialogue",
        ]
        let greetings = data["alternate_greetings"]?.items ?? []
        return names.filter { data.has($0) && data[$0]?.text == nil }
            + greetings.filter { $0.text == nil }.map { _ in "alternate_greetings" }
    }

    /// How many macros are in the texts of a persona whose names are filled in.
    private static func macroCount(_ persona: Persona) -> Int {
        let texts =
            [persona.system ?? ""] + persona.greetings + persona.examples.map(\.content) + persona.book.map(\.content)
        return texts.reduce(0) { $0 + $1.matches(of: /\{\{[^{}\n]{1,200}\}\}/).count }
    }

    private func system(_ macros: CardMacros, _ text: (String...) -> String, _ prose: String) -> String {
        let usual =
            "You are \(macros.character), and you talk with \(macros.user). Always answer as \(macros.character), and "
            + "never write what \(macros.user) says or does."
        func own(_ key: String, original: String) -> String {
            ImportedText.trimmed(macros.replaced(in: data.clean(key), others: ["original": original]))
        }
        let first = own("system_prompt", original: usual)
        let description = text("description", "char_persona")
        let personality = text("personality")
        let scenario = text("scenario", "world_scenario")
        let note = data["extensions"]?["depth_prompt"]?["prompt"]?.cleanText ?? ""
        let parts = [
            first.isEmpty ? usual : first, description,
            personality.isEmpty || personality == description
                ? "" : "\(macros.character)'s personality: \(personality)",
            scenario.isEmpty ? "" : "Scenario: \(scenario)", prose,
            own("post_history_instructions", original: ""), ImportedText.trimmed(macros.replaced(in: note)),
        ]
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private func book(_ macros: CardMacros, _ leftOut: inout LeftOut) -> [Persona.BookEntry] {
        guard let entries = data["character_book"]?["entries"] else { return [] }
        // A list; some programs write an object with a number for each entry.
        let list = entries.items ?? entries.members?.map(\.value) ?? []
        return list.compactMap { entry in
            let content = ImportedText.trimmed(macros.replaced(in: Self.withoutDecorators(entry.clean("content"))))
            let isConstant = entry["constant"]?.truth ?? false
            guard !content.isEmpty else {
                leftOut.add(.emptyEntries)
                return nil
            }
            if entry["use_regex"]?.truth == true, !isConstant {
                leftOut.add(.entriesWithPatterns)
                return nil
            }
            let keys = keys(entry["keys"] ?? entry["key"], macros)
            guard isConstant || !keys.isEmpty else {
                leftOut.add(.emptyEntries)
                return nil
            }
            let isSelective = entry["selective"]?.truth ?? false
            return Persona.BookEntry(
                keys: keys, secondaryKeys: isSelective ? self.keys(entry["secondary_keys"], macros) : [],
                content: content, isConstant: isConstant, isCaseSensitive: entry["case_sensitive"]?.truth ?? false,
                isEnabled: entry["enabled"]?.truth ?? true, order: order(entry["insertion_order"]))
        }
    }

    private func keys(_ value: JSONValue?, _ macros: CardMacros) -> [String] {
        let texts =
            value?.items?.compactMap(\.cleanText) ?? value?.cleanText?.split(separator: ",").map(String.init) ?? []
        return texts.map { ImportedText.line(macros.replaced(in: $0)) }.filter { !$0.isEmpty }
    }

    private func order(_ value: JSONValue?) -> Int {
        guard let number = value?.double, number.isFinite else { return 0 }
        return Int(min(max(number, -1e9), 1e9))
    }

    /// The content of an entry without the lines that tell a program where to put it: `@@depth 4`.
    private static func withoutDecorators(_ content: String) -> String {
        let lines = content.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.drop { $0.hasPrefix("@@") }.joined(separator: "\n")
    }

    /// The first line with words, of bearable length.
    private static func summary(_ notes: String) -> String {
        let line = notes.split(whereSeparator: \.isNewline).map { ImportedText.line(String($0)) }.first { !$0.isEmpty }
        guard let line, line.count > 100 else { return line ?? "" }
        return ImportedText.trimmed(String(line.prefix(99))) + "…"
    }
}

/// The example dialogues of a card: blocks that begin with `<START>`, in which `{{user}}:` and `{{char}}:` begin what is
/// said.
struct CardExamples {
    private(set) var messages: [Message] = []
    /// Blocks in which nobody is named, as a part of the system prompt; "" if there are none.
    private(set) var prose = ""

    /// - Parameter text: with the names in their places.
    init(_ text: String, user: String, character: String) {
        var proses: [String] = []
        for block in Self.blocks(text) {
            let read = Self.read(block, user: user, character: character)
            if read.isEmpty { proses.append(ImportedText.trimmed(block)) } else { messages += read }
        }
        let told = proses.filter { !$0.isEmpty }
        if !told.isEmpty { prose = "This is how \(character) talks:\n" + told.joined(separator: "\n\n") }
    }

    private static func blocks(_ text: String) -> [String] {
        var blocks: [[Substring]] = [[]]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if ImportedText.trimmed(String(line)).lowercased() == "<start>" {
                blocks.append([])
            } else {
                blocks[blocks.count - 1].append(line)
            }
        }
        return blocks.map { $0.joined(separator: "\n") }.filter { !ImportedText.trimmed($0).isEmpty }
    }

    private static func read(_ block: String, user: String, character: String) -> [Message] {
        var said: [(role: Message.Role, lines: [Substring])] = []
        var before: [Substring] = []
        for line in block.split(separator: "\n", omittingEmptySubsequences: false) {
            let begun = line.drop(while: \.isWhitespace)
            let names: [(name: String, role: Message.Role)] = [
                (character, .assistant), (user, .user), ("You", .user), ("User", .user),
            ]
            if let speaker = names.first(where: { begun.lowercased().hasPrefix($0.name.lowercased() + ":") }) {
                let words = begun.dropFirst(speaker.name.count + 1).drop(while: \.isWhitespace)
                said.append((speaker.role, said.isEmpty ? before + [words] : [words]))
            } else if said.isEmpty {
                before.append(line)
            } else {
                said[said.count - 1].lines.append(line)
            }
        }
        return said.compactMap { role, lines in
            let text = ImportedText.trimmed(lines.joined(separator: "\n"))
            return text.isEmpty ? nil : Message(role, text, isExample: true)
        }
    }
}
