/// Which program this is: what `--version` prints and what generations keep.
public enum CopydeskVersion {
    public static let current = "0.1.0"
    /// How generations name the program that wrote them.
    public static let engine = "copydesk \(current)"
}
