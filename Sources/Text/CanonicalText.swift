// Texts as they are compared: composed (NFC), and folded if case does not matter.
// - Each scalar of the result knows the bytes of the text that it came from.
// The Unicode Standard, 3.11 (normalization) and 3.13 (full case folding); C and F of CaseFolding.txt.

@_spi(_Unicode) import Swift

/// A text's scalars in composed form with their places.
public struct CanonicalText {
    public private(set) var scalars: [Unicode.Scalar] = []
    /// The byte of the text at which each scalar's character begins, and the end of the text.
    public private(set) var starts: [Int] = []

    /// - Parameter folding: True if upper and lower case are equal; `ß` then equals `ss`.
    public init(_ text: ArraySlice<UInt8>, folding: Bool) {
        let kept = text.dropLast(UTF8Text.incompleteTailCount(text))
        if kept.allSatisfy({ $0 < 0x80 }) {
            scalars = kept.map { Unicode.Scalar(folding ? Self.lower($0) : $0) }
            starts = Array(kept.indices) + [kept.endIndex]
            return
        }
        // Composition never crosses a cluster, so each cluster is composed alone.
        var offset = kept.startIndex
        for character in String(decoding: kept, as: UTF8.self) {
            for scalar in Self.composed(character, folding: folding) {
                scalars.append(scalar)
                starts.append(offset)
            }
            offset += character.utf8.count
        }
        starts.append(kept.endIndex)
    }

    public init(_ text: String, folding: Bool) { self.init(Array(text.utf8)[...], folding: folding) }

    private static func composed(_ character: Character, folding: Bool) -> [Unicode.Scalar] {
        let composed = Array(String(character)._nfc)
        guard folding else { return composed }
        var folded = String.UnicodeScalarView()
        for scalar in composed { folded.append(contentsOf: fold(scalar).unicodeScalars) }
        return Array(String(folded)._nfc)
    }

    static func decomposition(of scalar: Unicode.Scalar) -> [Unicode.Scalar] { Array(String(Character(scalar))._nfd) }

    /// The full case folding of a scalar.
    static func fold(_ scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0..<0x80: return String(Character(Unicode.Scalar(lower(UInt8(scalar.value)))))
        case 0x130: return "i\u{307}"
        case 0x131: return "\u{131}"
        // Cherokee folds to its capitals.
        case 0x13A0...0x13F5: return String(Character(scalar))
        case 0x13F8...0x13FD, 0xAB70...0xABBF: return scalar.properties.uppercaseMapping
        default:
            let lower = String(scalar.properties.lowercaseMapping)
            let upper = lower.unicodeScalars.map(\.properties.uppercaseMapping).joined()
            return upper.unicodeScalars.map(\.properties.lowercaseMapping).joined()
        }
    }

    private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
