// What a tokenizer.json does to a text before it is cut: the `normalizer` of its files.
// - Every step takes whole UTF-8 and gives whole UTF-8.
// tokenizers (Hugging Face), src/normalizers.

import Foundation

/// One step of normalizing.
public enum TextNormalization: Sendable {
    case composed, decomposed, compatiblyComposed, compatiblyDecomposed
    case lowercased
    case strip(left: Bool, right: Bool)
    case replace([UInt8], with: [UInt8])
    /// Spaces in a row become one.
    case mergeSpaces
    /// Every blank becomes a space.
    case blanksToSpaces
    /// Control characters go, other blanks become spaces (SentencePiece's "nmt").
    case controlsToSpaces
    case table(CharactersMap)

    init?(rawForm name: String) {
        switch name {
        case "NFC": self = .composed
        case "NFD": self = .decomposed
        case "NFKC": self = .compatiblyComposed
        case "NFKD": self = .compatiblyDecomposed
        case "Lowercase": self = .lowercased
        default: return nil
        }
    }

    func apply(to text: [UInt8]) -> [UInt8] {
        switch self {
        case .composed: return unlessASCII(text) { $0.precomposedStringWithCanonicalMapping }
        case .decomposed: return unlessASCII(text) { $0.decomposedStringWithCanonicalMapping }
        case .compatiblyComposed: return unlessASCII(text) { $0.precomposedStringWithCompatibilityMapping }
        case .compatiblyDecomposed: return unlessASCII(text) { $0.decomposedStringWithCompatibilityMapping }
        case .lowercased:
            let scalars = String(decoding: text, as: UTF8.self).unicodeScalars
            return scalars.flatMap { Array($0.properties.lowercaseMapping.utf8) }
        case .strip(let left, let right): return stripped(text, left: left, right: right)
        case .replace(let pattern, let content): return replaced(text, pattern, content)
        case .mergeSpaces:
            var merged: [UInt8] = []
            for byte in text where byte != 0x20 || merged.last != 0x20 { merged.append(byte) }
            return merged
        case .blanksToSpaces: return mapped(text) { $0.properties.isWhitespace ? " " : $0 }
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
    /// The text with every match replaced.
    func applied(to text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var index = 0
        while index < text.count {
            if let found = match(text, at: index) {
                result += found.replacement
                index += found.length
            } else {
                let length = UTF8Step(text, at: index, end: text.count).length
                result += text[index..<index + length]
                index += length
            }
        }
        return result
    }
}
