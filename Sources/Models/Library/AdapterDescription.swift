// The facts about an adapter in the list of models.

import Inference

/// An adapter of the library.
public struct AdapterDescription: Sendable, Equatable, Codable {
    /// The model that it was made for, if it says so.
    public var base: String?
    public var leastRank: Int
    public var greatestRank: Int
    /// How many matrices it changes.
    public var matrices: Int

    init(_ facts: AdapterFacts) {
        base = facts.baseName
        (leastRank, greatestRank) = (facts.ranks.lowerBound, facts.ranks.upperBound)
        matrices = facts.matrixCount
    }

    /// In a few words: `rank 8, for Qwen2.5-0.5B`.
    var parts: [String] {
        let rank = leastRank == greatestRank ? "rank \(leastRank)" : "ranks \(leastRank) to \(greatestRank)"
        // A path says less than its last name.
        let base = base?.split(separator: "/").last.map { "for \($0)" }
        return [rank] + [base].compactMap(\.self)
    }
}

extension ModelDescription {
    /// An adapter, from its head and its names of tensors.
    init(adapter facts: AdapterFacts, path: String) {
        self.init(name: "", path: path)
        title = facts.name
        architecture = facts.architecture
        parameters = facts.parameterCount
        bytes = facts.byteCount
        adapter = AdapterDescription(facts)
    }
}
