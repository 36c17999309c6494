// Backups, damaged stores, and stores that cannot be written, from the command line.

import Foundation
import Testing

/// A home with a store in a folder of its own, on a small file system if one can be mounted.
private final class StoreHome {
    let home: Home
    private var isMounted = false

    /// Two drafts about exercise, the first one starred, and an open log if `hasCrashed`.
    init(onSmallDisk: Bool = false) throws {
        home = try Home()
        try FileManager.default.createDirectory(atPath: home.path("disk"), withIntermediateDirectories: true)
        if onSmallDisk {
            try shell("mount -t tmpfs -o size=2m,mode=755 tmpfs disk")
            isMounted = true
        }
        let run = try home.run(
            "generate", "article-headline", "-p", "topic=exercise", "-n", "2", "--seed", "7", "-o", "max_tokens=12",
            "-o", "best_of=0", "--database", "disk/drafts.db")
        #expect(run.status == 0, "\(run.error)")
    }

    deinit { if isMounted { try? shell("umount -l disk") } }

    func shell(_ command: String) throws {
        let run = try home.run(["-c", command], program: URL(filePath: "/bin/sh"))
        try #require(run.status == 0, "\(command): \(run.error)")
    }

    func run(_ arguments: String..., as prefix: [String] = []) throws -> Run {
        let words = prefix + [executable.path] + arguments + ["--database", home.path("disk/drafts.db")]
        return try home.run(Array(words.dropFirst()), program: URL(filePath: words[0]))
    }

    func names() throws -> [String] { try FileManager.default.contentsOfDirectory(atPath: home.path("disk")).sorted() }
}

private let canMount: Bool = {
    guard geteuid() == 0, let store = try? Home() else { return false }
    let command = "mkdir d && mount -t tmpfs -o size=1m tmpfs d && umount d"
    return (try? store.run(["-c", command], program: URL(filePath: "/bin/sh")).status) == 0
}()

private let setprivPath = ["/usr/bin/setpriv", "/bin/setpriv"].first {
    FileManager.default.isExecutableFile(atPath: $0)
}

@Suite struct `Care for the store from the command line` {
    /// The commands that only read, each with something it must print.
    private static let reading: [(command: [String], output: String)] = [
        (["history", "list"], "2"), (["history", "search", "exercise"], "1"), (["history", "show", "1"], "exercise"),
        (["export", "--all"], "Draft 2"), (["export", "1"], "Draft 1"), (["export", "--query", "exercise"], "Draft 2"),
        (["history", "list", "--json"], "generations"), (["doctor"], "drafts.db"),
    ]

    private func expectReading(_ store: StoreHome, because reason: String, as prefix: [String] = []) throws {
        let path = store.home.path("disk/drafts.db")
        for (command, output) in Self.reading {
            var arguments = command
            arguments += ["--database", path]
            let words = prefix + [executable.path] + arguments
            let run = try store.home.run(Array(words.dropFirst()), program: URL(filePath: words[0]))
            #expect(run.status == 0, "\(command): \(run.error)")
            #expect(run.output.contains(output), "\(command): \(run.output)")
            #expect(
                run.error
                    == "copydesk: \(path) is open for reading only, because \(reason). Nothing can be saved in it.\n",
                "\(command)")
        }
    }

    @Test(.enabled(if: canMount, "only root can mount a small disk"))
    func `on a full disk everything can be read, and generate names the way without saving`() throws {
        let store = try StoreHome(onSmallDisk: true)
        try store.shell("cat /dev/zero >disk/filling || true")
        try expectReading(store, because: "the disk is full")
        let path = store.home.path("disk/drafts.db")
        let refused = try store.run("generate", "slogan", "--examples", "-n", "1")
        #expect(refused.status == 1)
        #expect(
            refused.error
                == "copydesk: \(path) cannot be written: the disk is full. Free some space and try again; what was saved is "
                + "kept. With --no-save the drafts are printed and not kept.\n")
        #expect(try store.run("generate", "slogan", "--examples", "-n", "1", "--no-save").status == 0)
        let backup = try store.run("backup", store.home.path("copy.db"), "--json")
        #expect(try backup.json["drafts"] as? Int == 2)
    }

    @Test(.enabled(if: canMount, "only root can mount a small disk"))
    func `on a read-only medium everything can be read`() throws {
        let store = try StoreHome(onSmallDisk: true)
        try store.shell("mount -o remount,ro disk")
        try expectReading(store, because: "the file or its folder is read-only")
        let refused = try store.run("history", "delete", "1")
        #expect(refused.status == 1)
        #expect(
            refused.error.hasSuffix("Give yourself the right to write there. --database FILE names another store.\n"))
    }

    @Test(.enabled(if: geteuid() == 0 && setprivPath != nil, "only root with setpriv can become somebody else"))
    func `another user's store can be read, and nothing is put beside it`() throws {
        let store = try StoreHome()
        try store.shell("chmod 755 . disk; chmod 644 disk/*")
        let names = try store.names()
        try expectReading(
            store, because: "the file or its folder is read-only",
            as: [try #require(setprivPath), "--reuid=65534", "--regid=65534", "--clear-groups"])
        #expect(try store.names() == names)
    }

    @Test(.enabled(if: canMount && tmuxPath != nil, "only root can mount a small disk, and tmux is needed"))
    func `the studio opens a store that cannot be written, and says so`() throws {
        let store = try StoreHome(onSmallDisk: true)
        try store.shell("mount -o remount,ro disk")
        let studio = try StudioSession(
            home: store.home, rows: 40, columns: 200, arguments: ["--database", store.home.path("disk/drafts.db")])
        try studio.wait(for: "is open for reading only")
        try studio.wait(for: "Today")
        try studio.press("q")
        try studio.wait(for: "ended with 0")
    }

    @Test func `a backup is made, looked into, and put back with the old store kept`() throws {
        let store = try StoreHome()
        let file = store.home.path("copy.db")
        let made = try store.run("backup", file)
        #expect(made.output == "1 generation, 2 drafts copied to \(file).\n")
        let again = try store.run("backup", file)
        #expect(again.status == 1)
        #expect(
            again.error == "copydesk: \(file) exists already and was left as it is. "
                + "Name another file, or remove this one. --force replaces it.\n")
        #expect(try store.run("history", "delete", "1").status == 0)
        #expect(try store.run("generate", "slogan", "--examples", "-n", "1").status == 0)
        #expect(
            try store.home.run("history", "search", "exercise", "--database", file, "--json").objects("drafts").count
                == 2)

        let restored = try store.run("restore", file, "--json")
        let kept = try #require(try restored.json["kept"] as? String)
        #expect(try restored.json["drafts"] as? Int == 2)
        #expect(try store.run("history", "list", "--json").objects("generations").count == 1)
        #expect(try store.run("history", "search", "exercise", "--json").objects("drafts").count == 2)
        let old = try store.home.run("history", "list", "--database", kept, "--json")
        #expect(try old.objects("generations").count == 2)
        #expect(try store.run("doctor").output.contains("pages, references and search index are valid"))
    }

    @Test(.enabled(if: tmuxPath != nil, "tmux is not installed"))
    func `a store that the studio has open is not replaced`() throws {
        let store = try StoreHome()
        let file = store.home.path("copy.db")
        #expect(try store.run("backup", file).status == 0)
        let studio = try StudioSession(
            home: store.home, rows: 24, columns: 80, arguments: ["--database", store.home.path("disk/drafts.db")])
        try studio.wait(for: "Article headline")
        let refused = try store.run("restore", file)
        #expect(refused.status == 1)
        #expect(
            refused.error
                == "copydesk: \(store.home.path("disk/drafts.db")) is in use by another process and was left as it is. "
                + "Close the studio and other commands that use it, then try again.\n")
        try studio.press("q")
        try studio.wait(for: "ended with 0")
        #expect(try store.run("restore", file).status == 0)
    }

    @Test func `a damaged store is told of with the commands that help, and they do`() throws {
        let store = try StoreHome()
        let path = store.home.path("disk/drafts.db")
        let whole = try Data(contentsOf: URL(filePath: path))
        // The first page is the schema and the root of everything.
        var damaged = whole
        for index in 100..<4096 { damaged[index] = 0xAA }
        try damaged.write(to: URL(filePath: path))
        let listed = try store.run("history", "list")
        #expect(listed.status == 1)
        #expect(
            listed.error
                == "copydesk: \(path) is damaged and was left as it is. Salvage what can be read, or restore a backup. "
                + "`copydesk salvage NEW.db --database \(path)` writes what can be read into a new store; "
                + "`copydesk restore BACKUP --database \(path)` puts a backup in its place and keeps this one beside it.\n"
        )
        let doctor = try store.run("doctor")
        #expect(doctor.status == 1)
        #expect(doctor.output.contains("✗ store: \(path) is damaged"))

        let saved = store.home.path("saved.db")
        let salvaged = try store.run("salvage", saved, "--json")
        #expect(try salvaged.json["drafts"] as? Int == 2)
        #expect(try Data(contentsOf: URL(filePath: path)) == damaged)
        #expect(try store.run("salvage", saved).error.hasSuffix("--force replaces it.\n"))
        let text = store.home.path("saved.md")
        #expect(
            try store.run("salvage", text).output.hasPrefix("1 generation, 2 drafts and 0 earlier texts read from "))
        #expect(try String(contentsOfFile: text, encoding: .utf8).contains("### Draft 2"))

        #expect(try store.run("restore", saved).status == 0)
        #expect(try store.run("history", "search", "exercise", "--json").objects("drafts").count == 2)
        #expect(try store.run("doctor").status == 0)
    }

    @Test func `doctor finds damage in the middle of a store`() throws {
        let store = try StoreHome()
        let path = store.home.path("disk/drafts.db")
        var bytes = try Data(contentsOf: URL(filePath: path))
        // An index that no query of the others' reads: only the check looks there.
        for index in (bytes.count - 4096)..<bytes.count { bytes[index] = 0x55 }
        try bytes.write(to: URL(filePath: path))
        let doctor = try store.run("doctor")
        #expect(doctor.status == 1)
        #expect(doctor.output.contains("is damaged"), "\(doctor.output)")
    }

    @Test func `a file that is not a backup is refused, and the store stays`() throws {
        let store = try StoreHome()
        try store.home.write("hello, I am a text of more than a few words", to: "text.db")
        let refused = try store.run("restore", store.home.path("text.db"))
        #expect(refused.status == 1)
        #expect(refused.error.contains("text.db is not a backup: it is not an SQLite database. Name another file.\n"))
        #expect(try store.run("restore", store.home.path("none.db")).error.hasPrefix("copydesk: There is no store "))
        #expect(
            try store.home.run("backup", "copy.db", "--database", "none.db").error.hasPrefix(
                "copydesk: There is no store "))
        #expect(!FileManager.default.fileExists(atPath: store.home.path("none.db")))
        #expect(try store.run("history", "list", "--json").objects("generations").count == 1)
    }

    @Test func `a damaged backup is told of with a command that helps with the backup`() throws {
        let store = try StoreHome()
        let file = store.home.path("copy.db")
        #expect(try store.run("backup", file).status == 0)
        var bytes = try Data(contentsOf: URL(filePath: file))
        for index in 100..<4096 { bytes[index] = 0xAA }
        try bytes.write(to: URL(filePath: file))
        let refused = try store.run("restore", file)
        #expect(refused.status == 1)
        #expect(
            refused.error == "copydesk: \(file) is damaged and was not used: SQLite cannot read all of it. "
                + "Take another backup. `copydesk salvage NEW.db --database \(file)` writes what can be read of it "
                + "into a new store.\n")
    }

    @Test func `doctor makes no store of a mistyped name, and tells an empty file from a store`() throws {
        let home = try Home()
        let missing = try home.run("doctor", "--database", "mistyped.db")
        #expect(missing.status == 1)
        #expect(missing.output.contains("✗ store: There is no store mistyped.db. Check the name."))
        #expect(!FileManager.default.fileExists(atPath: home.path("mistyped.db")))
        #expect(try home.run("doctor").output.contains("✓ store: none yet; the first start makes "))
        try home.write("", to: "empty.db")
        let empty = try home.run("doctor", "--database", "empty.db")
        #expect(empty.status == 1)
        #expect(empty.output.contains("✗ store: empty.db is an empty file and holds no drafts."))
        let first = try home.run("generate", "slogan", "--examples", "-n", "1", "--database", "empty.db")
        #expect(first.status == 0, "\(first.error)")
        #expect(try home.run("doctor", "--database", "empty.db").output.contains("✓ store: "))
    }

    @Test(.enabled(if: geteuid() == 0 && setprivPath != nil, "only root with setpriv can become somebody else"))
    func `a backup that may not be read gets that said`() throws {
        let store = try StoreHome()
        try store.shell("chmod 777 . disk; chmod 666 disk/*; cp disk/drafts.db secret.db; chmod 600 secret.db")
        let file = store.home.path("secret.db")
        let refused = try store.run(
            "restore", file,
            as: [try #require(setprivPath), "--reuid=65534", "--regid=65534", "--clear-groups"])
        #expect(refused.status == 1)
        #expect(refused.error == "copydesk: \(file) cannot be opened: it may not be read. Check the path.\n")
    }

    @Test(.enabled(if: canMount && tmuxPath != nil, "only root can mount a small disk, and tmux is needed"))
    func `a studio opened on a full disk saves once there is room`() throws {
        let store = try StoreHome(onSmallDisk: true)
        try store.shell("rm -f disk/*-shm; cat /dev/zero >disk/filling || true")
        let path = store.home.path("disk/drafts.db")
        let studio = try StudioSession(
            home: store.home, rows: 40, columns: 160, arguments: ["--database", path])
        try studio.wait(for: "is open for reading only")
        try studio.wait(for: "Today")
        try studio.press("Enter")
        try studio.wait(for: "required")
        try studio.press("C-e", "C-g")
        try studio.wait(for: "not saved")
        try studio.wait(for: "Not saved: ")
        try store.shell("rm disk/filling")
        try studio.press("S")
        try studio.wait("the drafts to be saved") { !$0.lowercased().contains("not saved") }
        #expect(try store.run("history", "list", "--json").objects("generations").count == 2)
        try studio.press("q")
        try studio.wait(for: "ended with 0")
    }

    @Test func `an export to - is standard output`() throws {
        let store = try StoreHome()
        let run = try store.run("export", "--all", "--format", "csv", "-O", "-")
        #expect(run.output.hasPrefix("id,generationId,"))
        #expect(try !store.home.run("history", "list").output.contains("id,"))
        #expect(!FileManager.default.fileExists(atPath: store.home.path("-")))
    }
}
