// The hidden folder of unfinished downloads: `.partial` of the models folder.
// - KEY.part holds the first bytes of a file, KEY.part.json what it is, KEY.lock is locked (flock) while a process works
//   on it, KEY.ready holds complete files under their names while they are checked. KEY is the file's SHA-256 sum, or
//   another name of its content.
// - Folders are made when the first lock is taken, and removed again as soon as nothing is in them.

import Files
import Foundation

struct PartFolder: Sendable {
    static let name = ".partial"

    let modelsFolder: String
    var path: String { "\(modelsFolder)/\(Self.name)" }

    func part(_ key: String) -> String { "\(path)/\(key).part" }
    func facts(_ key: String) -> String { "\(path)/\(key).part.json" }
    func lock(_ key: String) -> String { "\(path)/\(key).lock" }
    func ready(_ key: String) -> String { "\(path)/\(key).ready" }

    /// A name of a file's content: its sum, else that of its address.
    static func key(_ file: PullPlan.File) -> String {
        switch file.sum {
        case .sha256(let sum): return sum
        case .git(let sum): return "git-\(sum)"
        case nil:
            let sum = RunningSum(like: nil, bytes: nil)
            Array(file.address.utf8).withUnsafeBytes { sum.add($0) }
            return "address-\(sum.finish())"
        }
    }

    /// The bytes of an unfinished file; 0 if there is none.
    func bytes(_ key: String) -> Int { Self.size(part(key)) ?? 0 }

    /// - Returns: nil if there is no plain file.
    static func size(_ path: String) -> Int? {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(status.st_size)
    }

    static func exists(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0
    }

    /// The keys of unfinished files.
    var keys: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.filter { $0.hasSuffix(".part.json") }.map { String($0.dropLast(".part.json".count)) }.sorted()
    }

    /// Makes the folder.
    /// - Returns: the folders that were missing, the innermost first.
    func make() throws -> [String] {
        var missing: [String] = []
        var folder = path
        while !Self.exists(folder), folder != "/", folder != "." {
            missing.append(folder)
            folder = FilePath.folder(of: folder)
        }
        for folder in missing.reversed() where mkdir(folder, 0o777) != 0 && errno != EEXIST {
            throw DownloadError.disk("\(FileError(path: folder, code: errno))")
        }
        return missing
    }

    /// Removes the folder, and others that were made for it, if nothing is in them.
    func removeIfEmpty(_ made: [String]) {
        AbandonedFiles.remove(in: path)
        rmdir(path)
        for folder in made where rmdir(folder) != 0 && errno != ENOENT { return }
    }

    func removeFiles(_ key: String) {
        unlink(part(key))
        unlink(facts(key))
    }
}

/// The lock of one unfinished file, held until it is let go or the process ends.
final class PartLock {
    private let path: String
    private var descriptor: CInt

    /// - Returns: nil if another process holds it.
    /// - Throws: `DownloadError.disk`
    init?(_ key: String, in folder: PartFolder, made: inout [String]) throws {
        path = folder.lock(key)
        descriptor = -1
        // Another process may remove the folder or the lock at any moment in between.
        for _ in 0..<100 {
            made += try folder.make()
            descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
            if descriptor < 0 && errno == ENOENT { continue }
            guard descriptor >= 0 else { throw DownloadError.disk("\(FileError(path: path, code: errno))") }
            let isHeld = flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
            var (own, named) = (stat(), stat())
            if !isHeld, fstat(descriptor, &own) == 0, lstat(path, &named) == 0, own.st_ino == named.st_ino { return }
            close(descriptor)
            descriptor = -1
            if isHeld { return nil }
        }
        throw DownloadError.disk("\(FileError(path: path, code: EAGAIN))")
    }

    deinit { letGo() }

    func letGo() {
        guard descriptor >= 0 else { return }
        // Removed while it is held, so that nobody holds a file without a name.
        unlink(path)
        close(descriptor)
        descriptor = -1
    }

    /// True if some process works on the file.
    static func isHeld(_ key: String, in folder: PartFolder) -> Bool {
        let descriptor = open(folder.lock(key), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
}

/// What an unfinished file is: `KEY.part.json`.
struct PartFacts: Codable, Equatable {
    /// What the person asked for.
    var reference: String
    /// The name that the model will have.
    var name: String
    var source: String
    var commit: String?
    var path: String
    var size: Int?
    /// The checksum at the source.
    var etag: String?
    /// The keys of all files of the model, and their bytes together.
    var keys: [String]
    var totalBytes: Int?
    /// The name that the host of the bytes gives to their content, and the host it is of; only a strong one.
    var hostTag: String?
    var hostOrigin: String?

    init?(path: String) {
        guard let size = PartFolder.size(path), size < 16 << 20, let data = FileManager.default.contents(atPath: path),
            let read = try? JSONDecoder().decode(PartFacts.self, from: data)
        else { return nil }
        self = read
    }

    init(_ plan: PullPlan, _ file: PullPlan.File) {
        (reference, name, source, commit) = (plan.reference.text, plan.name, plan.source, plan.commit)
        (path, size, etag) = (file.path, file.bytes, file.sum?.hexadecimal)
        (keys, totalBytes) = (plan.files.map(PartFolder.key), plan.totalBytes)
    }

    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        do {
            // Its owner alone, because the address in a reference may hold a secret.
            let file = try ReplacementFile(path: path, mode: .ownerOnly)
            try file.write(try encoder.encode(self))
            try file.commit(synchronizes: false)
        } catch {
            throw DownloadError.disk("\(error)")
        }
    }
}
