// The forms in which programs write when something was said.
// - A time without a zone is read as UTC, so that a file gives the same everywhere.
// - What is no time, or lies outside the years 1970 to 9999, is nothing.

import Generation

enum ImportedDate {
    /// Seconds since 1970 of a number (seconds, or milliseconds if it is that large) or of a text.
    static func seconds(_ value: JSONValue?) -> Double? {
        switch value {
        case .number(let number): checked(number)
        case .string(let bytes): seconds(String(decoding: bytes.prefix(80), as: UTF8.self))
        default: nil
        }
    }

    /// Reads `1689342345000`, `2023-07-14T18:59:36.123Z`, `2023-07-14T18:59:36+02:00`, `2023-7-14@18h59m36s`,
    /// `2023-7-14 @18h 59m 36s 123ms` and `July 14, 2023 7:26pm`.
    static func seconds(_ text: String) -> Double? {
        if let number = Double(text) { return checked(number) }
        return numeric(text) ?? named(text)
    }

    private static let latest = 253_402_300_799.0

    private static func checked(_ number: Double) -> Double? {
        // Milliseconds since March 1973 are above this number, and seconds are below it until the year 5138.
        let seconds = number >= 1e11 ? number / 1000 : number
        return seconds > 0 && seconds <= latest ? seconds : nil
    }

    private static func numeric(_ text: String) -> Double? {
        let form =
            #/
            \s*(\d{4})-(\d{1,2})-(\d{1,2})
            (?: [T\ ]?\s*@?\s* (\d{1,2}) [:h]\s* (\d{1,2}) m? (?: [:\s]*(\d{1,2}) (?:[.,]\d{1,9})? s? (?:\s*\d{1,3}ms)? )? )?
            \s* (?: (Z|z) | ([+\-])(\d\d):?(\d\d) )? \s*
            /#
        guard let match = text.wholeMatch(of: form)?.output else { return nil }
        var shift = 0.0
        if let sign = match.8 { shift = Double(number(match.9) * 60 + number(match.10)) * (sign == "+" ? -60 : 60) }
        return time(
            year: number(match.1), month: number(match.2), day: number(match.3), hour: number(match.4),
            minute: number(match.5), second: number(match.6)
        ).flatMap { checked($0 + shift) }
    }

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    private static func named(_ text: String) -> Double? {
        let form = #/\s*([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4}),?\s+(\d{1,2}):(\d\d)(?::(\d\d))?\s*([aApP][mM])?\s*/#
        guard let match = text.wholeMatch(of: form)?.output,
            let month = months.firstIndex(of: String(match.1.lowercased().prefix(3)))
        else { return nil }
        var hour = number(match.4)
        if let half = match.7?.lowercased() {
            guard (1...12).contains(hour) else { return nil }
            hour = hour % 12 + (half == "pm" ? 12 : 0)
        }
        return time(
            year: number(match.3), month: month + 1, day: number(match.2), hour: hour, minute: number(match.5),
            second: number(match.6)
        ).flatMap(checked)
    }

    private static func number(_ digits: Substring?) -> Int { digits.flatMap { Int($0) } ?? 0 }

    /// https://howardhinnant.github.io/date_algorithms.html, days_from_civil, for years from 1970 on.
    private static func time(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) -> Double? {
        guard (1970...9999).contains(year), (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
            second < 61
        else { return nil }
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        return Double(days * 86_400 + hour * 3600 + minute * 60 + second)
    }
}
