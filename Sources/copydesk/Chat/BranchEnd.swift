// The branches of a conversation, each told by the turn that it ends with.

import Generation

struct BranchEnd {
    var turn: Turn
    /// How many turns lead to it, itself among them.
    var turnCount: Int

    /// - Parameter turns: all turns of a conversation.
    /// - Returns: those that no other turn follows, the oldest first.
    static func all(of turns: [Turn]) -> [BranchEnd] {
        let parents = Set(turns.compactMap(\.parentTurnId))
        var counts: [Int64: Int] = [:]
        for turn in turns.sorted(by: { $0.id < $1.id }) {
            counts[turn.id] = 1 + (turn.parentTurnId.flatMap { counts[$0] } ?? 0)
        }
        return turns.filter { !parents.contains($0.id) }.sorted { $0.id < $1.id }
            .map { BranchEnd(turn: $0, turnCount: counts[$0.id] ?? 1) }
    }
}
