// A file name for an export, from a title and a day: readable, and safe on every common file system.

extension Exporter {
    /// A name such as `aurora-lamp-2026-03-01.md`; letters of all scripts stay, signs and spaces become hyphens.
    /// - Parameters:
    ///   - seconds: since 1970.
    ///   - utcOffsetSeconds: how far the user's clock is ahead of UTC.
    public static func suggestedFileName(
        title: String, at seconds: Double, format: ExportFormat, utcOffsetSeconds: Int = 0
    ) -> String {
        var name = ""
        for character in title.lowercased() {
            let isKept = character.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
                    .decimalNumber,
                    .letterNumber, .otherNumber, .nonspacingMark, .spacingMark:
                    true
                default: false
                }
            }
            // 255 bytes are the limit of most file systems; leave room for day and extension.
            if name.utf8.count + character.utf8.count > 120 { break }
            if isKept {
                name.append(character)
            } else if !name.isEmpty && name.last != "-" && character != "'" && character != "’" {
                name.append("-")
            }
        }
        while name.last == "-" { name.removeLast() }
        let day = Timestamp.day(seconds, utcOffsetSeconds: utcOffsetSeconds)
        return "\(name.isEmpty ? "drafts" : name)-\(day).\(format.rawValue)"
    }
}
