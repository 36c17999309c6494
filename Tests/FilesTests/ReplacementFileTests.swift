// Files that appear complete or not at all.

import Files
import Foundation
import Testing

@Suite struct ReplacementFileTests {
    private let folder: URL
    private var path: String { folder.appending(path: "out.bin").path }

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "copydesk-files-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Runs a test's body and removes its folder.
    private func clean(_ body: () throws -> Void) throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try body()
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private func content(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func `until it is committed the old file stays, and the new one is its owner's alone`() throws {
        try clean {
            try Data("old".utf8).write(to: URL(filePath: path))
            let file = try ReplacementFile(path: path)
            try file.write(Array("new ".utf8))
            try file.write("bytes".utf8)
            #expect(content(path) == "old")
            #expect(try mode(file.unfinishedPath) == 0o600)
            try file.commit()
            #expect(content(path) == "new bytes")
            #expect(try names() == ["out.bin"])
        }
    }

    @Test func `a file that is not committed leaves nothing`() throws {
        try clean {
            do {
                let file = try ReplacementFile(path: path)
                try file.write(Array("half".utf8))
                #expect(try names().count == 1)
            }
            #expect(try names().isEmpty)
        }
    }

    @Test func `the mode is that of any new file, or the one asked for`() throws {
        try clean {
            let usual = folder.appending(path: "usual").path
            try Data().write(to: URL(filePath: usual))
            try ReplacementFile(path: path).commit()
            #expect(try mode(path) == mode(usual))
            for mode in [0o600, 0o640] {
                try ReplacementFile(path: path, mode: .exactly(mode_t(mode))).commit()
                #expect(try self.mode(path) == mode)
            }
            try ReplacementFile(path: path, mode: .ownerOnly).commit()
            #expect(try mode(path) == 0o600)
        }
    }

    @Test func `a file is replaced only if that was asked for, even one that appears at the last moment`() throws {
        try clean {
            let file = try ReplacementFile(path: path)
            try file.write(Array("new".utf8))
            try Data("old".utf8).write(to: URL(filePath: path))
            let error = #expect(throws: FileError.self) { try file.commit(replaces: false) }
            #expect(error == FileError(path: path, code: EEXIST))
            #expect(error?.description == "\(path) exists already and was left as it is. Choose another name.")
            #expect(content(path) == "old")
        }
    }

    @Test func `two writers of one file do not meet`() throws {
        try clean {
            let (first, second) = (try ReplacementFile(path: path), try ReplacementFile(path: path))
            try first.write(Array("first".utf8))
            try second.write(Array("second".utf8))
            try second.commit()
            try first.commit()
            #expect(content(path) == "first")
            #expect(try names() == ["out.bin"])
        }
    }

    @Test func `bytes at the beginning can be written last`() throws {
        try clean {
            let file = try ReplacementFile(path: path)
            try file.write(Array("????text".utf8))
            try Array("head".utf8).withUnsafeBytes { try file.overwrite($0, at: 0) }
            try file.commit(synchronizes: false)
            #expect(content(path) == "headtext")
        }
    }

    @Test func `a missing folder and a folder in the file's place get a sentence`() throws {
        try clean {
            let missing = folder.appending(path: "no/out.bin").path
            let error = #expect(throws: FileError.self) { try ReplacementFile(path: missing) }
            #expect(
                error?.description == "\(missing) cannot be written: No such file or directory. "
                    + "Make the folder first, or choose another place.")
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
            let file = try ReplacementFile(path: path)
            #expect(throws: FileError(path: path, code: EISDIR)) { try file.commit() }
        }
    }

    @Test func `a disk that takes no more is told, and nothing is left`() async throws {
        await #expect(processExitsWith: .success) { [path = path as String, folder = folder.path as String] in
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
            setrlimit(__rlimit_resource_t(1), &limit)
            do throws(FileError) {
                try ReplacementFile(path: path).write([UInt8](repeating: 1, count: 100_000))
                exit(1)
            } catch {
                guard error.code == EFBIG else { exit(2) }
                exit(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty ? 0 : 3)
            }
        }
        try FileManager.default.removeItem(at: folder)
    }

    @Test func `files that dead processes left an hour ago are removed, and nothing else`() throws {
        try clean {
            func make(_ name: String, ageSeconds: Double) throws {
                let path = folder.appending(path: name).path
                try Data("half".utf8).write(to: URL(filePath: path))
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSinceNow: -ageSeconds)], ofItemAtPath: path)
            }
            try make(".copydesk-1.tmp", ageSeconds: 7200)
            try make(".copydesk-2.tmp", ageSeconds: 60)
            try make(".copydesk-notes.tmp", ageSeconds: 7200)
            try make("draft.tmp", ageSeconds: 7200)
            // Its writer lives and holds its lock.
            let file = try ReplacementFile(path: path)
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -7200)], ofItemAtPath: file.unfinishedPath)
            AbandonedFiles.remove(in: folder.path)
            let held = URL(filePath: file.unfinishedPath).lastPathComponent
            #expect(try names() == [".copydesk-2.tmp", ".copydesk-notes.tmp", "draft.tmp", held].sorted())
            // A caller who alone writes there.
            AbandonedFiles.remove(in: folder.path, evenIfNew: true)
            #expect(try names() == [".copydesk-notes.tmp", "draft.tmp", held].sorted())
            try file.commit()
        }
    }
}
