// A conversation of ChatGPT's export: `mapping` is a tree of messages, `current_node` the last one of the open branch.
// - Edits of a question are siblings. Other answers to a question, however many messages each has, are the choices of
//   one answer.
// - The messages of an answer are joined; those to and from tools, hidden ones and thoughts are no part of it. A
//   document that the answer writes beside the conversation is.
// - Parents that are missing and circles break no file: such a message begins a branch of its own.
// - Nothing here is recursive, because a branch may have any length.

import Generation

enum ChatGPTConversation {
    /// `nil` if the value is no conversation.
    static func read(_ value: JSONValue) -> ImportedConversation? {
        guard let members = value["mapping"]?.members else { return nil }
        let tree = ChatGPTTree(members, current: value["current_node"]?.bytes)
        var conversation = Conversation(model: "")
        conversation.uuid = value["conversation_id"]?.uuid ?? value["id"]?.uuid ?? ""
        conversation.title = value.clean("title")
        conversation.createdAt = ImportedDate.seconds(value["create_time"]) ?? 0
        conversation.updatedAt = ImportedDate.seconds(value["update_time"]) ?? 0
        var builder = TurnBuilder(tree: tree)
        builder.build()
        conversation.model =
            builder.turns.last { $0.model != nil }?.model ?? value["default_model_slug"]?.cleanText ?? ""
        let system = tree.messages.compactMap { $0?.system }.filter { !$0.isEmpty }
        // The same instructions stand in the file again after each edit.
        var seen: Set<String> = []
        let told = system.filter { seen.insert($0).inserted }
        conversation.persona = Persona(title: "ChatGPT", system: told.isEmpty ? nil : told.joined(separator: "\n\n"))
        var leftOut = LeftOut()
        for message in tree.messages { if let message { leftOut += message.leftOut } }
        let unreadable = tree.messages.count { $0?.isUnreadable == true }
        let title = ImportedText.line(conversation.title)
        leftOut.add(.unreadableMessages, unreadable, at: "in '\(title.isEmpty ? conversation.uuid : title)'")
        return ImportedConversation(
            conversation: conversation, turns: builder.turns, head: builder.head, leftOut: leftOut)
    }
}

/// The messages of a conversation in an order in which each follows its parent.
private struct ChatGPTTree {
    /// By node; `nil` if a node has no message.
    var messages: [ChatGPTMessage?] = []
    /// Each node, behind its parent.
    private(set) var order: [Int] = []
    /// The parent by node, which comes earlier in `order`.
    private(set) var parents: [Int?]
    /// The nodes of the open branch.
    private(set) var open: Set<Int> = []
    /// The last node of the open branch.
    private(set) var last: Int?

    init(_ members: [(key: [UInt8], value: JSONValue)], current: [UInt8]?) {
        messages = members.map { ChatGPTMessage($0.value["message"]) }
        let places = Dictionary(members.indices.map { (members[$0].key, $0) }) { _, later in later }
        let listed: [[Int]] = members.map { member in
            (member.value["children"]?.items ?? []).compactMap { $0.bytes.flatMap { places[$0] } }
        }
        var named: [Int?] = members.map { $0.value["parent"]?.bytes.flatMap { places[$0] } }
        // A list of children counts only for those that name no other parent.
        for index in members.indices {
            for child in listed[index] where named[child] == nil && child != index { named[child] = index }
        }
        var children = [[Int]](repeating: [], count: members.count)
        var isPlaced = [Bool](repeating: false, count: members.count)
        func place(_ child: Int, below parent: Int) {
            guard named[child] == parent, !isPlaced[child] else { return }
            isPlaced[child] = true
            children[parent].append(child)
        }
        for index in members.indices { for child in listed[index] { place(child, below: index) } }
        for index in members.indices { if let parent = named[index] { place(index, below: parent) } }
        parents = Array(repeating: nil, count: members.count)
        var isSeen = Array(repeating: false, count: members.count)
        func visit(_ root: Int, _ parents: inout [Int?], _ order: inout [Int]) {
            var waiting: [(node: Int, parent: Int?)] = [(root, nil)]
            while let (node, parent) = waiting.popLast() {
                guard !isSeen[node] else { continue }
                isSeen[node] = true
                parents[node] = parent
                order.append(node)
                waiting += children[node].reversed().map { ($0, node) }
            }
        }
        for index in members.indices where named[index] == nil || named[index] == index {
            visit(index, &parents, &order)
        }
        for index in members.indices where !isSeen[index] { visit(index, &parents, &order) }
        last = current.flatMap { places[$0] } ?? order.last
        var node = last
        while let place = node {
            open.insert(place)
            node = parents[place]
        }
    }
}

/// Makes turns of the messages: siblings of questions, choices of answers.
private struct TurnBuilder {
    let tree: ChatGPTTree
    private(set) var turns: [ImportedTurn] = []
    private(set) var head: Int?

    /// A turn and one of its texts.
    private struct Place: Hashable {
        var turn: Int?
        var choice: Int
    }

    /// What lies above a message: the turn that the next question follows, or an answer that has begun.
    private struct Above {
        var place = Place(turn: nil, choice: 0)
        var answer: [String]?
        var thoughts: [String] = []
        var model: String?
        /// The turn that the answer follows.
        var start = Place(turn: nil, choice: 0)
    }

    /// The answer to each question.
    private var answers: [Place: Int] = [:]
    /// The answers whose choice is that of the open branch.
    private var settled: Set<Int> = []

    init(tree: ChatGPTTree) { self.tree = tree }

    mutating func build() {
        let (goesOn, isFollowed) = followers()
        var above: [Above] = Array(repeating: Above(), count: tree.messages.count)
        for node in tree.order {
            var state = tree.parents[node].map { above[$0] } ?? Above()
            if let message = tree.messages[node] {
                if let thoughts = message.thoughts { state.thoughts.append(thoughts) }
                if message.isTurn {
                    if message.role == .user {
                        addQuestion(message, &state)
                    } else {
                        addToAnswer(message, &state, isEnd: !goesOn[node] || isFollowed[node], node)
                    }
                }
            }
            above[node] = state
        }
        let end = tree.last.map { above[$0] }
        let answer = end.flatMap { $0.answer == nil ? nil : answers[$0.start] }
        head = answer ?? end?.place.turn ?? (turns.isEmpty ? nil : turns.count - 1)
        for index in turns.indices {
            guard let parent = turns[index].parent else { continue }
            if turns[parent].texts.count == 1 { turns[index].parentChoice = nil }
        }
    }

    /// By node: if the next messages below belong to the same answer, and if a question follows.
    private func followers() -> (goesOn: [Bool], isFollowed: [Bool]) {
        var goesOn = Array(repeating: false, count: tree.messages.count)
        var isFollowed = goesOn
        for node in tree.order.reversed() {
            guard let parent = tree.parents[node] else { continue }
            if let message = tree.messages[node], message.isTurn {
                if message.role == .user { isFollowed[parent] = true } else { goesOn[parent] = true }
            } else {
                goesOn[parent] = goesOn[parent] || goesOn[node]
                isFollowed[parent] = isFollowed[parent] || isFollowed[node]
            }
        }
        return (goesOn, isFollowed)
    }

    private mutating func addQuestion(_ message: ChatGPTMessage, _ state: inout Above) {
        let parent = state.place
        turns.append(
            ImportedTurn(
                parent: parent.turn, parentChoice: parent.turn.map { _ in parent.choice }, role: .user,
                texts: [message.text], createdAt: message.createdAt))
        state = Above(place: Place(turn: turns.count - 1, choice: 0))
        state.start = state.place
    }

    private mutating func addToAnswer(
        _ message: ChatGPTMessage, _ state: inout Above, isEnd: Bool, _ node: Int
    ) {
        if state.answer == nil { state.start = state.place }
        let texts = (state.answer ?? []) + [message.text]
        state.answer = texts
        state.model = message.model ?? state.model
        guard isEnd else { return }
        let text = texts.joined(separator: "\n\n")
        let turn: Int
        if let known = answers[state.start] {
            turn = known
            turns[turn].texts.append(text)
        } else {
            turn = turns.count
            let parent = state.start.turn
            turns.append(
                ImportedTurn(
                    parent: parent, parentChoice: parent.map { _ in state.start.choice }, role: .assistant,
                    texts: [text], createdAt: message.createdAt))
            answers[state.start] = turn
        }
        let choice = turns[turn].texts.count - 1
        turns[turn].model = state.model ?? turns[turn].model
        if !state.thoughts.isEmpty { turns[turn].reasoning[choice] = state.thoughts.joined(separator: "\n\n") }
        // The last answer is shown, unless the open branch goes through another one.
        if tree.open.contains(node) { settled.insert(turn) }
        if tree.open.contains(node) || !settled.contains(turn) { turns[turn].choice = choice }
        state.place = Place(turn: turn, choice: choice)
    }
}
