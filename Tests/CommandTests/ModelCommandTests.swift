// `copydesk models`: downloads from a scripted Hub, models of servers, aliases, imports, and what doctor says of it all.

import Foundation
import ScriptedServer
import Testing
import Transfer

private let builtIn = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources/CEmbed/built-in.gguf").resolvingSymlinksInPath()

/// A Hub with one repository, OWNER/Tiny-GGUF, that has one file.
private final class Hub: Sendable {
    static let commit = String(repeating: "0123456789", count: 4)
    static let file = "tiny-q8_0.gguf"
    let server: ScriptedServer

    /// - Parameter cutAt: the first answer with the file's bytes ends after so many.
    init(_ bytes: [UInt8], cutAt: Int? = nil) throws {
        let digest = Digest(.sha256)
        bytes.withUnsafeBytes { digest.add($0) }
        let sum = digest.finish()
        let count = bytes.count
        server = try ScriptedServer { request, reply in
            let path = String(request.path.prefix { $0 != "?" })
            if path.contains("/revision/") {
                reply.answer(body: #"{"id":"owner/Tiny-GGUF","sha":"\#(Self.commit)","tags":["license:mit"]}"#)
            } else if path.contains("/tree/") {
                let entry =
                    #"{"type":"file","path":"\#(Self.file)","size":\#(count),"oid":"x","lfs":{"oid":"\#(sum)","size":\#(count)}}"#
                reply.answer(body: "[\(entry)]")
            } else if path.contains("/resolve/") {
                let lines = [
                    "HTTP/1.1 302 Found", "X-Repo-Commit: \(Self.commit)", "X-Linked-Etag: \"\(sum)\"",
                    "X-Linked-Size: \(count)", "Location: /bytes/\(Self.file)", "Content-Length: 0",
                ]
                reply.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
            } else if path.hasPrefix("/bytes/") {
                let start =
                    request.header("range").flatMap { Int($0.dropFirst("bytes=".count).prefix { $0 != "-" }) } ?? 0
                let head =
                    start == 0
                    ? "HTTP/1.1 200 OK"
                    : "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes \(start)-\(count - 1)/\(count)"
                reply.send("\(head)\r\nContent-Length: \(count - start)\r\nConnection: close\r\n\r\n")
                if let cutAt, start == 0 {
                    reply.send(Array(bytes[..<cutAt]))
                    reply.waitUntilGone()
                } else {
                    reply.send(Array(bytes[start...]))
                }
            } else if path == "/api/models" {
                reply.answer(body: #"[{"id":"owner/Tiny-GGUF","downloads":12,"tags":["license:mit"],"gated":false}]"#)
            } else {
                reply.answer("404 Not Found", ["X-Error-Code: RepoNotFound"], body: "Repository not found")
            }
        }
    }
}

private func bytes() throws -> [UInt8] { Array(try Data(contentsOf: builtIn)) }

/// The bytes of unfinished downloads.
private func partialBytes(_ home: Home) -> Int {
    let folder = home.folder.appending(path: "data/models/.partial")
    let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.fileSizeKey])
    return files?.reduce(0) { sum, file in
        sum + ((try? (file as? URL)?.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0)
    } ?? 0
}

@Suite struct `Downloading a model` {
    @Test func `brings the file, checks it, and the model runs by its name`() throws {
        let home = try Home()
        let hub = try Hub(try bytes())
        home.environment["HF_ENDPOINT"] = hub.server.url
        let run = try home.run("models", "pull", "owner/Tiny-GGUF:Q8_0")
        #expect(run.status == 0, "\(run.error)")
        #expect(run.output == "tiny-q8_0\n" && run.error.contains("licence mit") && run.error.contains("MB"))
        let listed = try home.run("models", "list", "--json").objects("models").filter {
            $0["name"] as? String == "tiny-q8_0"
        }
        #expect(listed.count == 1 && listed[0]["origin"] as? String == "own")
        let text = try home.run("generate", "--prompt", "Once", "--raw", "-m", "tiny-q8_0", "-o", "max_tokens=4")
        #expect(text.status == 0 && !text.output.isEmpty, "\(text.error)")
        let again = try home.run("models", "pull", "owner/Tiny-GGUF", "--json")
        let model = try #require(try again.json["model"] as? [String: Any])
        #expect(model["wasThere"] as? Bool == true && model["name"] as? String == "tiny-q8_0")
        #expect(model["commit"] as? String == Hub.commit && model["licence"] as? String == "mit")
        #expect(try home.run("models", "remove", "tiny-q8_0").output.contains("Removed: tiny-q8_0"))
        #expect(try home.run("models", "remove", "tiny-q8_0").status == 1)
    }

    @Test func `one that is stopped keeps its part, is no model, and the command goes on from there`() throws {
        let home = try Home()
        let hub = try Hub(try bytes(), cutAt: 1_000_000)
        home.environment["HF_ENDPOINT"] = hub.server.url
        let stopped = try home.run("models", "pull", "owner/Tiny-GGUF") { process in
            let end = ContinuousClock.now + .seconds(300)
            while partialBytes(home) < 500_000, process.isRunning, ContinuousClock.now < end { usleep(5000) }
            process.interrupt()
        }
        #expect(stopped.status == 130 && stopped.output.isEmpty, "\(stopped.error)")
        #expect(stopped.error.contains("copydesk models pull owner/Tiny-GGUF"), "\(stopped.error)")
        #expect(
            try home.run("models", "list", "--json").objects("models").map { $0["name"] as? String } == ["built-in"])
        #expect(try home.run("doctor").output.contains("unfinished download: tiny-q8_0"))
        let rest = try home.run("models", "pull", "owner/Tiny-GGUF")
        #expect(rest.status == 0 && rest.error.contains("here already"), "\(rest.error)")
        let ranges = hub.server.requests.compactMap { $0.header("range") }
        #expect(!ranges.isEmpty && ranges != ["bytes=0-"])
        #expect(try home.run("models", "show", "tiny-q8_0").status == 0)
    }

    @Test func `bad references and repositories get a sentence, and nothing is left`() throws {
        let home = try Home()
        let hub = try Hub(Array("GGUF no model".utf8))
        home.environment["HF_ENDPOINT"] = hub.server.url
        for (arguments, word) in [
            (["qwen"], "OWNER/REPO"), (["owner/none"], "owner/none"), (["owner/Tiny-GGUF:Q2_K"], "Q2_K"),
            (["owner/Tiny-GGUF"], "tiny-q8_0"), (["owner/Tiny-GGUF", "--sha256", "12"], "SHA-256"),
        ] {
            let run = try home.run(["models", "pull"] + arguments)
            #expect(run.status == 1 && run.error.contains(word) && run.output.isEmpty, "\(arguments): \(run.error)")
        }
        let left = (try? FileManager.default.contentsOfDirectory(atPath: home.path("data/models"))) ?? []
        #expect(left == [])
        home.environment["HF_HUB_OFFLINE"] = "1"
        #expect(try home.run("models", "pull", "owner/Tiny-GGUF").error.contains("HF_HUB_OFFLINE"))
    }

    @Test func `search finds repositories, and without words suggests small ones`() throws {
        let home = try Home()
        let hub = try Hub([])
        home.environment["HF_ENDPOINT"] = hub.server.url
        let found = try home.run("models", "search", "tiny", "--json").objects("models")
        #expect(found.map { $0["name"] as? String } == ["owner/Tiny-GGUF"] && found[0]["downloads"] as? Int == 12)
        #expect(try home.run("models", "search", "tiny").error.contains("copydesk models pull owner/Tiny-GGUF"))
        let before = hub.server.requests.count
        #expect(try home.run("models", "search", "--json").objects("models").count > 3)
        #expect(hub.server.requests.count == before)
        #expect(try home.run("models", "search", "x", "--limit", "0").status == 2)
    }
}

@Suite struct `Models by name` {
    @Test func `those of servers are listed when asked for, and a server that is gone is named`() throws {
        let home = try Home()
        let server = try ServerScript.writer { _ in [] }
        let gone = try ServerScript.writer { _ in [] }
        gone.close()
        try home.write(
            "endpoints: [{name: gone, url: \"\(gone.url)\"}, {name: local, url: \"\(server.url)/v1/\"}]\n",
            to: "config/config.yaml")
        let run = try home.run("models", "list", "--json", "--endpoints")
        #expect(run.status == 0 && run.error.contains("gone: "), "\(run.error)")
        let names = try run.objects("models").compactMap { $0["name"] as? String }
        #expect(names == ["built-in", "local/tiny", "local/owner/big"])
        #expect(try run.objects("models").last?["origin"] as? String == "endpoint")
        #expect(try home.run("models", "list").output.contains("local/") == false)
        #expect(try home.run("models", "default", "local/owner/big").status == 0)
        #expect(try home.run("config", "get", "model").output == "local/owner/big\n")
        #expect(try home.run("models", "default", "local/").status == 1)
    }

    @Test func `an alias opens its model, is listed, and is removed`() throws {
        let home = try Home()
        let server = try ServerScript.writer { _ in ["Hi"] }
        try home.add(server)
        #expect(try home.run("models", "alias", "fast", "local/owner/big").status == 0)
        #expect(try home.run("models", "alias", "mine", "built-in").status == 0)
        let run = try home.run("generate", "--prompt", "Hi", "-m", "fast", "--json")
        #expect((try run.json["generation"] as? [String: Any])?["model"] as? String == "local/owner/big")
        #expect(try home.run("models", "show", "mine").output.contains("built-in"))
        #expect(try home.run("models").output.contains("alias of local/owner/big"))
        #expect(
            try home.run("models", "list", "--json").json["aliases"] as? [String: String] == [
                "fast": "local/owner/big", "mine": "built-in",
            ])
        #expect(try home.run("models", "alias", "--remove", "fast").status == 0)
        let gone = try home.run("models", "alias", "--remove", "fast")
        #expect(gone.status == 1 && gone.error.contains("There is no alias 'fast'"))
        for (arguments, status, word) in [
            (["built-in", "x"], 2, "inside the program"), (["a/b", "built-in"], 2, "cannot be an alias"),
            (["x", "nothing-here"], 1, "There is no model 'nothing-here'"), (["x"], 2, "needs the model"),
            (["local", "built-in"], 1, "There is an endpoint 'local'"),
        ] as [([String], Int32, String)] {
            let run = try home.run(["models", "alias"] + arguments)
            #expect(run.status == status && run.error.contains(word), "\(arguments): \(run.error)")
        }
    }

    @Test func `a file is imported as a copy, a link or a move`() throws {
        let home = try Home()
        for (flag, name) in [([], "copied"), (["--link"], "linked"), (["--move"], "moved")] {
            try FileManager.default.copyItem(atPath: builtIn.path, toPath: home.path("\(name).gguf"))
            let run = try home.run(["models", "import", home.path("\(name).gguf")] + flag)
            #expect(run.status == 0 && run.output == "\(name)\n", "\(run.error)")
            #expect(FileManager.default.fileExists(atPath: home.path("\(name).gguf")) == (name != "moved"))
            #expect(try home.run("models", "show", name).status == 0)
        }
        let again = try home.run("models", "import", home.path("copied.gguf"))
        #expect(again.status == 1 && again.error.contains("--force replaces it"), "\(again.error)")
        try home.write("no model", to: "page.gguf")
        #expect(try home.run("models", "import", home.path("page.gguf")).status == 1)
        #expect(try home.run("models", "import", "x", "--link", "--move").status == 2)
        #expect(try home.run("models", "remove", "built-in").error.contains("cannot be removed"))
    }

    @Test func `those of other programs are found, unless the settings say no`() throws {
        let home = try Home()
        let snapshot = "hub/models--owner--tiny/snapshots/\(Hub.commit)"
        let blob = home.path("hub/models--owner--tiny/blobs/" + String(repeating: "a", count: 64))
        try home.write("", to: "\(snapshot)/x")
        try home.write("", to: "hub/models--owner--tiny/blobs/x")
        try home.write(Hub.commit, to: "hub/models--owner--tiny/refs/main")
        try FileManager.default.copyItem(atPath: builtIn.path, toPath: blob)
        try FileManager.default.createSymbolicLink(
            atPath: home.path("\(snapshot)/cached.gguf"), withDestinationPath: blob)
        home.environment["HF_HUB_CACHE"] = home.path("hub")
        let listed = try home.run("models")
        #expect(listed.output.contains("cached") && listed.output.contains("Hugging Face"), "\(listed.output)")
        #expect(try home.run("generate", "--prompt", "A", "--raw", "-m", "cached", "-o", "max_tokens=2").status == 0)
        let doctor = try home.run("doctor", "--json").json
        let outside = doctor["outside"] as? [[String: Any]]
        #expect(outside?.contains { $0["folder"] as? String == home.path("hub") && $0["count"] as? Int == 1 } == true)
        #expect((doctor["transfer"] as? String)?.contains("libcurl") == true)
        let remove = try home.run("models", "remove", "cached")
        #expect(remove.status == 1 && remove.error.contains("Hugging Face"), "\(remove.error)")
        #expect(try home.run("config", "set", "models.use_caches", "false").status == 0)
        #expect(try home.run("models").output.contains("cached") == false)
    }

    @Test func `doctor shows the servers without asking them`() throws {
        let home = try Home()
        let server = try ServerScript.writer { _ in [] }
        try home.add(server, ", key_env: LOCAL_KEY")
        let run = try home.run("doctor")
        #expect(run.output.contains("server local: \(server.url)/v1, no key: $LOCAL_KEY is not set"), "\(run.output)")
        let report = try home.run("doctor", "--json").objects("endpoints")
        #expect(report.map { $0["name"] as? String } == ["local"] && report[0]["key"] is NSNull)
        #expect(server.requests.isEmpty)
    }

    @Test func `without libcurl servers cannot be asked, and everything else works`() throws {
        let home = try Home()
        let server = try ServerScript.writer { _ in [] }
        try home.add(server)
        // Files that are no libraries stand before those of the system.
        try home.write("", to: "libraries/libcurl.so.4")
        try home.write("", to: "libraries/libcurl-gnutls.so.4")
        home.environment["LD_LIBRARY_PATH"] = home.path("libraries")
        let asked = try home.run("generate", "--prompt", "A", "-m", "local/m")
        #expect(asked.status == 1 && asked.error.contains("libcurl, which sends requests, cannot be loaded ("))
        #expect(asked.error.contains("Debian's package is libcurl4."), "\(asked.error)")
        #expect(try home.run("generate", "--prompt", "A", "--raw", "-o", "max_tokens=2").status == 0)
        let doctor = try home.run("doctor", "--json")
        #expect(doctor.status == 1)
        #expect(try doctor.json["transfer"] is NSNull)
        let checks = try doctor.objects("checks")
        #expect(checks.first { $0["name"] as? String == "transfer" }?["ok"] as? Bool == false)
        #expect(server.requests.isEmpty)
    }
}
