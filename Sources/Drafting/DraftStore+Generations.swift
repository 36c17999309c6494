// Drafts of the store gathered by generation, as the command line and the studio list them.

import Generation
import Store

extension DraftStore {
    /// The ids of all drafts of a generation, in the order of the variants; none if the generation is gone.
    public func draftIds(ofGeneration id: Int64) throws -> [Int64] {
        try generation(id: id)?.drafts.map(\.id) ?? []
    }

    /// Generations with drafts in the trash, the last thrown away first.
    /// - Parameter limit: the number of drafts.
    public func trashedGenerations(limit: Int) throws -> [SavedGeneration] {
        Self.generations(of: try trashed(limit: limit))
    }

    /// The generations of found drafts in the order of their first draft, each with only those drafts.
    public static func generations(of found: [FoundDraft]) -> [SavedGeneration] {
        var order: [Int64] = []
        var byId: [Int64: SavedGeneration] = [:]
        for item in found {
            if byId[item.generation.id] == nil {
                order.append(item.generation.id)
                byId[item.generation.id] = item.generation
                byId[item.generation.id]?.drafts = []
            }
            byId[item.generation.id]?.drafts.append(item.draft)
        }
        return order.compactMap { byId[$0] }
    }
}
