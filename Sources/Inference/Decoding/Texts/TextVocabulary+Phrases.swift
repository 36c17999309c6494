// Finds the tokens that contain a text.

import Generation
import Text

extension TextVocabulary {
    /// The tokens whose text contains at least one of these texts.
    func tokens(containing texts: [String]) -> Set<TokenID> {
        let finder = PhraseFinder(texts)
        guard !finder.isEmpty else { return [] }
        return Set(
            (0..<TokenID(clamping: vocabularySize)).filter { token in
                let bytes = textBytes(of: token)
                return finder.firstMatch(in: bytes[...], newCount: bytes.count) != nil
            })
    }
}
