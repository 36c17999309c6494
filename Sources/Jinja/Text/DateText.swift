// Formats dates as `strftime` does, in English, as in Python's C locale.

enum DateText {
    private static let weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// An unknown letter stays as it is.
    static func format(_ date: JinjaDate, _ format: String) -> String {
        let parts = CalendarParts(date)
        var scanner = FormatScanner(format)
        var result = ""
        while let scalar = scanner.next() {
            guard scalar == "%" else {
                result.unicodeScalars.append(scalar)
                continue
            }
            // glibc's flags: "-" does not pad, "_" pads with spaces, "0" pads with zeros, "^" writes capitals.
            var flag: Unicode.Scalar?
            if let mark = scanner.current, ["-", "_", "0", "^"].contains(mark) { flag = scanner.next() }
            guard let letter = scanner.next() else {
                result += "%" + (flag.map { String($0) } ?? "")
                break
            }
            result += field(letter, flag, date, parts) ?? "%" + (flag.map { String($0) } ?? "") + String(letter)
        }
        return result
    }

    private static func field(
        _ letter: Unicode.Scalar, _ flag: Unicode.Scalar?, _ date: JinjaDate, _ parts: CalendarParts
    ) -> String? {
        func number(_ value: Int, _ width: Int, _ fill: String = "0") -> String {
            let text = String(value)
            if flag == "-" { return text }
            let fill = flag == "_" ? " " : flag == "0" ? "0" : fill
            return String(repeating: fill, count: max(0, width - text.utf8.count)) + text
        }
        func word(_ text: String) -> String { flag == "^" ? text.uppercased() : text }
        let hour12 = (parts.hour + 11) % 12 + 1
        switch letter {
        case "Y": return String(parts.year)
        case "C": return number(parts.year / 100, 2)
        case "y": return number(parts.year % 100, 2)
        case "m": return number(parts.month, 2)
        case "d": return number(parts.day, 2)
        case "e": return number(parts.day, 2, " ")
        case "j": return number(parts.dayOfYear, 3)
        case "H": return number(parts.hour, 2)
        case "k": return number(parts.hour, 2, " ")
        case "I": return number(hour12, 2)
        case "l": return number(hour12, 2, " ")
        case "M": return number(parts.minute, 2)
        case "S": return number(parts.second, 2)
        case "f": return "000000"
        case "p": return parts.hour < 12 ? "AM" : "PM"
        case "P": return parts.hour < 12 ? "am" : "pm"
        case "A": return word(weekdays[parts.weekday])
        case "a": return word(String(weekdays[parts.weekday].prefix(3)))
        case "B": return word(months[parts.month - 1])
        case "b", "h": return word(String(months[parts.month - 1].prefix(3)))
        case "u": return String((parts.weekday + 6) % 7 + 1)
        case "w": return String(parts.weekday)
        case "U": return number((parts.dayOfYear + 6 - parts.weekday) / 7, 2)
        case "W": return number((parts.dayOfYear + 6 - (parts.weekday + 6) % 7) / 7, 2)
        case "V": return number(parts.isoWeek.week, 2)
        case "G": return String(parts.isoWeek.year)
        case "F": return format(date, "%Y-%m-%d")
        case "D", "x": return format(date, "%m/%d/%y")
        case "T", "X": return format(date, "%H:%M:%S")
        case "R": return format(date, "%H:%M")
        case "r": return format(date, "%I:%M:%S %p")
        case "c": return format(date, "%a %b %e %H:%M:%S %Y")
        case "s": return String(date.secondsSinceEpoch)
        // Python's naive dates have no zone.
        case "z", "Z": return ""
        case "n": return "\n"
        case "t": return "\t"
        case "%": return "%"
        default: return nil
        }
    }
}

/// A date of the Gregorian calendar in its own time zone.
struct CalendarParts {
    let year, month, day, hour, minute, second: Int
    /// 0 is Sunday.
    let weekday: Int
    /// 1 is January 1.
    let dayOfYear: Int

    init(_ date: JinjaDate) {
        // Years 1 to 9999, as in Python; with larger ones arithmetic could overflow.
        let local =
            min(max(date.secondsSinceEpoch, -62_135_596_800), 253_402_214_400)
            + min(max(date.offsetSeconds, -86_399), 86_399)
        let seconds = (local % 86_400 + 86_400) % 86_400
        let days = (local - seconds) / 86_400
        (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60)
        weekday = ((days + 4) % 7 + 7) % 7
        // Days since 0000-03-01 in cycles of 400 years. (Hinnant, "chrono-Compatible Low-Level Date Algorithms".)
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayFromMarch = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayFromMarch + 2) / 153
        day = dayFromMarch - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let isLeap = Self.isLeap(year)
        dayOfYear = month > 2 ? dayFromMarch + 60 + (isLeap ? 1 : 0) : dayFromMarch - 305
    }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

    /// The ISO 8601 week: weeks begin on Monday, and week 1 has the year's first Thursday.
    var isoWeek: (year: Int, week: Int) {
        let weekdayFromMonday = (weekday + 6) % 7
        let week = (dayOfYear - 1 - weekdayFromMonday + 10) / 7
        if week < 1 {
            return (year - 1, Self.weeks(of: year - 1, lastDayWeekday: (weekdayFromMonday - dayOfYear % 7 + 14) % 7))
        }
        let daysInYear = Self.isLeap(year) ? 366 : 365
        let lastWeekday = (weekdayFromMonday + daysInYear - dayOfYear) % 7
        return week > Self.weeks(of: year, lastDayWeekday: lastWeekday) ? (year + 1, 1) : (year, week)
    }

    /// 53 if the year ends on a Thursday, or on a Friday in a leap year.
    private static func weeks(of year: Int, lastDayWeekday: Int) -> Int {
        lastDayWeekday == 3 || lastDayWeekday == 4 && isLeap(year) ? 53 : 52
    }
}
