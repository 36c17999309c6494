// Gives complete files their names in the models folder.
// - First all of them get their names in a folder of `.partial`, where the caller's check looks at the model as it will be.
// - A split model appears with its first part, which is moved last: lists of models show that one.
// - A file that has a name already is never replaced. The manifest is written last.

import Files
import Foundation

struct Placement {
    private let plan: PullPlan
    private let files: [PullPlan.File]
    private let parts: PartFolder
    private let downloads: ModelDownloads
    private let ready: String

    /// - Parameter files: those of the plan that are not in the models folder yet.
    init(_ plan: PullPlan, _ files: [PullPlan.File], in parts: PartFolder, _ downloads: ModelDownloads) {
        (self.plan, self.files, self.parts, self.downloads) = (plan, files, parts, downloads)
        ready = parts.ready(files.first.map(PartFolder.key) ?? "none")
    }

    /// Makes parts again of files that a process left when it died between the two names.
    func takeBack() {
        for file in files { rename("\(ready)/\(file.fileName)", parts.part(PartFolder.key(file))) }
        try? FileManager.default.removeItem(atPath: ready)
    }

    /// - Parameter sums: the checksums of what arrived, by key.
    func place(sums: [String: String]) throws -> PulledModel {
        try disk(ready) { mkdir(ready, 0o777) == 0 || errno == EEXIST }
        var placed: [String: String] = [:]
        for file in files {
            let (key, path) = (PartFolder.key(file), "\(ready)/\(file.fileName)")
            if let twin = placed[key] {
                // Two files of a repository may have the same content, which came once.
                try disk(path) {
                    link(twin, path) == 0 || (try? FileManager.default.copyItem(atPath: twin, toPath: path)) != nil
                }
            } else {
                try disk(path) { rename(parts.part(key), path) == 0 }
                placed[key] = path
            }
        }
        try check()
        let paths = try plan.isFolder ? [moveFolder()] : moveFiles()
        for file in files { parts.removeFiles(PartFolder.key(file)) }
        try? FileManager.default.removeItem(atPath: ready)
        try disk(downloads.folder) { Descriptor.synchronize(downloads.folder) == 0 }
        try remember(sums)
        return PulledModel(name: plan.name, paths: paths, wasThere: false)
    }

    /// The whole model, as the check has to see it: parts that are in the models folder are linked beside the others.
    private func check() throws {
        var paths: [String] = []
        for file in plan.files {
            let path = "\(ready)/\(file.fileName)"
            if !PartFolder.exists(path) {
                let absolute = URL(filePath: "\(downloads.folder)/\(file.fileName)").path
                try disk(path) { symlink(absolute, path) == 0 }
            }
            paths.append(path)
        }
        do {
            try downloads.check(plan.isFolder ? [ready] : paths)
        } catch {
            for file in files { parts.removeFiles(PartFolder.key(file)) }
            try? FileManager.default.removeItem(atPath: ready)
            throw DownloadError.refused(
                name: plan.name,
                reason: "\(error)".replacingOccurrences(of: ready + "/", with: "")
                    .replacingOccurrences(of: ready, with: plan.name))
        }
    }

    private func moveFiles() throws -> [String] {
        // The first part last.
        for file in files.reversed() { try move("\(ready)/\(file.fileName)", to: path(file.fileName)) }
        return plan.files.map { path($0.fileName) }
    }

    private func moveFolder() throws -> String {
        try disk(ready) { Descriptor.synchronize(ready) == 0 }
        let path = path(plan.name)
        guard !PartFolder.exists(path) else { throw taken }
        try disk(path) { rename(ready, path) == 0 }
        return path
    }

    private func move(_ path: String, to target: String) throws {
        // A hard link never replaces a file.
        if link(path, target) == 0 {
            unlink(path)
        } else if errno == EEXIST {
            throw taken
        } else {
            // File systems without hard links (FAT): look, then rename.
            if PartFolder.exists(target) { throw taken }
            try disk(target) { rename(path, target) == 0 }
        }
    }

    /// Somebody took the name while the bytes came.
    private var taken: DownloadError {
        takeBack()
        return .nameTaken(plan.name, folder: downloads.folder)
    }

    private func remember(_ sums: [String: String]) throws {
        do {
            try ModelManifest.change(folder: downloads.folder) { entries in
                for file in plan.files {
                    let name = plan.isFolder ? "\(plan.name)/\(file.fileName)" : file.fileName
                    let isOfGit = if case .git = file.sum { true } else { false }
                    let sum = isOfGit ? nil : file.sum?.hexadecimal ?? sums[PartFolder.key(file)]
                    entries[name] = ModelOrigin(
                        reference: plan.reference.publicText, commit: plan.commit, sha256: sum,
                        bytes: PartFolder.size(path(name)) ?? file.bytes ?? 0)
                }
            }
        } catch {
            throw DownloadError.disk("\(error)")
        }
    }

    private func path(_ name: String) -> String { "\(downloads.folder)/\(name)" }

    private func disk(_ path: String, _ isDone: () -> Bool) throws {
        guard isDone() else { throw DownloadError.disk("\(FileError(path: path, code: errno))") }
    }
}
