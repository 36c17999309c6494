// A file or folder that may be a model, as a scan finds it, before anything of it is read.

import Glibc

/// A candidate for the library.
struct FoundModel: Hashable {
    /// What people call it: the file's name without .gguf, a repository's name, `llama3.2:1b`.
    var name: String
    /// Who made it, if its place says so; it comes before the name if the name is taken.
    var owner: String?
    var repository: String?
    /// The revision, if its place says so.
    var revision: String?
    /// The GGUF file (of a split model the first part), or the folder.
    var path: String
    var origin: LibraryOrigin
    /// More names that open it, if they are free.
    var otherNames: [String] = []

    /// Names for it, the best first.
    var possibleNames: [String] {
        var names = [name]
        if let owner { names.append("\(owner)--\(name)") }
        if let owner, let repository { names.append("\(owner)--\(repository)--\(name)") }
        if let revision { names.append("\(name)@\(revision.prefix(8))") }
        return names + (2...9).map { "\(name)-\($0)" }
    }
}

/// What a scan of one tree found.
struct FoundTree {
    var models: [FoundModel] = []
    /// Files that are not complete or cannot be used, with a sentence for each.
    var leftOut: [(path: String, sentence: String)] = []
    /// Folders that cannot be read.
    var unreadable: [UnreadableFolder] = []

    /// The names in a folder; none if it is missing or cannot be read, which is then noted.
    mutating func names(in folder: String) -> [String] {
        do {
            return try FolderReading.names(in: folder) ?? []
        } catch {
            // A file in the place of a folder is nothing of interest.
            if error.code != ENOTDIR { unreadable.append(error) }
            return []
        }
    }

    static func + (left: FoundTree, right: FoundTree) -> FoundTree {
        FoundTree(
            models: left.models + right.models, leftOut: left.leftOut + right.leftOut,
            unreadable: left.unreadable + right.unreadable)
    }
}

/// How names tell what a file is.
enum ModelFileName {
    /// True for a GGUF file by its name; of a split model only for the first part.
    static func isFirstFile(_ name: String) -> Bool {
        guard name.lowercased().hasSuffix(".gguf"), name.count > 5 else { return false }
        guard let part = part(name) else { return true }
        return part.number == 1
    }

    /// The number of a part of a split model, and how many there are.
    static func part(_ name: String) -> (number: Int, count: Int)? {
        // By hand, because a list asks this many times a file and a regular expression takes a while each time.
        let ending = Array(name.utf8.suffix(20))
        guard ending.count == 20, ending[0] == UInt8(ascii: "-"), ending[6...9].elementsEqual("-of-".utf8),
            String(decoding: ending[15...], as: UTF8.self).lowercased() == ".gguf",
            let number = digits(ending[1...5]), let count = digits(ending[10...14])
        else { return nil }
        return (number, count)
    }

    private static func digits(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return bytes.reduce(0) { 10 * $0 + Int($1 - 0x30) }
    }

    /// The name without .gguf.
    static func stem(_ path: String) -> String {
        let last = FolderReading.lastName(path)
        return last.lowercased().hasSuffix(".gguf") ? String(last.dropLast(5)) : last
    }

    /// The name of a split model without the number of the part; `nil` if it is one file.
    static func stemWithoutPart(_ path: String) -> String? {
        guard part(FolderReading.lastName(path)) != nil else { return nil }
        return String(stem(path).dropLast("-00001-of-00001".count))
    }

    /// The paths of all parts of a split model, whether they are there or not; the path itself if it is one file.
    static func parts(of path: String) -> [String] {
        guard let (_, count) = part(FolderReading.lastName(path)), (1...9999).contains(count) else { return [path] }
        let ending = path.suffix(5)
        let base = path.dropLast("-00001-of-00001.gguf".count)
        return (1...count).map { "\(base)-\(fiveDigits($0))-of-\(fiveDigits(count))\(ending)" }
    }

    /// True for names that other programs give to files that are not complete.
    static func isUnfinished(_ name: String) -> Bool {
        let name = name.lowercased()
        return name.hasPrefix("downloading_") || name.hasSuffix(".part") || name.hasSuffix(".incomplete")
            || name.hasSuffix(".downloadinprogress") || name.contains("-partial") || name.hasSuffix(".tmp")
    }

    /// True for the companions of a model that write nothing: projectors of pictures.
    static func isCompanion(_ name: String) -> Bool { name.lowercased().hasPrefix("mmproj") }

    private static func fiveDigits(_ number: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
}
