// The inflected forms of a word, by the patterns of its last letters.
// - Only inflections: plurals, persons, tenses, cases. "synergistic" is another word than "synergy".
// - A draft's language is not known, so the patterns of all languages count; a form that no language has does no harm.

/// Makes the forms of a word.
public enum Inflections {
    /// The word and its forms, in lower case.
    /// - Parameter word: one word, in any case.
    public static func of(_ word: String) -> Set<String> {
        let word = word.lowercased()
        var forms: Set<String> = [word, word + "'s", word + "’s", word + "s", word + "s'", word + "s’"]
        let letters = Array(word)
        guard letters.count >= 3, let last = letters.last else { return forms }
        let stem = String(letters.dropLast())
        let isConsonant = !"aeiouyäöüáéíóúàèìòùâêîôû".contains(last)
        let before = letters[letters.count - 2]
        switch last {
        case "e":
            forms.formUnion([word + "d", stem + "ing", word + "n", word + "r", word + "m"])
        case "y":
            forms.formUnion([word + "ing", word + "ed"])
            if !"aeiou".contains(before) {
                forms.formUnion([stem + "ies", stem + "ied", stem + "ies'", stem + "ies’"])
            }
        case "o", "a":
            forms.formUnion([stem + "o", stem + "a", stem + "os", stem + "as", stem + "i", stem + "e", word + "es"])
        case "s", "x", "z", "h":
            forms.formUnion([word + "es", word + "ed", word + "ing"])
        default:
            forms.formUnion([word + "ed", word + "ing", word + "es"])
        }
        if isConsonant, last != "w", last != "x", "aeiou".contains(before), letters.count <= 7 {
            forms.formUnion([word + String(last) + "ed", word + String(last) + "ing"])
        }
        if german.contains(where: word.hasSuffix) {
            for ending in ["e", "en", "em", "er", "es"] { forms.insert(word + ending) }
        }
        return forms
    }

    /// The last letters of German words that take endings: adjectives, and nouns in "-ung" and the like.
    private static let german = [
        "iv", "isch", "lich", "ig", "bar", "sam", "los", "voll", "haft", "ell", "al", "ung", "heit", "keit", "schaft",
        "end",
    ]
}
