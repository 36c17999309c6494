// How many columns a character takes, by our own table, because libraries and terminals disagree about emoji.

/// Columns of characters in a terminal and in the count of search-ad platforms.
public enum Columns {
    /// Columns of a code point that is drawn: 2 if it is East Asian wide or an emoji, else 1.
    /// Unicode Standard Annex 11.
    public static func of(_ scalar: Unicode.Scalar) -> Int {
        scalar.value >= 0x1100 && wideRanges.holds(scalar.value) ? 2 : 1
    }

    /// Columns of a grapheme cluster: 2 if it begins with a wide code point, asks for its emoji form or is a flag.
    public static func of(_ character: Character) -> Int {
        if character.isASCII { return 1 }
        var scalars = character.unicodeScalars.makeIterator()
        guard let first = scalars.next() else { return 1 }
        if of(first) == 2 { return 2 }
        while let scalar = scalars.next() {
            if scalar == "\u{FE0F}", first.properties.isEmoji { return 2 }
            if isRegionalIndicator(scalar), isRegionalIndicator(first) { return 2 }
        }
        return 1
    }

    public static func isRegionalIndicator(_ scalar: Unicode.Scalar) -> Bool {
        (0x1F1E6...0x1F1FF).contains(scalar.value)
    }
}
