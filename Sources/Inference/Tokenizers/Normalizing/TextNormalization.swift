// The `normalizer` of a tokenizer.json, which changes a text before it is cut.
// - Every step takes valid UTF-8 and gives valid UTF-8.
// tokenizers (Hugging Face), src/normalizers.

import Foundation

/// One step of normalizing.
enum TextNormalization: Sendable {
    case composed, decomposed, compatiblyComposed, compatiblyDecomposed
    case lowercased
    case strip(left: Bool, right: Bool)
    case replace([UInt8], with: [UInt8])
    case replaceMatches(RegularExpression, with: [UInt8])
    /// Puts this in front of a text that is not empty.
    case prepend([UInt8])
    /// Removes marks.
    case accentsRemoved
    /// Removes control characters and turns other blanks into spaces (SentencePiece's "nmt").
    case controlsToSpaces
    case table(CharactersMap)

    init?(rawForm name: String) {
        switch name {
        case "NFC": self = .composed
        case "NFD": self = .decomposed
        case "NFKC": self = .compatiblyComposed
        case "NFKD": self = .compatiblyDecomposed
        case "Lowercase": self = .lowercased
        case "StripAccents": self = .accentsRemoved
        case "Nmt": self = .controlsToSpaces
        default: return nil
        }
    }

    func apply(to text: [UInt8]) -> [UInt8] {
        switch self {
        case .composed: return unlessASCII(text) { CanonicalComposition.composed($0) }
        case .decomposed: return unlessASCII(text) { $0.decomposedStringWithCanonicalMapping }
        // The compatibility mappings can leave marks in the wrong order; the canonical mapping corrects it.
        case .compatiblyComposed:
            return unlessASCII(text) {
                CanonicalComposition.composed($0.decomposedStringWithCompatibilityMapping)
            }
        case .compatiblyDecomposed:
            return unlessASCII(text) {
                $0.decomposedStringWithCompatibilityMapping.decomposedStringWithCanonicalMapping
            }
        case .lowercased:
            let scalars = String(decoding: text, as: UTF8.self).unicodeScalars
            return scalars.flatMap { Array($0.properties.lowercaseMapping.utf8) }
        case .strip(let left, let right): return stripped(text, left: left, right: right)
        case .replace(let pattern, let content): return replaced(text, pattern, content)
        case .replaceMatches(let expression, let content): return replaced(text, expression, content)
        case .prepend(let content): return text.isEmpty ? [] : content + text
        case .accentsRemoved: return mapped(text) { UnicodeClass.of($0.value).contains(.mark) ? nil : $0 }
        case .controlsToSpaces:
            return mapped(text) { scalar in
                switch scalar.value {
                case 1...8, 0xB, 0xE...0x1F, 0x7F, 0x8F, 0x9F: nil
                case 9, 0xA, 0xC, 0xD, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD: " "
                default: scalar
                }
            }
        case .table(let table): return table.applied(to: text)
        }
    }

    private func unlessASCII(_ text: [UInt8], _ change: (String) -> String) -> [UInt8] {
        text.allSatisfy { $0 < 0x80 } ? text : Array(change(String(decoding: text, as: UTF8.self)).utf8)
    }

    private func mapped(_ text: [UInt8], _ change: (Unicode.Scalar) -> Unicode.Scalar?) -> [UInt8] {
        var result = String.UnicodeScalarView()
        for scalar in String(decoding: text, as: UTF8.self).unicodeScalars {
            if let changed = change(scalar) { result.append(changed) }
        }
        return Array(String(result).utf8)
    }

    private func stripped(_ text: [UInt8], left: Bool, right: Bool) -> [UInt8] {
        var scalars = Substring(String(decoding: text, as: UTF8.self)).unicodeScalars
        if left { scalars = scalars.drop { $0.properties.isWhitespace } }
        while right, let last = scalars.last, last.properties.isWhitespace { scalars.removeLast() }
        return Array(String(Substring(scalars)).utf8)
    }

    private func replaced(_ text: [UInt8], _ expression: RegularExpression, _ content: [UInt8]) -> [UInt8] {
        let laidOut = ScalarText(text, 0..<text.count)
        var result: [UInt8] = []
        SplitCut(pattern: .expression(expression)).forEachPart(laidOut, 0..<laidOut.count) { part, isMatch in
            result += isMatch ? content[...] : text[laidOut.bytes(part)]
        }
        return result
    }

    private func replaced(_ text: [UInt8], _ pattern: [UInt8], _ content: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            if text[index] == pattern[0], text[index...].starts(with: pattern) {
                result += content
                index += pattern.count
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }
}

extension CharactersMap {
    /// The text after the table's replacements, as Hugging Face's `Precompiled` does them: if the table has an entry
    /// for
    /// the beginning of a short grapheme, its replacement replaces the complete grapheme.
    func applied(to text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for character in String(decoding: text, as: UTF8.self) {
            let bytes = Array(character.utf8)
            if bytes.count < 6, let found = match(bytes, at: 0, isShortest: true) {
                result += found.replacement
                continue
            }
            for scalar in character.unicodeScalars {
                let bytes = Array(String(scalar).utf8)
                result += match(bytes, at: 0, isShortest: true)?.replacement ?? bytes[...]
            }
        }
        return result
    }
}
