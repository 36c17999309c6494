import Foundation

/// Sizes and times as people read them.
enum SizeText {
    /// `812 bytes`, `1.1 MB`, `3.4 GB`: powers of ten, as download pages have them.
    static func bytes(_ count: Int) -> String {
        switch count {
        case 1_000_000_000...: "\(rounded(Double(count) / 1e9)) GB"
        case 1_000_000...: "\(rounded(Double(count) / 1e6)) MB"
        case 1000...: "\(rounded(Double(count) / 1e3)) kB"
        default: counted(max(count, 0), "byte")
        }
    }

    /// `45 s`, `3 min 5 s`, `2 h 10 min`; `nil` for a time that says nothing.
    static func seconds(_ seconds: Double) -> String? {
        guard seconds.isFinite, seconds >= 0, seconds < 360_000 else { return nil }
        let whole = Int(seconds.rounded(.up))
        if whole < 60 { return "\(whole) s" }
        return whole < 3600 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole % 3600 / 60) min"
    }

    private static func rounded(_ value: Double) -> String {
        value.formatted(.number.precision(.fractionLength(value < 100 ? 1 : 0)).grouping(.never))
    }
}
