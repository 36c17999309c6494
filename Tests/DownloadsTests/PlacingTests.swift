import Foundation
import ScriptedServer
import Testing

@testable import Downloads

@Suite struct `A model in the models folder` {
    private let bytes = model(2000)

    @Test func `has the repository before its name if another file has the name`() throws {
        let hub = try FakeHub([("m.gguf", bytes)])
        let place = try Place()
        try place.put("m.gguf", model(2000, 9))
        let pulled = try place.downloads(hub).get("a/b")
        #expect(pulled.name == "a--b--m" && pulled.paths == ["\(place.folder)/a--b--m.gguf"])
        #expect(place.bytes("a--b--m.gguf") == bytes && place.bytes("m.gguf") == model(2000, 9))
        // Now both names are there; the second one is the same file.
        #expect(try place.downloads(hub).get("a/b").wasThere)
        try place.put("a--b--m.gguf", [1])
        #expect(throws: DownloadError.nameTaken("a--b--m", folder: place.folder)) {
            try place.downloads(hub).get("a/b")
        }
        #expect(place.bytes("a--b--m.gguf") == [1])
    }

    @Test func `is not downloaded again if it is there with the right sum`() throws {
        let hub = try FakeHub([("m.gguf", bytes)])
        let place = try Place()
        try place.downloads(hub).get("a/b")
        let plan = try place.downloads(hub).plan(ModelReference("a/b"))
        #expect(plan.isThere && plan.name == "m")
        let again = try place.downloads(hub).pull(plan)
        #expect(again == PulledModel(name: "m", paths: ["\(place.folder)/m.gguf"], wasThere: true))
        #expect(hub.gets.count == 1)
    }

    @Test func `in parts appears with all of them, and its first part last`() throws {
        let names = (1...3).map { "m-0000\($0)-of-00003.gguf" }
        let hub = try FakeHub(names.enumerated().map { ($1, model(1000, UInt8($0))) })
        let place = try Place()
        let seen = Locked<[String]>([])
        let folder = place.folder
        let downloads = place.downloads(["HF_ENDPOINT": hub.hub.url]) { paths in
            seen.change { $0 = paths.map { $0.split(separator: "/").last.map(String.init) ?? "" } }
            let listed = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(listed == [".partial"], "nothing is listed before the check")
        }
        let pulled = try downloads.get("a/b/\(names[1])")
        #expect(pulled.name == "m-00001-of-00003" && pulled.paths == names.map { "\(folder)/\($0)" })
        #expect(seen.value == names)
        #expect(place.models == names)
    }

    @Test func `in parts that cannot be used leaves none of them`() throws {
        let names = (1...2).map { "m-0000\($0)-of-00002.gguf" }
        let hub = try FakeHub([(names[0], bytes), (names[1], [1, 2, 3])])
        let place = try Place()
        #expect(throws: DownloadError.self) { try place.downloads(hub).get("a/b") }
        #expect(place.names == nil)
    }

    @Test func `in parts, one of which is there, gets only the others`() throws {
        let names = (1...2).map { "m-0000\($0)-of-00002.gguf" }
        let hub = try FakeHub([(names[0], model(1000)), (names[1], bytes)])
        let place = try Place()
        try place.put(names[1], bytes)
        try place.downloads(hub).get("a/b")
        #expect(hub.gets.count == 1 && place.models == names)
        #expect(place.bytes(names[1]) == bytes)
    }

    @Test func `as a folder appears whole, two files of the same content included`() throws {
        let hub = try FakeHub([
            ("config.json", Array("{}".utf8)), ("added_tokens.json", Array("{}".utf8)), ("model.safetensors", bytes),
            ("merges.txt", []), ("README.md", [1]),
        ])
        let place = try Place()
        let pulled = try place.downloads(hub).get("a/b")
        #expect(pulled == PulledModel(name: "b", paths: ["\(place.folder)/b"], wasThere: false))
        #expect(place.models == ["b", "b/added_tokens.json", "b/config.json", "b/merges.txt", "b/model.safetensors"])
        #expect(place.bytes("b/model.safetensors") == bytes && place.bytes("b/added_tokens.json") == Array("{}".utf8))
        let origins = ModelManifest(folder: place.folder).files
        #expect(origins["b/model.safetensors"]?.sha256 == sha256(bytes) && origins.count == 4)
        #expect(try place.downloads(hub).get("a/b").wasThere)
    }

    @Test func `that died between its two names is taken up again without a byte`() throws {
        let hub = try FakeHub([("m.gguf", bytes)])
        let place = try Place()
        let downloads = place.downloads(hub)
        let plan = try downloads.plan(ModelReference("a/b"))
        let sum = sha256(bytes)
        try place.put(".partial/\(sum).ready/m.gguf", bytes)
        try PartFacts(plan, plan.files[0]).write(to: "\(place.folder)/.partial/\(sum).part.json")
        #expect(downloads.unfinished.map(\.bytesThere) == [2000])
        try downloads.get("a/b")
        #expect(hub.gets.isEmpty)
        #expect(place.names == [ModelManifest.fileName, "m.gguf"])
    }

    @Test(arguments: [FakeHub.commit, String(repeating: "c", count: 40)])
    func `with a newer content removes what is left of the older one`(commit: String) throws {
        let hub = try FakeHub([("m.gguf", bytes)]) {
            $0.onBytes = { _, reply, bytes, time in
                if time == 1 { reply.giveBeginning(500, of: bytes) }
                return time == 1
            }
        }
        let place = try Place()
        let downloads = place.downloads(hub)
        #expect(throws: DownloadError.stopped) {
            try downloads.get("a/b", isStopped: { downloads.unfinished.first?.bytesThere == 500 })
        }
        hub.state.change {
            $0.files = [("m.gguf", model(1500, 5))]
            $0.commit = commit
        }
        try downloads.get("a/b")
        #expect(place.bytes("m.gguf") == model(1500, 5))
        #expect(place.names == [ModelManifest.fileName, "m.gguf"])
    }

    @Test func `keeps the entries of others in the manifest, and none of files that are gone`() throws {
        let place = try Place()
        try place.put("kept.gguf", bytes)
        let origin = ModelOrigin(reference: "x/y", commit: nil, sha256: nil, bytes: 1)
        try ModelManifest.change(folder: place.folder) { $0 = ["kept.gguf": origin, "gone.gguf": origin] }
        try ModelManifest.change(folder: place.folder) { _ in }
        #expect(ModelManifest(folder: place.folder).files == ["kept.gguf": origin])
        try place.put(ModelManifest.fileName, Array("nonsense".utf8))
        #expect(ModelManifest(folder: place.folder).files == [:])
    }
}

@Suite struct `A file from an address` {
    private let bytes = model(5000)

    private func server(_ answer: @escaping @Sendable (ScriptedRequest, ScriptedReply) -> Bool = { _, _ in false })
        throws
        -> ScriptedServer
    {
        let bytes = bytes
        return try ScriptedServer { request, reply in
            if answer(request, reply) { return }
            if request.method == "HEAD" {
                reply.send("HTTP/1.1 200 OK\r\nContent-Length: \(bytes.count)\r\n\r\n")
            } else {
                reply.give(bytes, request, tag: "\"t\"")
            }
        }
    }

    @Test func `is compared with the sum that the person gives`() throws {
        let server = try server()
        defer { server.close() }
        let place = try Place()
        let downloads = place.downloads(["HF_TOKEN": "hf_secret"])
        let reference = try ModelReference(server.url + "/x/m.gguf?key=secret")
        let wrong = String(repeating: "0", count: 64)
        let plan = try downloads.plan(reference, sha256: wrong)
        #expect(throws: DownloadError.wrongSum(file: "m.gguf", expected: wrong, found: sha256(bytes))) {
            _ = try downloads.pull(plan)
        }
        #expect(place.names == nil)
        #expect(throws: DownloadError.invalidSum("abc")) { try downloads.plan(reference, sha256: "abc") }
        let right = try downloads.plan(reference, sha256: "SHA256:" + sha256(bytes).uppercased())
        #expect(right.totalBytes == 5000)
        _ = try downloads.pull(right)
        #expect(place.bytes("m.gguf") == bytes)
        #expect(ModelManifest(folder: place.folder).files["m.gguf"]?.reference == server.url + "/x/m.gguf")
        #expect(server.requests.allSatisfy { $0.header("authorization") == nil })
        #expect(try downloads.plan(reference, sha256: sha256(bytes)).isThere)
    }

    @Test func `comes without a sum and without a length too, and its sum is remembered`() throws {
        let bytes = bytes
        let server = try server { request, reply in
            if request.method == "HEAD" {
                reply.answer("405 Method Not Allowed", body: "")
            } else {
                reply.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
                reply.send(bytes)
            }
            return true
        }
        defer { server.close() }
        let place = try Place()
        try place.downloads([:]).get(server.url + "/m")
        #expect(place.bytes("m.gguf") == bytes)
        #expect(ModelManifest(folder: place.folder).files["m.gguf"]?.sha256 == sha256(bytes))
    }

    @Test func `that is not there says so`() throws {
        let server = try server { _, reply in
            reply.answer("404 Not Found", body: "")
            return true
        }
        defer { server.close() }
        let place = try Place()
        #expect(throws: DownloadError.notFound(address: "/m.gguf", host: "127.0.0.1")) {
            try place.downloads([:]).get(server.url + "/m.gguf?key=1")
        }
        #expect(place.names == nil)
    }
}

@Suite struct `A model of Ollama` {
    // H20
    @Test(arguments: [false, true])
    func `comes by its manifest and a redirection to another host`(needsToken: Bool) throws {
        let bytes = model(7000)
        let sum = sha256(bytes)
        let storage = try ScriptedServer { request, reply in reply.give(bytes, request, tag: "\"s\"") }
        defer { storage.close() }
        let address = storage.url
        let registry = try ScriptedServer { request, reply in
            if request.path.hasPrefix("/token") { return reply.answer(body: #"{"token": "t1"}"#) }
            if needsToken, request.header("authorization") != "Bearer t1" {
                let realm =
                    "Bearer realm=\"http://\(request.header("host") ?? "")/token\",service=\"r x\",scope=\"pull\""
                return reply.answer("401 Unauthorized", ["WWW-Authenticate: \(realm)"], body: "")
            }
            switch request.path {
            case "/v2/library/tiny/manifests/1b":
                reply.answer(
                    body: """
                        {"schemaVersion": 2, "config": {"digest": "sha256:00", "size": 1}, "layers": [
                          {"mediaType": "application/vnd.ollama.image.template", "digest": "sha256:11", "size": 3},
                          {"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:\(sum)", "size": 7000}]}
                        """)
            case "/v2/library/tiny/blobs/sha256:\(sum)":
                reply.answer("307 Temporary Redirect", ["Location: \(address)/data?signature=1"], body: "")
            case "/v2/library/tensors/manifests/latest": reply.answer(body: #"{"layers": []}"#)
            case "/v2/library/odd/manifests/latest":
                reply.answer(
                    body:
                        #"{"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:../x", "size": 1}]}"#
                )
            default: reply.answer("404 Not Found", body: "")
            }
        }
        defer { registry.close() }
        let place = try Place()
        let downloads = place.downloads(["COPYDESK_OLLAMA_REGISTRY": registry.url, "HF_TOKEN": "hf_secret"])
        let pulled = try downloads.get("ollama:tiny:1b")
        #expect(pulled.name == "tiny-1b" && place.bytes("tiny-1b.gguf") == bytes)
        let accepted = registry.requests.first?.header("accept")
        #expect(accepted == "application/vnd.docker.distribution.manifest.v2+json")
        #expect(storage.requests.count == 1 && storage.requests.allSatisfy { $0.header("authorization") == nil })
        #expect(registry.requests.allSatisfy { $0.header("authorization") != "Bearer hf_secret" })
        if needsToken { #expect(registry.requests.contains { $0.path == "/token?service=r%20x&scope=pull" }) }
        #expect(throws: DownloadError.unknownOllamaModel("nothing:latest")) { try downloads.get("ollama:nothing") }
        #expect(throws: DownloadError.noGGUFLayer("tensors:latest")) { try downloads.get("ollama:tensors") }
        #expect(throws: DownloadError.self) { try downloads.get("ollama:odd") }
        #expect(place.models == ["tiny-1b.gguf"])
    }
}

@Suite struct `Headers of answers` {
    @Test func `tell ranges, tags, pages and waits`() {
        #expect(ContentRange("bytes 5-9/10") != nil && ContentRange("bytes 5-9/10")?.start == 5)
        for text in [
            "", "bytes", "bytes 9-5/10", "bytes -5/10", "items 1-2/3", "bytes 1-99999999999999999999/3", "bytes +1-2/3",
        ] {
            #expect(ContentRange(text) == nil, "\(text)")
        }
        #expect(EntityTag("W/\"a\"")?.value == "a" && EntityTag("W/\"a\"")?.isWeak == true)
        #expect(EntityTag("abc")?.value == "abc" && EntityTag("\"\"") == nil && EntityTag("") == nil)
        #expect(NextPage.address(in: "<a,b;c>; rel=\"prev\", <d>; x=1; rel=next") == "d")
        #expect(NextPage.address(in: "<a>; rel=\"xet-auth\"") == nil && NextPage.address(in: "<a") == nil)
        #expect(WaitingTime.seconds(rateLimit: "\"api\";r=0;t=12", retryAfter: "3") == 13)
        #expect(WaitingTime.seconds(rateLimit: nil, retryAfter: "3") == 4)
        #expect(WaitingTime.seconds(rateLimit: "t=99999999999999999999", retryAfter: "soon") == nil)
        #expect(WaitingTime.seconds(rateLimit: "t=\(Int.max)", retryAfter: nil) == .max)
        #expect(BearerChallenge("Basic realm=x") == nil && BearerChallenge("Bearer x=1") == nil)
    }

    @Test(arguments: [
        (0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (9_949, "9.9 kB"), (9_960, "10 kB"), (999_600, "1.0 MB"),
        (1_500_000_000, "1.5 GB"), (.max, "9.2 EB"),
    ])
    func `and sizes are written for people`(bytes: Int, text: String) {
        #expect(ByteCount.text(bytes) == text)
    }
}
