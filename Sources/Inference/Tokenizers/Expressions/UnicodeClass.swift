// The classes of Unicode scalars for the rules that cut text: letter, mark, number, punctuation, symbol, whitespace.
// - The table agrees with the regex engine of Hugging Face's tokenizers on every scalar (make_unicode_classes.py).

/// The classes of a scalar. Whitespace may be combined with another class.
struct UnicodeClass: OptionSet, Sendable {
    let rawValue: UInt8

    /// Lu and Lt.
    static let upper = UnicodeClass(rawValue: 1)
    static let lower = UnicodeClass(rawValue: 2)
    /// Lm and Lo.
    static let otherLetter = UnicodeClass(rawValue: 4)
    static let mark = UnicodeClass(rawValue: 8)
    static let number = UnicodeClass(rawValue: 16)
    static let punctuation = UnicodeClass(rawValue: 32)
    static let symbol = UnicodeClass(rawValue: 64)
    static let whitespace = UnicodeClass(rawValue: 128)

    static let letter: UnicodeClass = [.upper, .lower, .otherLetter]

    /// The class of a scalar below 0x110000.
    @inline(__always)
    static func of(_ scalar: UInt32) -> UnicodeClass {
        let page = Int(table.pages[Int(scalar >> 8)])
        return UnicodeClass(rawValue: table.classes[page << 8 | Int(scalar & 0xFF)])
    }

    /// Pages of 256 scalars, equal ones stored once.
    private struct Table: Sendable {
        var pages: [UInt16] = []
        var classes: [UInt8] = []

        init(runs: [UInt32]) {
            var uniform: [UInt8: UInt16] = [:]
            var run = 0
            for first in stride(from: UInt32(0), to: 0x110000, by: 256) {
                while run + 1 < runs.count, runs[run + 1] >> 8 <= first { run += 1 }
                let next = run + 1 < runs.count ? runs[run + 1] >> 8 : 0x110000
                let value = UInt8(truncatingIfNeeded: runs[run])
                if next >= first + 256 {
                    if let page = uniform[value] {
                        pages.append(page)
                        continue
                    }
                    uniform[value] = UInt16(classes.count >> 8)
                }
                pages.append(UInt16(classes.count >> 8))
                var scalar = first
                while scalar < first + 256 {
                    let next = run + 1 < runs.count ? runs[run + 1] >> 8 : 0x110000
                    let end = min(next, first + 256)
                    classes.append(
                        contentsOf: repeatElement(UInt8(truncatingIfNeeded: runs[run]), count: Int(end - scalar)))
                    scalar = end
                    if scalar == next { run += 1 }
                }
            }
        }
    }

    private static let table = Table(runs: runs)
}

extension Unicode.Scalar.Properties {
    /// True if this version of Unicode had the scalar, for tables that are still of that version.
    func isOfUnicode(_ major: Int) -> Bool { age.map { $0.major <= major } ?? false }
}
