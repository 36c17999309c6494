// The counts of tokens that a server reports, wherever it puts them.
// - A chunk without choices counts for one choice on llama.cpp's server, and for the request on others. So the counts
//   of such chunks are added, but of no more chunks than choices were asked for; a server that repeats its count in
//   every chunk would be added up otherwise.
// - A count beside choices is that of these choices so far, and a later one replaces it.
// - A count of a whole answer with several choices is not believed, because llama.cpp's server counts one of them.

import Generation

struct AnswerUsage {
    private struct Counts {
        var prompt: Int?
        var completion: Int?
        var cost: Double?

        init(_ value: JSONValue) {
            prompt = value["prompt_tokens"]?.count
            completion = value["completion_tokens"]?.count
            cost = value["cost"]?.double.flatMap { $0.isFinite && $0 >= 0 ? $0 : nil }
        }
    }

    private let choiceCount: Int
    private var ownChunks: [Counts] = []
    private var byChoice: [Int: Counts] = [:]
    private var isUnreliable = false

    init(choiceCount: Int) { self.choiceCount = max(1, choiceCount) }

    /// - Parameter choices: the numbers of the choices beside it, `nil` for each that is none.
    mutating func take(_ value: JSONValue, choices: [Int?]) -> [AnswerPiece] {
        let counts = Counts(value)
        guard counts.prompt != nil || counts.completion != nil || counts.cost != nil else { return [] }
        switch choices.count {
        case 0:
            if ownChunks.count >= choiceCount { ownChunks.removeLast() }
            ownChunks.append(counts)
        case 1: byChoice[(choices.first ?? nil) ?? 0] = counts
        default:
            isUnreliable = true
            byChoice = [0: counts]
        }
        return [total]
    }

    private var total: AnswerPiece {
        let all = ownChunks.isEmpty ? Array(byChoice.values) : ownChunks
        let completions = all.compactMap(\.completion)
        let costs = all.compactMap(\.cost)
        return .usage(
            prompt: all.compactMap(\.prompt).max(),
            completion: completions.isEmpty || isUnreliable && ownChunks.isEmpty ? nil : completions.reduce(0, +),
            cost: costs.isEmpty ? nil : costs.reduce(0, +))
    }
}
