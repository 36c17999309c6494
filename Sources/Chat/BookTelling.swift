// Which entries of a persona's book are told to the model.
// - An entry is told if it is always told, or if one of its keys occurs in one of the last turns, and, if it has
//   secondary keys, one of those too.
// - A key occurs as a text within a text, as writers of such books expect it: "dragon" in "dragons".

import Generation

extension Persona {
    /// How many of the last turns are searched for keys.
    public static let bookDepth = 4

    /// The entries to tell, in their order.
    /// - Parameter turns: the last turns, in any order.
    public func toldEntries(after turns: some Sequence<String>) -> [BookEntry] {
        guard !book.isEmpty else { return [] }
        let text = turns.joined(separator: "\n")
        let folded = text.lowercased()
        func occurs(_ keys: [String], _ isCaseSensitive: Bool) -> Bool {
            keys.contains { key in
                guard key.contains(where: { !$0.isWhitespace }) else { return false }
                return isCaseSensitive ? text.contains(key) : folded.contains(key.lowercased())
            }
        }
        let told = book.filter { entry in
            guard entry.isEnabled, entry.content.contains(where: { !$0.isWhitespace }) else { return false }
            if entry.isConstant { return true }
            return occurs(entry.keys, entry.isCaseSensitive)
                && (entry.secondaryKeys.isEmpty || occurs(entry.secondaryKeys, entry.isCaseSensitive))
        }
        // `sorted` keeps the order of equal elements.
        return told.sorted { $0.order < $1.order }
    }
}
