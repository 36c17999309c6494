// Dates and times of options: a day at least, ISO 8601, in local time unless a zone is given.

import Generation
import Store

enum DateText {
    typealias Problem = TypedDate.Problem

    /// Reads `2026-11-29`, `2026-11-29T14:00`, `2026-11-29 14:00:30`, each time with or without `Z` or `+01:00`.
    /// - Returns: seconds since 1970; a date alone is the beginning of its day.
    static func seconds(_ text: String) throws(Problem) -> Double {
        let date = try TypedDate(text)
        guard !date.isPeriod, let seconds = LocalTime.seconds(date) else { throw .notADate }
        return seconds
    }
}
