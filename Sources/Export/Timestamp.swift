// Seconds since 1970 as people and programs read them.

import FoundationEssentials

enum Timestamp {
    /// `2026-03-01T17:05:09Z`; what lies outside the years 1970 to 9999 takes the nearest.
    static func iso8601(_ seconds: Double) -> String { date(seconds).formatted(.iso8601) }

    /// `2026-03-01`, where clocks are `utcOffsetSeconds` ahead of UTC.
    static func day(_ seconds: Double, utcOffsetSeconds: Int) -> String {
        String(date(seconds + Double(utcOffsetSeconds)).formatted(.iso8601).prefix(10))
    }

    private static func date(_ seconds: Double) -> Date {
        // `max` puts a number that is none at 1970.
        Date(timeIntervalSince1970: seconds.isFinite ? min(max(0, seconds), 253_402_300_799).rounded(.down) : 0)
    }
}
