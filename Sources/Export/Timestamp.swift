// Seconds since 1970 as people and programs read them.

public enum Timestamp {
    /// `2026-03-01T17:05:09Z`; a time outside the years 1970 to 9999 becomes the nearest time in them.
    public static func iso8601(_ seconds: Double) -> String {
        let (year, month, day, rest) = parts(seconds)
        return "\(padded(year, 4))-\(padded(month))-\(padded(day))T"
            + "\(padded(rest / 3600)):\(padded(rest / 60 % 60)):\(padded(rest % 60))Z"
    }

    /// Year, month, day and second of the day by the calendar that ISO 8601 asks for.
    ///
    /// An export has several for each draft, and Foundation's formatter takes most of a microsecond for each.
    /// https://howardhinnant.github.io/date_algorithms.html, civil_from_days, for days from 1970 on.
    private static func parts(_ seconds: Double) -> (year: Int, month: Int, day: Int, secondOfDay: Int) {
        // A time that is not finite becomes 1970.
        let whole = seconds.isFinite ? Int(min(max(0, seconds), 253_402_300_799)) : 0
        let days = whole / 86_400 + 719_468
        let era = days / 146_097
        let dayOfEra = days % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        // Years begin in March, so that the leap day is the last one.
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (
            era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1,
            whole % 86_400
        )
    }

    private static func padded(_ number: Int, _ digits: Int = 2) -> String {
        let text = String(number)
        return text.utf8.count < digits ? String(repeating: "0", count: digits - text.utf8.count) + text : text
    }
}
