// The parts of a model that was split into several GGUF files: name-00001-of-00003.gguf and so on.
// - Part 1 holds the metadata; each part holds its own tensors; no tensor is in two of them.
// Keys and names as llama.cpp's gguf-split writes them.

import Tensors

enum SplitParts {
    /// The number of parts that the model was split into; 1 if it is one file.
    static func count(_ metadata: [String: MetadataValue], path: String) throws -> Int {
        guard let value = metadata["split.count"] else { return 1 }
        guard let count = value.integer else {
            throw ModelFileError.wrongType(
                path: path, key: "split.count", expected: "an integer", found: value.typeName)
        }
        guard (0...9999).contains(count) else {
            throw ModelFileError.outOfRange(
                path: path, key: "split.count", value: "\(count)", allowed: "from 0 to 9999")
        }
        return max(1, count)
    }

    /// Opens all parts in the folder of `path`.
    static func open(path: String, count: Int) throws -> GGUFFile {
        guard let stem = stem(path, count: count) else {
            throw ModelFileError.mixedParts(
                path: path, problem: "it is one of \(count) parts, so its name should end in \(suffix(1, count))")
        }
        var parts: [GGUFFile.Part] = []
        var names: Set<String> = []
        for number in 1...count {
            let part: GGUFFile.Part
            do {
                part = try GGUFFile.part(path: stem + suffix(number, count))
            } catch ModelFileError.unreadable(.cannotOpen) {
                throw ModelFileError.missingPart(path: stem + suffix(number, count), part: number, count: count)
            }
            try check(part, number: number, count: count)
            for entry in part.contents.tensors where !names.insert(entry.name).inserted {
                throw ModelFileError.duplicate(path: part.file.path, field: "tensor '\(entry.name)'")
            }
            parts.append(part)
        }
        let expected = parts[0].metadata["split.tensors.count"]?.integer
        guard expected == nil || expected == names.count else {
            throw ModelFileError.mixedParts(
                path: path, problem: "\(expected ?? 0) tensors are announced, but \(names.count) are there")
        }
        return GGUFFile(path: stem + suffix(1, count), parts: parts)
    }

    /// Opens the parts of a model whose files have any names, such as those of a download that is not finished.
    /// - Parameter paths: all parts, in any order; not empty.
    static func open(paths: [String]) throws -> GGUFFile {
        let parts = try paths.map(GGUFFile.part).sorted {
            ($0.metadata["split.no"]?.integer ?? 0) < ($1.metadata["split.no"]?.integer ?? 0)
        }
        guard let first = parts.first else { throw ModelFileError.missingFile(folder: ".", name: "GGUF file") }
        let count = try self.count(first.metadata, path: first.file.path)
        guard parts.count == count else {
            throw ModelFileError.mixedParts(
                path: first.file.path, problem: "it is one of \(count) parts, and \(parts.count) are there")
        }
        guard count > 1 else { return GGUFFile(path: first.file.path, parts: parts) }
        var names: Set<String> = []
        for (index, part) in parts.enumerated() {
            try check(part, number: index + 1, count: count)
            for entry in part.contents.tensors where !names.insert(entry.name).inserted {
                throw ModelFileError.duplicate(path: part.file.path, field: "tensor '\(entry.name)'")
            }
        }
        return GGUFFile(path: first.file.path, parts: parts)
    }

    private static func check(_ part: GGUFFile.Part, number: Int, count: Int) throws {
        guard part.metadata["split.count"]?.integer == count, part.metadata["split.no"]?.integer == number - 1 else {
            throw ModelFileError.mixedParts(
                path: part.file.path, problem: "it does not call itself part \(number) of \(count)")
        }
    }

    /// The name without `-00001-of-00003.gguf`; nil if it has another ending.
    private static func stem(_ path: String, count: Int) -> String? {
        for number in 1...count where path.hasSuffix(suffix(number, count)) {
            return String(path.dropLast(suffix(number, count).count))
        }
        return nil
    }

    private static func suffix(_ number: Int, _ count: Int) -> String {
        "-\(fiveDigits(number))-of-\(fiveDigits(count)).gguf"
    }

    private static func fiveDigits(_ number: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
}
