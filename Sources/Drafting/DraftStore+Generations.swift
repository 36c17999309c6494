// Drafts of the store by generation.

import Store

extension DraftStore {
    /// The ids of all drafts of a generation, in the order of the variants; none if the generation is gone.
    public func draftIds(ofGeneration id: Int64) throws -> [Int64] {
        try generation(id: id)?.drafts.map(\.id) ?? []
    }
}
