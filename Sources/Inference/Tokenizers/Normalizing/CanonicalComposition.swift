// Unicode's composed form of a text (NFC).
// - Hangul is composed here, because Foundation leaves some letters of a syllable apart and joins others that make
//   none.
// - A Hangul letter joins only with Hangul, so the text may be cut before and after a run of it.
// - Hugging Face's tables are of Unicode 9: newer characters keep their form and place.
// The Unicode Standard, 3.12, "Conjoining Jamo Behavior".

import Foundation

enum CanonicalComposition {
    static func composed(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let first = rest.first {
            let kind = Kind(first)
            let run = rest.prefix { Kind($0) == kind }
            rest = rest[run.endIndex...]
            switch kind {
            case .hangul: result.append(contentsOf: syllables(run))
            case .later: result.append(contentsOf: run)
            case .other:
                // Decompose first, because Foundation misses a mark that combines with only a part of a character.
                let parts = String(Substring(run)).decomposedStringWithCanonicalMapping
                result.append(contentsOf: parts.precomposedStringWithCanonicalMapping.unicodeScalars)
            }
        }
        return String(result)
    }

    private enum Kind {
        case hangul, later, other

        init(_ scalar: Unicode.Scalar) {
            self =
                switch scalar.value {
                case 0x1100...0x11FF, 0xA960...0xA97F, 0xAC00...0xD7FF: .hangul
                // A mark that is older but had no combining class in Unicode 9.
                case 0xEBA: .later
                case 0..<0x300: .other
                default: scalar.properties.isOfUnicode(9) ? .other : .later
                }
        }
    }

    private static func syllables(_ letters: Substring.UnicodeScalarView) -> String.UnicodeScalarView {
        var syllables = String.UnicodeScalarView()
        for letter in letters {
            if let last = syllables.last, let joined = syllable(last.value, letter.value) {
                syllables.removeLast()
                syllables.append(joined)
            } else {
                syllables.append(letter)
            }
        }
        return syllables
    }

    /// The syllable of two neighbours: a leading letter and a vowel, or a syllable of those and a trailing letter.
    private static func syllable(_ first: UInt32, _ second: UInt32) -> Unicode.Scalar? {
        switch (first, second) {
        case (0x1100...0x1112, 0x1161...0x1175):
            Unicode.Scalar(0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28)
        case (0xAC00...0xD7A3, 0x11A8...0x11C2) where (first - 0xAC00) % 28 == 0:
            Unicode.Scalar(first + second - 0x11A7)
        default: nil
        }
    }
}
