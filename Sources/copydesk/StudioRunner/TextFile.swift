import Foundation

/// Reads a text file that a person named.
enum TextFile {
    static let largestBytes = 1 << 20

    /// A path as typed: `~/` is the home folder, a relative one begins at the working folder.
    static func expand(_ path: String) -> String {
        guard path == "~" || path.hasPrefix("~/") else { return path }
        return NSHomeDirectory() + path.dropFirst()
    }

    /// A path as typed, from the root.
    static func absolute(_ path: String) -> String {
        let expanded = expand(path)
        return expanded.hasPrefix("/") ? expanded : FileManager.default.currentDirectoryPath + "/" + expanded
    }

    /// The text of a file of at most `largestBytes`, for a prompt or a rule.
    /// - Throws: `Failure` with the problem of the file and its remedy.
    static func read(_ path: String) throws -> String {
        try Console.text(of: Array(try read(path, atMost: largestBytes, "one megabyte")), named: path)
    }

    /// The bytes of a file, of a pipe or of a device.
    /// - Parameter size: the most bytes, in words.
    static func read(_ path: String, atMost byteLimit: Int, _ size: String) throws -> Data {
        guard !path.isEmpty else { throw Failure("The name of the file is empty. Give a name.") }
        let expanded = expand(path)
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: expanded, isDirectory: &isFolder) else {
            throw Failure("There is no file \(path). Check the name.")
        }
        guard !isFolder.boolValue else { throw Failure("\(path) is a folder. Name a text file in it.") }
        guard let handle = FileHandle(forReadingAtPath: expanded) else {
            throw Failure("\(path) cannot be opened. Check that you may read it.")
        }
        defer { try? handle.close() }
        let data: Data
        do {
            data = try handle.read(upToCount: byteLimit + 1) ?? Data()
        } catch {
            throw Failure("\(path) cannot be read. Check that it is a file and that you may read it.")
        }
        guard data.count <= byteLimit else {
            throw Failure("\(path) is larger than \(size). Choose the part of it that matters.")
        }
        return data
    }
}
