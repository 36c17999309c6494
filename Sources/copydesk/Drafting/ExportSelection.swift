import Export
import Generation
import Store

/// Which drafts an export takes, read from the store; those in the trash stay there unless named by id.
struct ExportSelection {
    enum Scope {
        case drafts([Int64])
        case generation(Int64)
        case starred
        case found(String)
        case all
    }

    let store: DraftStore

    func items(_ scope: Scope) throws -> [ExportItem] {
        switch scope {
        case .drafts(let ids):
            return try ids.map { id in
                let found = try store.found(draft: id)
                return ExportItem(draft: found.draft, generation: found.generation)
            }
        case .generation(let id):
            guard let generation = try store.generation(id: id) else { return [] }
            return generation.drafts.filter { $0.deletedAt == nil }.map {
                ExportItem(draft: $0, generation: generation)
            }
        case .starred:
            return try everything().filter(\.draft.starred)
        case .found(let query) where !query.isEmpty:
            return try store.search(query, limit: .max).map { ExportItem(draft: $0.draft, generation: $0.generation) }
        case .found, .all:
            return try everything()
        }
    }

    /// Oldest first, page by page.
    private func everything() throws -> [ExportItem] {
        var generations: [[ExportItem]] = []
        var cursor: HistoryCursor?
        repeat {
            let page = try store.history(before: cursor, limit: 500)
            for generation in page.generations {
                generations.append(
                    generation.drafts.filter { $0.deletedAt == nil }.map {
                        ExportItem(draft: $0, generation: generation)
                    })
            }
            cursor = page.next
        } while cursor != nil
        return generations.reversed().flatMap(\.self)
    }
}
