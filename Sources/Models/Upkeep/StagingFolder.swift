// A folder for what is on its way into the models folder, or out of it.
// - It lies in `.partial` of the models folder, so that taking the name is one step on one file system.
// - It is locked while its process lives; the next import removes those that dead processes left.

import Foundation
import Glibc

final class StagingFolder {
    let path: String
    private let parent: String
    private let descriptor: CInt
    private static let prefix = "staging-"

    /// - Throws: `UpkeepError.failed` if the models folder takes no new folder.
    init(in modelsFolder: String) throws {
        parent = "\(modelsFolder)/\(ModelLibrary.unfinishedFolder)"
        path = "\(parent)/\(Self.prefix)\(UInt64.random(in: .min ... .max))"
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw UpkeepError.failed(path: modelsFolder, action: "written to", code: errno == 0 ? EACCES : errno)
        }
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        _ = flock(descriptor, LOCK_EX | LOCK_NB)
        removeAbandoned()
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        if descriptor >= 0 { close(descriptor) }
        rmdir(parent)  // only if nothing else is in it
    }

    private func removeAbandoned() {
        for name in ((try? FolderReading.names(in: parent)) ?? nil) ?? [] where name.hasPrefix(Self.prefix) {
            let other = "\(parent)/\(name)"
            guard other != path else { continue }
            let descriptor = open(other, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { try? FileManager.default.removeItem(atPath: other) }
        }
    }
}
