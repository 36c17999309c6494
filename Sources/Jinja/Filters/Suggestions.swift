// "Did you mean …?" for misspelled names.

enum Suggestions {
    /// The sentences about a name that does not exist.
    static func unknown(_ role: String, _ name: String, among names: some Sequence<String>) -> String {
        let near = names.map { (distance: distance(name, $0), name: $0) }.min {
            ($0.distance, $0.name) < ($1.distance, $1.name)
        }
        guard let near, near.distance <= max(1, name.count / 3) else { return "unknown \(role) '\(name)'." }
        return "unknown \(role) '\(name)'. Did you mean '\(near.name)'?"
    }

    /// The number of letters to insert, delete or replace; names are short. (Levenshtein 1966.)
    private static func distance(_ left: String, _ right: String) -> Int {
        let left = Array(left.utf8.prefix(40))
        let right = Array(right.utf8.prefix(40))
        var row = Array(0...right.count)
        for (i, byte) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(diagonal + (byte == other ? 0 : 1), above + 1, row[j] + 1)
                diagonal = above
            }
        }
        return row[right.count]
    }
}
