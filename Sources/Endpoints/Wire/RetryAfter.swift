// How long a server asks to wait: retry-after-ms, or Retry-After in seconds or as a date.
// RFC 9110, sections 5.6.7 and 10.2.3.

import Transfer

enum RetryAfter {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// In seconds; `nil` if the head does not say it in a way that can be read.
    /// - Parameter now: in seconds since 1970.
    static func seconds(_ head: HTTPHead, now: Double) -> Double? {
        if let text = head["retry-after-ms"], let milliseconds = number(text) { return milliseconds / 1000 }
        guard let text = head["retry-after"] else { return nil }
        return number(text) ?? date(text).map { max(0, $0 - now) }
    }

    private static func number(_ text: String) -> Double? {
        guard let number = Double(text), number.isFinite, number >= 0 else { return nil }
        return number
    }

    /// "Sun, 06 Nov 1994 08:49:37 GMT", in seconds since 1970.
    private static func date(_ text: String) -> Double? {
        let words = text.split(whereSeparator: { " ,:-".contains($0) })
        guard words.count >= 7, let day = Int(words[1]), let month = months.firstIndex(of: String(words[2])),
            let year = Int(words[3]), let hour = Int(words[4]), let minute = Int(words[5]), let second = Int(words[6]),
            1...31 ~= day, 1970...9999 ~= year, 0...23 ~= hour, 0...59 ~= minute, 0...60 ~= second
        else { return nil }
        return Double(((days(year, month + 1, day) * 24 + hour) * 60 + minute) * 60 + second)
    }

    /// Days since 1970, counted in years that begin in March, so that a leap day is the last day of its year.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month > 2 ? year : year - 1
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return 365 * year + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
    }
}
