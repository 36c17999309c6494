// The places where the turns of a conversation may be cut.

import Generation

/// Indices of turns that may be the first ones to stay, rising.
struct ContextCuts {
    /// More bytes a token than any text has on the whole.
    private static let mostTokenBytes = 64

    /// The first one leaves all turns, the last one only the newest exchange.
    let cuts: [Int]
    /// The first of the cuts whose turns are not too long in any case.
    let firstHopeful: Int
    private let hopefulIndex: Int

    var last: Int { cuts[cuts.count - 1] }

    /// - Parameters:
    ///   - start: the turns before it have left already.
    ///   - step: the bytes between two stable cuts, which are the context's tokens.
    init(of context: ContextMessages, from start: Int, step: Int) {
        let turns = context.turns
        let exchanges = turns.indices.filter { $0 > start && turns[$0].role == .user }
        let bytes = context.texts.map(\.utf8.count)
        var offset = bytes.prefix(start).reduce(0, +)
        let step = max(step, AnswerRoom.least)
        var stable: [Int] = []
        var (index, block) = (start, offset / step)
        for exchange in exchanges {
            while index < exchange {
                offset += bytes[index]
                index += 1
            }
            if offset / step > block { stable.append(exchange) }
            block = offset / step
        }
        let fine = exchanges.filter { $0 > stable.last ?? start }
        cuts = [start] + stable + fine

        let most = step.multipliedReportingOverflow(by: Self.mostTokenBytes)
        var (rest, hopeful) = (0, turns.count)
        while hopeful > 0, rest + bytes[hopeful - 1] <= (most.overflow ? .max : most.partialValue) {
            hopeful -= 1
            rest += bytes[hopeful]
        }
        hopefulIndex = hopeful
        firstHopeful = cuts.firstIndex { $0 >= hopeful } ?? cuts.count - 1
    }

    /// True if the turns from a cut on are longer than the context in any case.
    func isHopeless(_ cut: Int) -> Bool { cut < hopefulIndex && cuts.count > 1 }
}
