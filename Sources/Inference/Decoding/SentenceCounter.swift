// Where one sentence ends and the next begins.
// - A sentence ends at a run of terminators with the quotes and brackets that close after it; a terminator of
//   CJK ends it at once, one of Latin needs whitespace after it.
// - What follows in lower case, an initial or a title of address before the full stop: the sentence goes on.

/// Counts the sentences of a text; text without a terminator is one.
enum SentenceCounter {
    private static let terminators: Set<Unicode.Scalar> = [".", "!", "?", "\u{2026}"]
    private static let wideTerminators: Set<Unicode.Scalar> = ["\u{3002}", "\u{FF01}", "\u{FF1F}", "\u{FF61}"]
    private static let closers: Set<Unicode.Scalar> = [
        "\"", "'", ")", "]", "\u{201D}", "\u{2019}", "\u{BB}", "\u{300D}", "\u{300F}", "\u{FF09}", "*", "_",
    ]
    /// Abbreviations that are followed by more of their sentence, often in upper case.
    private static let abbreviations: Set<String> = [
        "mr", "mrs", "ms", "dr", "prof", "st", "vs", "no", "e.g", "i.e", "fig", "gen", "col", "sen", "rep", "mt",
    ]

    static func isTerminator(_ scalar: Unicode.Scalar) -> Bool {
        terminators.contains(scalar) || wideTerminators.contains(scalar)
    }

    static func count(in text: Substring) -> Int {
        var count = 0
        var isOpen = false  // inside a sentence
        var ended = false  // a terminator was read, and only closers since
        var isWideEnd = false
        var mayBegin = false  // whitespace came after the end
        var word = ""  // the letters and full stops since the last whitespace
        for scalar in text.unicodeScalars {
            let kind = ScalarClass(scalar)
            if isTerminator(scalar) {
                if !mayBegin || !isOpen {
                    isWideEnd = wideTerminators.contains(scalar)
                    ended = isWideEnd || !(scalar == "." && isAbbreviation(word))
                }
                if !isOpen {
                    isOpen = true
                    count += 1
                }
                word.unicodeScalars.append(scalar)
            } else if kind == .whitespace {
                mayBegin = ended
                word = ""
            } else if ended, closers.contains(scalar), !mayBegin {
                continue
            } else {
                let goesOn = !mayBegin && !(ended && isWideEnd) || (mayBegin && scalar.properties.isLowercase)
                if !isOpen || !goesOn { count += 1 }
                isOpen = true
                ended = false
                mayBegin = false
                word.unicodeScalars.append(scalar)
            }
        }
        return count
    }

    /// A title of address, an initial ("J") or initials ("U.S").
    private static func isAbbreviation(_ word: String) -> Bool {
        let letters = word.lowercased().drop { !$0.isLetter }
        return letters.count == 1 && word.first?.isUppercase == true && letters != "i"
            || abbreviations.contains(String(letters)) || (letters.count == 3 && letters.dropFirst().first == ".")
    }
}
