import Generation

extension LengthLimits {
    /// For people: `30 characters, 1 line (kept while writing)`; `nil` if there is no limit.
    var summary: String? {
        let counts = [(characters, "character"), (words, "word"), (sentences, "sentence"), (lines, "line")]
        let parts = counts.compactMap { count, unit in count.map { "\($0) \(unit)\($0 == 1 ? "" : "s")" } }
        guard !parts.isEmpty else { return nil }
        return parts.joined(separator: ", ") + (hard ? " (kept while writing)" : " (shown, not enforced)")
    }
}
