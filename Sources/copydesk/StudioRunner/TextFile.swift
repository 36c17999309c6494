import Foundation

/// Reading a text file that a person named.
enum TextFile {
    static let largestBytes = 1 << 20

    /// A path as typed: `~/` is the home folder, a relative one begins at the working folder.
    static func expand(_ path: String) -> String {
        guard path == "~" || path.hasPrefix("~/") else { return path }
        return NSHomeDirectory() + path.dropFirst()
    }

    /// - Throws: `Failure` that says what is wrong with the file and what to do.
    static func read(_ path: String) throws -> String {
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
        guard let data = try? handle.read(upToCount: largestBytes + 1) else {
            throw Failure("\(path) cannot be read. Check that it is a file and that you may read it.")
        }
        guard data.count <= largestBytes else {
            throw Failure("\(path) is larger than one megabyte. Choose the part of it that matters.")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw Failure("\(path) is not UTF-8 text. Convert it first, for example with iconv.")
        }
        return text
    }
}
