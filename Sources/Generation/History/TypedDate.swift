// Dates and times that people type: ISO 8601, as exact as they are given.
// - Only the zone of this machine is not known here: who asks for seconds says how local time becomes one.

/// A date as it was typed: a year, a month, a day, or a day with a time.
public struct TypedDate: Sendable, Hashable {
    public enum Problem: Error, Sendable, Hashable {
        case notADate
        /// Such as 30 February.
        case doesNotExist
    }

    /// What was not typed is the beginning of what was.
    public private(set) var year, month, day, hour, minute, second: Int
    /// Seconds east of Greenwich; `nil` for local time.
    public private(set) var offsetSeconds: Int?
    /// True if no day was typed.
    public private(set) var isPeriod: Bool

    /// Reads `2026`, `2026-11`, `2026-11-29`, `2026-11-29T14:00` and `2026-11-29 14:00:30`, a time with or without `Z` or
    /// `+01:00`.
    public init(_ text: some StringProtocol) throws(Problem) {
        let form =
            #/
            (\d{4}) (?: -(\d\d) (?: -(\d\d)
            (?: [Tt\ ](\d\d):(\d\d) (?: :(\d\d) (?: [.,]\d{1,9} )? )? (Z|z|[+\-]\d\d:?\d\d|[+\-]\d\d)? )? )? )?
            /#
        guard text.utf8.allSatisfy({ $0 < 0x80 }), let match = String(text).wholeMatch(of: form)?.output else {
            throw .notADate
        }
        func number(_ digits: Substring?, else standard: Int = 0) -> Int { digits.flatMap { Int($0) } ?? standard }
        (year, month, day) = (number(match.1), number(match.2, else: 1), number(match.3, else: 1))
        (hour, minute, second) = (number(match.4), number(match.5), number(match.6))
        isPeriod = match.3 == nil
        guard year >= 1, (1...12).contains(month), (1...TypedDate.days(ofMonth: month, year)).contains(day), hour < 24,
            minute < 60, second < 60
        else { throw .doesNotExist }
        guard let zone = match.7 else { return }
        let digits = zone.filter(\.isNumber)
        let (hours, minutes) = (number(digits.prefix(2)), number(digits.dropFirst(2)))
        guard hours < 24, minutes < 60 else { throw .doesNotExist }
        offsetSeconds = (hours * 60 + minutes) * (zone.first == "-" ? -60 : 60)
    }

    private static func days(ofMonth month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
