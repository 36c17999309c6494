// Days and times of day from seconds since 1970, without a calendar library.

/// A day and a time of day in the writer's time zone.
struct CivilDate: Sendable, Hashable {
    /// Days since 1 January 1970.
    var day: Int
    var secondsOfDay: Int

    init(secondsSince1970: Double, utcOffsetSeconds: Int) {
        // The bounds are far beyond any date, and safe to convert.
        let bounded = min(max(secondsSince1970.isFinite ? secondsSince1970 : 0, -1e11), 1e11)
        let seconds = Int(bounded.rounded(.down)) + min(max(utcOffsetSeconds, -100_000), 100_000)
        day = Int((Double(seconds) / 86_400).rounded(.down))
        secondsOfDay = seconds - day * 86_400
    }

    /// `14:02`
    var time: String {
        let minutes = secondsOfDay / 60
        return CivilDate.twoDigits(minutes / 60) + ":" + CivilDate.twoDigits(minutes % 60)
    }

    var weekday: String {
        // 1 January 1970 was a Thursday.
        let names = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"]
        return names[((day % 7) + 7) % 7]
    }

    /// Year, month from 1, day of the month; Howard Hinnant's `civil_from_days`.
    var calendar: (year: Int, month: Int, day: Int) {
        let shifted = day + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// The heading of a day if another day is today: `Today`, `Yesterday`, `Wednesday`, `3 March`, `3 March 2024`.
    func heading(seenFrom today: CivilDate) -> String {
        switch today.day - day {
        case 0: return "Today"
        case 1: return "Yesterday"
        case 2...6: return weekday
        default:
            let date = calendar
            let months = [
                "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
                "November", "December",
            ]
            let text = "\(date.day) \(months[min(max(date.month, 1), 12) - 1])"
            return date.year == today.calendar.year ? text : text + " \(date.year)"
        }
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
