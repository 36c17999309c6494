#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A moment in one time zone, for `strftime_now`.
public struct JinjaDate: Sendable, Equatable {
    /// Seconds since 1970-01-01 00:00 UTC.
    public var secondsSinceEpoch: Int
    /// Local time minus UTC, in seconds.
    public var offsetSeconds: Int

    public init(secondsSinceEpoch: Int, offsetSeconds: Int = 0) {
        self.secondsSinceEpoch = secondsSinceEpoch
        self.offsetSeconds = offsetSeconds
    }

    /// The current time in the time zone of the machine.
    public static func current() -> JinjaDate {
        var seconds = time(nil)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return JinjaDate(secondsSinceEpoch: Int(seconds), offsetSeconds: Int(parts.tm_gmtoff))
    }
}
