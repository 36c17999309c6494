// The outline of every token's text, so that a whole vocabulary is held against a limit in one pass.
// - `characters` is an upper bound of what the token adds; a token let through therefore never overflows.

import Generation
import Synchronization
import Text

/// The outline of one token's text.
struct TokenShape: Sendable {
    /// Characters up to the last that is not whitespace, whitespace before it included; 255 is 255 or more.
    var characters: UInt8 = 0
    /// The same with wide characters as two.
    var columns: UInt8 = 0
    /// Words that begin in it.
    var words: UInt8 = 0
    /// Begins with a character that can go on with a word.
    var beginsInsideWord = false
    /// Begins with a line feed or with what ends a sentence: the text could end before it.
    var followsEnd = false
    var holdsLineFeed = false
    /// Ends with what ends a sentence.
    var endsSentence = false
    var beginsWithLetter = false
    var beginsWithDigit = false
    /// Holds a digit or a sign of a currency.
    var holdsNumber = false
    /// Begins with a mark that digits have between them, and a digit.
    var beginsWithMarkedDigit = false
    /// Nothing but whitespace, or nothing at all.
    var isBlank = true

    init(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        let trimmedEnd = TextLength.trimmed(text).endIndex
        let kept = text[..<trimmedEnd]
        isBlank = TextLength.trimmed(text).isEmpty
        let first = UTF8Text.firstScalar(bytes[...])
        let second = first.flatMap { UTF8Text.firstScalar(bytes.dropFirst(UTF8.width($0))) }
        holdsLineFeed = bytes.contains(0x0A)
        endsSentence =
            kept.unicodeScalars.reversed().first {
                $0.properties.isAlphabetic || $0.properties.numericType != nil
                    || Sentences.isTerminator($0)
            }.map(Sentences.isTerminator) ?? false
        followsEnd = text.unicodeScalars.first.map { $0 == "\n" || Sentences.isTerminator($0) } ?? false
        beginsWithLetter = first.map { ScalarClass($0) == .word || ScalarClass($0) == .extender } ?? false
        beginsWithDigit = first?.properties.numericType != nil
        beginsWithMarkedDigit =
            first.map { [".", ",", ":", "/", "'", "\u{2019}"].contains($0) } ?? false
            && second?.properties.numericType != nil
        holdsNumber = text.unicodeScalars.contains {
            $0.properties.numericType != nil || $0.properties.generalCategory == .currencySymbol
        }
        guard !isBlank else { return }
        characters = UInt8(clamping: kept.unicodeScalars.count)
        columns = UInt8(clamping: kept.unicodeScalars.reduce(0) { $0 + ($1.isASCII ? 1 : 2) })
        words = UInt8(clamping: TextLength.wordCount(of: kept))
        if let first {
            beginsInsideWord = beginsWithLetter || ScalarClass.isConnector(first)
        } else {
            beginsInsideWord = true
        }
    }
}

/// The shapes of a vocabulary's tokens, made when a limit first needs them.
final class TokenShapes: Sendable {
    private let vocabulary: any TextVocabulary
    private let shapes = Mutex<[TokenShape]>([])

    init(_ vocabulary: any TextVocabulary) { self.vocabulary = vocabulary }

    func all() -> [TokenShape] {
        shapes.withLock { shapes in
            if shapes.isEmpty {
                shapes = (0..<TokenID(clamping: vocabulary.vocabularySize)).map {
                    TokenShape(vocabulary.textBytes(of: $0))
                }
            }
            return shapes
        }
    }

    /// The probability that the text ends here, or its sentence or line does.
    func endShare(_ workspace: inout SamplingWorkspace) -> Float {
        guard let peak = workspace.peak() else { return 0 }
        workspace.fillWeights(peak: peak.logit, temperature: 1)
        let shapes = all()
        let ends = vocabulary.endTokens
        var total = 0.0
        var endTotal = 0.0
        for (index, weight) in workspace.weights.enumerated() where weight > 0 {
            total += Double(weight)
            if index < shapes.count, shapes[index].followsEnd { endTotal += Double(weight) }
        }
        for token in ends where workspace.weights.indices.contains(Int(token)) {
            endTotal += Double(workspace.weights[Int(token)])
        }
        return total > 0 ? Float(endTotal / total) : 0
    }

    /// Bans every token that would break a limit, continue a complete word or has a logit below `floor`.
    ///
    /// Tokens that end a text stay. In an empty text all that fits stays too, so that there is some text.
    func mask(_ workspace: inout SamplingWorkspace, after text: ArraySlice<UInt8>, room: TextRoom, floor: Float) {
        let shapes = all()
        let isInsideWord = TextEnds.isInsideRun(text)
        let ends = vocabulary.endTokens
        let isEmpty = TextLength.trimmed(String(decoding: text, as: UTF8.self)).isEmpty
        let floor = isEmpty ? -.infinity : floor
        for index in workspace.logits.indices where workspace.logits[index] > -.infinity {
            if index < shapes.count {
                let shape = shapes[index]
                let width = Int(room.countsWideAsTwo ? shape.columns : shape.characters)
                // Punctuation after a word is part of it, so one word fewer begins.
                let words = Int(shape.words) - (isInsideWord ? 1 : 0)
                let isFit =
                    !shape.isBlank && width <= room.characters && words <= room.words
                    && workspace.logits[index] >= floor
                    && !(isInsideWord && shape.beginsInsideWord)
                if isFit || ends.contains(TokenID(index)) { continue }
            }
            workspace.logits[index] = -.infinity
        }
    }
}
