/// The names of this machine itself.
public enum Loopback {
    /// True for `localhost`, 127.0.0.0/8 and ::1, with or without brackets.
    public static func holds(_ host: String) -> Bool {
        let host = host.lowercased().trimmingPrefix("[").split(separator: "]").first.map(String.init) ?? ""
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
