// Files: whole or not at all, nothing replaced unasked, names that every file system takes.

import Export
import Foundation
import Generation
import Testing

@Suite struct FileTests {
    private let temporary: TemporaryFolder
    private var folder: String { temporary.path }

    init() throws { temporary = try TemporaryFolder() }

    private func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() }

    private func content(_ name: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
    }

    @Test func `a file is written whole and nothing else is left`() throws {
        let text = String(repeating: "灯 lamp\r\n", count: 200_000)
        try ExportFile.write(text, to: "\(folder)/灯.md")
        #expect(try content("灯.md").isSame(text))
        try ExportFile.write("", to: "\(folder)/empty.txt")
        #expect(try names() == ["empty.txt", "灯.md"])
    }

    @Test func `a file that is there is replaced only by force, and keeps its mode`() throws {
        let path = "\(folder)/out.md"
        try ExportFile.write("first", to: path)
        chmod(path, 0o640)
        let error = #expect(throws: ExportError.exists(path: path)) { try ExportFile.write("second", to: path) }
        #expect(
            error?.description
                == "\(path) exists already and was left as it is. Choose another name.")
        #expect(try content("out.md") == "first")
        try ExportFile.write("second", to: path, force: true)
        #expect(try content("out.md") == "second")
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
        #expect(try names() == ["out.md"])
    }

    @Test func `while it is written an export is its owner's alone, and then has the mode of any new file`() throws {
        func mode(_ name: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")[.posixPermissions] as? Int
        }
        try Data().write(to: URL(filePath: "\(folder)/usual"))
        try ExportFile.write(to: "\(folder)/out.md") { output in
            try output(String(repeating: "x", count: 100_000))
            let unfinished = try #require(try names().first { $0.hasPrefix(".copydesk-") })
            #expect(try mode(unfinished) == 0o600)
        }
        #expect(try mode("out.md") == mode("usual"))
    }

    @Test func `what a dead export left is removed by the next one, and nothing else`() throws {
        func make(_ name: String, ageSeconds: Double) throws {
            try Data("half".utf8).write(to: URL(filePath: "\(folder)/\(name)"))
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -ageSeconds)], ofItemAtPath: "\(folder)/\(name)")
        }
        try make(".copydesk-1.tmp", ageSeconds: 7200)
        try make(".copydesk-2.tmp", ageSeconds: 60)
        try make(".copydesk-3.tmp", ageSeconds: 7200)
        try make(".copydesk-notes.tmp", ageSeconds: 7200)
        try make("draft.tmp", ageSeconds: 7200)
        // Its writer lives and holds it.
        let held = open("\(folder)/.copydesk-3.tmp", O_RDONLY)
        defer { close(held) }
        #expect(flock(held, LOCK_EX) == 0)
        try ExportFile.write("x", to: "\(folder)/out.md")
        #expect(
            try names()
                == [".copydesk-2.tmp", ".copydesk-3.tmp", ".copydesk-notes.tmp", "draft.tmp", "out.md"])
    }

    @Test func `a symbolic link stays a link, and its target is what is replaced`() throws {
        try ExportFile.write("first", to: "\(folder)/real.md")
        symlink("real.md", "\(folder)/link.md")
        #expect(throws: ExportError.exists(path: "\(folder)/link.md")) {
            try ExportFile.write("second", to: "\(folder)/link.md")
        }
        try ExportFile.write("second", to: "\(folder)/link.md", force: true)
        #expect(try content("real.md") == "second")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/link.md") == "real.md")
        symlink("nowhere.md", "\(folder)/dangling.md")
        #expect(throws: ExportError.exists(path: "\(folder)/dangling.md")) {
            try ExportFile.write("x", to: "\(folder)/dangling.md")
        }
    }

    @Test func `a place that does not exist gets a sentence`() throws {
        let missing = "\(folder)/no/such/out.md"
        let error = #expect(throws: ExportError.self) { try ExportFile.write("x", to: missing) }
        #expect(
            error?.description == "\(missing) cannot be written: there is no folder \(folder)/no/such. "
                + "Make it first, or choose another place.")
        #expect(throws: ExportError.isFolder(path: folder)) { try ExportFile.write("x", to: folder, force: true) }
        #expect(throws: ExportError.isFolder(path: "\(folder)/new/")) {
            try ExportFile.write("x", to: "\(folder)/new/")
        }
        #expect(throws: ExportError.noName) { try ExportFile.write("x", to: "") }
        let long = "\(folder)/" + String(repeating: "灯", count: 100) + ".md"
        #expect(throws: ExportError.nameTooLong(path: long)) { try ExportFile.write("x", to: long) }
        #expect(try names().isEmpty)
    }

    @Test func `a full disk gets a sentence`() {
        #expect(throws: ExportError.diskFull(path: "/dev/full")) { try ExportFile.write("x", to: "/dev/full") }
        #expect(
            ExportError.diskFull(path: "/m/out.md").description
                == "/m/out.md cannot be written: the disk is full. "
                + "Free some space or choose another disk; nothing is lost.")
    }

    @Test func `a file that grows beyond what may be written leaves what was there`() async throws {
        let path = "\(folder)/out.md"
        try ExportFile.write("first", to: path)
        await #expect(processExitsWith: .success) { [path = path as String] in
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
            setrlimit(__rlimit_resource_t(1), &limit)
            do {
                try ExportFile.write(String(repeating: "x", count: 100_000), to: path, force: true)
                exit(1)
            } catch ExportError.diskFull {
                exit(0)
            }
        }
        #expect(try content("out.md") == "first")
        #expect(try names() == ["out.md"])
    }

    @Test func `a folder that may not be written to gets a sentence`() async throws {
        chmod(folder, 0o555)
        await #expect(processExitsWith: .success) { [path = folder + "/out.md" as String] in
            // Root may write everywhere: as somebody else the sentence shows.
            if geteuid() == 0 && setuid(65534) != 0 { exit(0) }
            do {
                try ExportFile.write("x", to: path)
                exit(1)
            } catch ExportError.notPermitted {
                exit(0)
            }
        }
        chmod(folder, 0o755)
        #expect(try names().isEmpty)
    }

    @Test func `a file's name tells its format`() {
        #expect(ExportFormat(fileName: "a/b.c/Out.MARKDOWN") == .markdown)
        #expect(ExportFormat(fileName: "x.ndjson") == .jsonl)
        #expect(ExportFormat(fileName: "x.docx") == nil)
        #expect(ExportFormat(fileName: "html") == nil)
    }
}
