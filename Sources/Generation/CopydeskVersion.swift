/// The program's own name and version, for `--version` and for saved generations.
public enum CopydeskVersion {
    public static let current = "0.1.0"
    /// The program that wrote a generation, as the store keeps it.
    public static let engine = "copydesk \(current)"
}
