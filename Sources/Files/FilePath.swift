// Parts of a path, as text.

public enum FilePath {
    /// The folder that holds a path's last name; `.` if the path has no folder.
    public static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
