// A file name for a title: readable, and valid on every common file system.

public enum FileName {
    private static let mostCharacters = 48
    /// Most file systems take 255 bytes; some are left for the ending and a number.
    private static let mostBytes = 200

    /// The title's letters and digits, of any script, in lower case and joined by hyphens; without an ending.
    ///
    /// A title without letters and digits gives `drafts`.
    public static func of(_ title: String) -> String {
        var name = ""
        for character in title.lowercased() {
            guard name.count < mostCharacters, name.utf8.count + character.utf8.count <= mostBytes else { break }
            if character.isLetter || character.isNumber {
                name.append(character)
            } else if !name.isEmpty && name.last != "-" {
                name.append("-")
            }
        }
        while name.last == "-" { name.removeLast() }
        return name.isEmpty ? "drafts" : name
    }
}
