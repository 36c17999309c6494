// Dates that people type as seconds, in this machine's time zone unless they name another.

import Foundation
import Generation

public enum LocalTime {
    /// The time at which a date begins; seconds since 1970.
    /// - Returns: `nil` if the system has no such time.
    @Sendable public static func seconds(_ date: TypedDate) -> Double? {
        var parts = tm()
        parts.tm_year = Int32(clamping: date.year - 1900)
        parts.tm_mon = Int32(clamping: date.month - 1)
        parts.tm_mday = Int32(clamping: date.day)
        parts.tm_hour = Int32(clamping: date.hour)
        parts.tm_min = Int32(clamping: date.minute)
        parts.tm_sec = Int32(clamping: date.second)
        if let offset = date.offsetSeconds { return Double(timegm(&parts) - offset) }
        // The system decides if summer time holds.
        parts.tm_isdst = -1
        return Double(mktime(&parts))
    }
}

extension HistoryWords {
    /// Dates without a zone are local time.
    public init(_ input: String, in start: HistoryQuery = HistoryQuery()) {
        self.init(input, in: start, seconds: LocalTime.seconds)
    }
}
