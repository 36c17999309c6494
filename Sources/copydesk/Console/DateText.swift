// Dates and times that people type: ISO 8601, in local time unless a zone is given.

import Foundation

enum DateText {
    enum Problem: Error {
        case notADate
        /// Such as 30 February.
        case doesNotExist
    }

    /// Reads `2026-11-29`, `2026-11-29T14:00`, `2026-11-29 14:00:30`, each time with or without `Z` or `+01:00`.
    /// - Returns: seconds since 1970; a date alone is the beginning of its day.
    static func seconds(_ text: String) throws(Problem) -> Double {
        let form =
            #/
            (\d{4})-(\d\d)-(\d\d)
            (?: [Tt\ ](\d\d):(\d\d) (?: :(\d\d) (?: [.,]\d{1,9} )? )? (Z|z|[+\-]\d\d:?\d\d|[+\-]\d\d)? )?
            /#
        guard let match = text.wholeMatch(of: form)?.output else { throw .notADate }
        func number(_ digits: Substring?) -> Int { digits.flatMap { Int($0) } ?? 0 }
        let (year, month, day) = (number(match.1), number(match.2), number(match.3))
        let (hour, minute, second) = (number(match.4), number(match.5), number(match.6))
        guard year >= 1, (1...12).contains(month), (1...days(ofMonth: month, year)).contains(day), hour < 24,
            minute < 60, second < 60
        else { throw .doesNotExist }
        var parts = tm()
        parts.tm_year = Int32(year - 1900)
        parts.tm_mon = Int32(month - 1)
        parts.tm_mday = Int32(day)
        parts.tm_hour = Int32(hour)
        parts.tm_min = Int32(minute)
        parts.tm_sec = Int32(second)
        guard let zone = match.7 else {
            // The system decides if summer time holds.
            parts.tm_isdst = -1
            return Double(mktime(&parts))
        }
        let digits = zone.filter(\.isNumber)
        let (hours, minutes) = (number(digits.prefix(2)), number(digits.dropFirst(2)))
        guard hours < 24, minutes < 60 else { throw .doesNotExist }
        let offset = (hours * 60 + minutes) * (zone.first == "-" ? -60 : 60)
        return Double(timegm(&parts) - offset)
    }

    private static func days(ofMonth month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
