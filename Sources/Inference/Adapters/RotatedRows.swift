// The order of the rows that are rotated: queries and keys.
// - GGUF files of llama's family have the two rows of a pair side by side, folders have them half a head apart. An
//   adapter's B has a row for each of these rows, so it must change its order with them.

import Tensors

/// The order of the outputs of queries and keys in one model.
struct RotatedRows {
    private let headCounts: (query: Int, key: Int)?

    /// - Returns: one that changes nothing if the family has one order only.
    /// - Throws: `ModelFileError` if the numbers of heads are not integers.
    init(_ source: any ModelSource) throws {
        let architecture = try source.string("general.architecture")
        guard HuggingFaceNames.isRotatedByPairs(architecture) else {
            headCounts = nil
            return
        }
        let heads = try source.int(architecture + ".attention.head_count")
        headCounts = (heads, try source.int(architecture + ".attention.head_count_kv", default: heads))
    }

    /// For each row in the order of GGUF files, the row in a folder's order; nil if they are the same.
    func order(_ name: String, count: Int) -> [Int]? {
        guard let headCounts else { return nil }
        if name.hasSuffix(".attn_q.weight") {
            return LayoutChange.pairsSideBySide(headCount: headCounts.query).order(count)
        }
        if name.hasSuffix(".attn_k.weight") {
            return LayoutChange.pairsSideBySide(headCount: headCounts.key).order(count)
        }
        return nil
    }

    /// The update with the outputs of a folder in the order of GGUF files.
    func fromFolder(_ entry: LoRAAdapter.Entry, _ name: String) -> LoRAAdapter.Entry {
        order(name, count: entry.outputCount).map(entry.reordered) ?? entry
    }

    /// The update with the outputs of GGUF files in the order of a folder.
    func toFolder(_ entry: LoRAAdapter.Entry, _ name: String) -> LoRAAdapter.Entry {
        guard let order = order(name, count: entry.outputCount) else { return entry }
        var inverse = order
        for (new, old) in order.enumerated() { inverse[old] = new }
        return entry.reordered(inverse)
    }
}
