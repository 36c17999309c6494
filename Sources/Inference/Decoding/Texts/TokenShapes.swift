// The properties of every token's text, so that one pass checks a whole vocabulary against a limit.
// - `characters` is an upper bound of the token's characters, so a token that passes never overflows.

import Dispatch
import Generation
import Synchronization
import Text

/// The properties of one token's text.
struct TokenShape: Sendable {
    /// Characters up to the last one that is not white space, leading white space included; 255 means 255 or more.
    var characters: UInt8 = 0
    /// The same, if wide characters count as two.
    var columns: UInt8 = 0
    /// Words that begin in it.
    var words: UInt8 = 0
    /// Begins with a character that can continue a word.
    var beginsInsideWord = false
    /// Begins with a line feed or a sentence end: the text could end before it.
    var followsEnd = false
    var holdsLineFeed = false
    /// Ends with a sentence end.
    var endsSentence = false
    var beginsWithLetter = false
    var beginsWithDigit = false
    /// Contains a digit or a currency sign.
    var holdsNumber = false
    /// Begins with a mark that may stand between digits, and a digit.
    var beginsWithMarkedDigit = false
    /// Only white space, or empty.
    var isBlank = true

    init(_ bytes: [UInt8]) {
        // A vocabulary may have a quarter of a million texts, so this takes one pass each and no strings.
        var scan = Scan()
        var rest = bytes[...]
        while let lead = rest.first {
            let count = lead < 0x80 ? 1 : min(UTF8Text.expectedCount(lead: lead), rest.count)
            let scalar =
                lead < 0x80 ? Unicode.Scalar(lead) : UTF8Text.firstScalar(rest.prefix(count)) ?? "\u{FFFD}"
            scan.add(scalar, &self)
            rest = rest.dropFirst(count)
        }
        holdsLineFeed = bytes.contains(0x0A)
        beginsInsideWord = !isBlank && (beginsInsideWord || UTF8Text.firstScalar(bytes[...]) == nil)
        endsSentence = scan.lastEndsSentence
    }

    /// The state of one pass.
    private struct Scan {
        private var count = 0
        private var columns = 0
        private var words = 0
        private var isInWord = false
        private var beginsWithDigitMark = false
        var lastEndsSentence = false

        mutating func add(_ scalar: Unicode.Scalar, _ shape: inout TokenShape) {
            let kind = ScalarClass(scalar)
            let isNumber = kind == .word && Self.isNumber(scalar)
            if count == 0 {
                shape.beginsWithLetter = kind == .word || kind == .extender
                shape.beginsInsideWord = shape.beginsWithLetter || ScalarClass.isConnector(scalar)
                shape.beginsWithDigit = isNumber
                shape.followsEnd = scalar == "\n" || Sentences.isTerminator(scalar)
                beginsWithDigitMark = [".", ",", ":", "/", "'", "\u{2019}"].contains(scalar)
            } else if count == 1 {
                shape.beginsWithMarkedDigit = beginsWithDigitMark && isNumber
            }
            count += 1
            columns += scalar.isASCII ? 1 : 2
            if isNumber || kind == .punctuation && scalar.properties.generalCategory == .currencySymbol {
                shape.holdsNumber = true
            }
            if kind == .whitespace {
                isInWord = false
                return
            }
            shape.isBlank = false
            shape.characters = UInt8(clamping: count)
            shape.columns = UInt8(clamping: columns)
            addToWords(scalar, kind)
            shape.words = UInt8(clamping: words)
            if kind == .word || kind == .standalone {
                lastEndsSentence = false
            } else if Sentences.isTerminator(scalar) {
                lastEndsSentence = true
            }
        }

        private mutating func addToWords(_ scalar: Unicode.Scalar, _ kind: ScalarClass) {
            if scalar.isHanOrKana {
                words += 1
                isInWord = false
            } else if !isInWord, kind == .word && scalar != "_" || kind == .standalone && scalar.isLetterOrDigit {
                words += 1
                isInWord = true
            }
        }

        private static func isNumber(_ scalar: Unicode.Scalar) -> Bool {
            if scalar.isASCII { return (48...57).contains(scalar.value) }
            switch scalar.properties.generalCategory {
            case .decimalNumber, .letterNumber, .otherNumber: return true
            default: return false
            }
        }
    }
}

/// The shapes of a vocabulary's tokens, made when a limit first needs them.
final class TokenShapes: Sendable {
    private let vocabulary: any TextVocabulary
    private let shapes = Mutex<[TokenShape]>([])
    private let special = Mutex<[TokenID]?>(nil)
    private let openings = Mutex<OpeningTokens?>(nil)

    init(_ vocabulary: any TextVocabulary) { self.vocabulary = vocabulary }

    func all() -> [TokenShape] {
        shapes.withLock { shapes in
            if shapes.isEmpty {
                shapes = makeAll()
            }
            return shapes
        }
    }

    /// The tokens that are never part of a text.
    func specialTokens() -> [TokenID] {
        special.withLock { special in
            let made = special ?? vocabulary.specialTokens
            special = made
            return made
        }
    }

    /// The tokens that begin something other than the text.
    func openingTokens() -> OpeningTokens {
        openings.withLock { openings in
            let made = openings ?? OpeningTokens(vocabulary)
            openings = made
            return made
        }
    }

    /// Uses all cores, because the first draft with a limit waits for it.
    private func makeAll() -> [TokenShape] {
        let count = max(vocabulary.vocabularySize, 0)
        let partCount = count < 4096 ? 1 : 8
        let parts = Mutex([[TokenShape]](repeating: [], count: partCount))
        DispatchQueue.concurrentPerform(iterations: partCount) { part in
            let ids = count * part / partCount..<count * (part + 1) / partCount
            var bytes: [UInt8] = []
            let shapes = ids.map { id in
                bytes.removeAll(keepingCapacity: true)
                vocabulary.appendText(of: TokenID(clamping: id), to: &bytes)
                return TokenShape(bytes)
            }
            parts.withLock { $0[part] = shapes }
        }
        return parts.withLock { $0.flatMap { $0 } }
    }

    /// The probability that the text, its sentence or its line ends here.
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

    /// Bans every token that would break a limit, continue a complete word, or has a logit below `floor`.
    ///
    /// Tokens that end a text stay. If the text is still empty, all tokens that fit stay too, so that there is some
    /// text.
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
                // Punctuation joins words: ".com" after "example" begins no new word.
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
