// A conversation that was exported as JSON comes back: all turns, drafts, branches and the persona.
// - Ids are new; the uuid stays, so that it is known again. Options and limits are those of the one who imports it.

import Generation

enum CopydeskConversation {
    /// The conversation of `{"conversation": {…}, "turns": […]}`; `nil` if it is none.
    static func read(_ value: JSONValue) -> ImportedConversation? {
        guard let head = value["conversation"], head.members != nil, let turns = value["turns"]?.items else {
            return nil
        }
        var models: [Int: String] = [:]
        for generation in value["generations"]?.items ?? [] {
            if let id = generation["id"]?.int { models[id] = generation["model"]?.cleanText }
        }
        var reader = Reader(turns: turns, models: models)
        let (read, last) = reader.read(head: head["headTurnId"]?.int)
        return ImportedConversation(
            conversation: conversation(head), turns: read, head: last, leftOut: reader.leftOut)
    }

    private static func conversation(_ head: JSONValue) -> Conversation {
        var conversation = Conversation(model: head.clean("model"))
        conversation.uuid = head["uuid"]?.uuid ?? ""
        conversation.title = head.clean("title")
        conversation.createdAt = ImportedDate.seconds(head["createdAt"]) ?? 0
        conversation.updatedAt = ImportedDate.seconds(head["updatedAt"]) ?? 0
        for (key, value) in head["fields"]?.members ?? [] {
            conversation.fields[String(decoding: key, as: UTF8.self)] = value.cleanText
        }
        let rule = head["contextRule"]?.text.flatMap(ContextRule.init(rawValue:))
        conversation.settings.contextRule = rule ?? conversation.settings.contextRule
        if let count = head["variants"]?.int, GenerationRequest.variantRange.contains(count) {
            conversation.settings.variantCount = count
        }
        conversation.persona = persona(head)
        return conversation
    }

    private static func persona(_ head: JSONValue) -> Persona {
        var persona = Persona()
        persona.name = head["persona"]?.cleanText
        persona.hash = head["personaHash"]?.cleanText
        persona.title = head["personaTitle"]?.cleanText ?? persona.title
        persona.system = head["systemPrompt"]?.cleanText
        persona.greetings = head["greetings"]?.items?.compactMap(\.cleanText) ?? []
        persona.examples = (head["examples"]?.items ?? []).compactMap { item in
            guard let role = item["role"]?.text.flatMap(Message.Role.init(rawValue:)) else { return nil }
            return Message(role, item.clean("content"), isExample: true)
        }
        persona.speakers.user = head["speakers"]?["user"]?.cleanText ?? persona.speakers.user
        persona.speakers.assistant = head["speakers"]?["assistant"]?.cleanText ?? persona.speakers.assistant
        persona.book = (head["book"]?.items ?? []).map { entry in
            Persona.BookEntry(
                keys: entry["keys"]?.items?.compactMap(\.cleanText) ?? [],
                secondaryKeys: entry["secondaryKeys"]?.items?.compactMap(\.cleanText) ?? [],
                content: entry.clean("content"), isConstant: entry["constant"]?.truth ?? false,
                isCaseSensitive: entry["caseSensitive"]?.truth ?? false, isEnabled: entry["enabled"]?.truth ?? true,
                order: entry["order"]?.int ?? 0)
        }
        return persona
    }

    private struct Reader {
        let turns: [JSONValue]
        let models: [Int: String]
        var leftOut = LeftOut()
        private var read: [ImportedTurn] = []
        /// The place in `read` of each turn's id, and the ids of its drafts.
        private var places: [Int: (index: Int, drafts: [Int])] = [:]

        init(turns: [JSONValue], models: [Int: String]) {
            self.turns = turns
            self.models = models
        }

        /// A turn is read behind the one that it follows; what follows none that is there comes at the end, as a first turn.
        mutating func read(head: Int?) -> (turns: [ImportedTurn], head: Int?) {
            var followers: [Int?: [JSONValue]] = [:]
            let ids = Set(turns.compactMap { $0["id"]?.int })
            for turn in turns {
                guard turn["deletedAt"]?.isNull ?? true else {
                    leftOut.add(.deletedTexts)
                    continue
                }
                let parent = turn["parentTurnId"]?.int
                followers[parent.flatMap { ids.contains($0) ? $0 : nil }, default: []].append(turn)
            }
            var waiting: [JSONValue] = (followers.removeValue(forKey: nil) ?? []).reversed()
            while true {
                guard let turn = waiting.popLast() else {
                    // Turns in a circle: one of them begins, as a first turn.
                    guard let next = followers.keys.compactMap(\.self).min() else { break }
                    waiting = (followers.removeValue(forKey: next) ?? []).reversed()
                    continue
                }
                take(turn)
                if let id = turn["id"]?.int {
                    waiting += (followers.removeValue(forKey: id) ?? []).reversed()
                }
            }
            return (read, head.flatMap { places[$0]?.index } ?? (read.isEmpty ? nil : read.count - 1))
        }

        private static func isMarked(_ draft: JSONValue) -> Bool {
            draft["starred"]?.truth == true || draft.has("rating") || !draft.clean("note").isEmpty
                || draft["tags"]?.items?.isEmpty == false
        }

        private mutating func take(_ turn: JSONValue) {
            guard let role = turn["role"]?.text.flatMap(Message.Role.init(rawValue:)), role != .system else {
                return leftOut.add(.otherContent)
            }
            let all = turn["drafts"]?.items ?? []
            let drafts = all.filter { $0["deletedAt"]?.isNull ?? true }
            leftOut.add(.deletedTexts, all.count - drafts.count)
            leftOut.add(.marks, drafts.count(where: Self.isMarked))
            var result = ImportedTurn(
                parent: nil, role: role, texts: drafts.isEmpty ? [turn.clean("text")] : drafts.map { $0.clean("text") },
                createdAt: ImportedDate.seconds(turn["createdAt"]), isPinned: turn["pinned"]?.truth ?? false)
            for (index, draft) in drafts.enumerated() {
                if let thoughts = draft["reasoning"]?.cleanText { result.reasoning[index] = thoughts }
            }
            let ids = drafts.map { $0["id"]?.int ?? 0 }
            result.choice = turn["activeDraftId"]?.int.flatMap(ids.firstIndex(of:)) ?? max(0, drafts.count - 1)
            result.model = drafts.first?["generationId"]?.int.flatMap { models[$0] }
            if let parent = turn["parentTurnId"]?.int, let place = places[parent] {
                result.parent = place.index
                let choice = turn["parentDraftId"]?.int.flatMap(place.drafts.firstIndex(of:))
                result.parentChoice = read[place.index].texts.count > 1 ? choice ?? read[place.index].choice : nil
            }
            if let id = turn["id"]?.int, places[id] == nil { places[id] = (read.count, ids) }
            read.append(result)
        }
    }
}
