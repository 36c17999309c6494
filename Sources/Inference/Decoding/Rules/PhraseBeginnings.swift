// Finds how much of a phrase is already at the end of a text.

import Text

/// The beginnings of a phrase, character by character, in the form in which texts are compared.
struct PhraseBeginnings: Sendable {
    /// Each proper beginning: its bytes, and its scalars composed and folded; the shortest first.
    private let beginnings: [(byteCount: Int, scalars: [Unicode.Scalar])]
    private let byteCount: Int
    private let beginsWithWord: Bool

    init(_ phrase: String) {
        var beginnings: [(byteCount: Int, scalars: [Unicode.Scalar])] = []
        var byteCount = 0
        for character in phrase {
            beginnings.append(
                (byteCount, CanonicalText(String(phrase.utf8.prefix(byteCount)) ?? "", folding: true).scalars))
            byteCount += character.utf8.count
        }
        self.beginnings = Array(beginnings.dropFirst())
        self.byteCount = byteCount
        beginsWithWord = phrase.unicodeScalars.first.map { ScalarClass($0) == .word } ?? false
    }

    /// The bytes of the longest proper beginning at the end of a text, as a word of its own; 0 if there is none.
    func longest(endOf text: ArraySlice<UInt8>) -> Int {
        guard !beginnings.isEmpty else { return 0 }
        var start = max(text.startIndex, text.endIndex - 3 * byteCount - 32)
        while start > text.startIndex, start < text.endIndex, text[start] & 0xC0 == 0x80 { start -= 1 }
        let end = CanonicalText(text[start...], folding: true).scalars
        return beginnings.last { _, scalars in
            guard scalars.count <= end.count, end.suffix(scalars.count).elementsEqual(scalars) else { return false }
            guard beginsWithWord, let before = end.dropLast(scalars.count).last else { return true }
            return ScalarClass(before) != .word && ScalarClass(before) != .extender
        }?.byteCount ?? 0
    }
}
