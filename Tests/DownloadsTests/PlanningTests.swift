import Foundation
import ScriptedServer
import Testing

@testable import Downloads

private func file(_ path: String, _ bytes: Int = 100) -> HubFile {
    HubFile(path: path, bytes: bytes, sum: .sha256(sha256(Array(path.utf8))))
}

private func chosen(_ wanted: ModelReference.Wanted, _ paths: [String]) throws -> [String] {
    try RepositoryChoice.of(wanted, in: paths.map { file($0) }, repository: "a/b").files.map(\.path)
}

@Suite struct `The choice among the files of a repository` {
    @Test(
        arguments: [
            ("Model-Q4_K_M.gguf", "Q4_K_M"), ("model.q4_k_m.gguf", "Q4_K_M"), ("model_iq3_xxs.gguf", "IQ3_XXS"),
            ("Q8_0/model.gguf", "Q8_0"), ("BF16/Model-BF16-00001-of-00002.gguf", nil),
            ("m-UD-Q4_K_XL.gguf", "UD-Q4_K_XL"),
            ("m-fp16.gguf", "F16"), ("m.f32.gguf", "F32"), ("Q4-talk.gguf", "Q4"), ("gpt-MXFP4.gguf", "MXFP4"),
            ("model.gguf", nil), ("Qwen3.gguf", nil), ("m-Q4_K_M.txt", nil), ("m-Q4_K_M-imat.gguf", "Q4_K_M"),
            ("m-TQ1_0.gguf", "TQ1_0"), ("m-Q4_0_4_8.gguf", "Q4_0_4_8"), ("m-Q6_K_L.gguf", "Q6_K_L"),
        ] as [(String, String?)])
    func `reads the quant from a name`(path: String, quant: String?) {
        if path.contains("-of-") { return #expect(QuantName(path: path)?.text == "BF16") }
        #expect(QuantName(path: path)?.text == quant)
    }

    @Test(arguments: [
        (["m-Q8_0.gguf", "m-Q4_K_M.gguf"], "q4_k_m", "m-Q4_K_M.gguf"),
        (["Q8_0/m.gguf", "Q2_K/m.gguf"], "Q2_K", "Q2_K/m.gguf"),
        (["m-UD-Q4_K_XL.gguf", "m-Q4_K_M.gguf"], "Q4_K_XL", "m-UD-Q4_K_XL.gguf"),
        (["m-UD-Q2_K.gguf", "m-Q2_K.gguf"], "Q2_K", "m-Q2_K.gguf"),
        (["m-fp16.gguf", "m-q8_0.gguf"], "F16", "m-fp16.gguf"),
        (["m-special.gguf", "m-q8_0.gguf"], "special", "m-special.gguf"),
        (["mmproj-m-F16.gguf", "m-F16.gguf"], "f16", "m-F16.gguf"),
    ])
    func `takes the file of a quant, however it is spelt`(paths: [String], quant: String, expected: String) throws {
        #expect(try chosen(.quant(quant), paths) == [expected])
    }

    @Test(arguments: [
        (["m-Q8_0.gguf", "m-Q4_K_M.gguf", "m-Q2_K.gguf"], "m-Q4_K_M.gguf"),
        (["m-Q8_0.gguf", "m-Q5_K_M.gguf"], "m-Q5_K_M.gguf"),
        (["strange.gguf", "mmproj.gguf", "imatrix.gguf", "m.imatrix.gguf", "README.md"], "strange.gguf"),
        (["m-imatrix-Q4_0.gguf", "m-F16.gguf"], "m-imatrix-Q4_0.gguf"),
    ])
    func `takes about four bits a weight if nobody says which, or the only one`(paths: [String], expected: String)
        throws
    {
        #expect(try chosen(.usual, paths) == [expected])
    }

    @Test func `takes all parts of a split model in their order, and never some of them`() throws {
        let parts = (1...3).map { "Q4_K_M/m-Q4_K_M-0000\($0)-of-00003.gguf" }
        for wanted in [ModelReference.Wanted.usual, .quant("q4_k_m"), .file(parts[1])] {
            #expect(try chosen(wanted, parts.reversed() + ["m-Q8_0.gguf"]) == parts)
            // H15
            #expect(throws: DownloadError.missingParts(name: "Q4_K_M/m-Q4_K_M", missing: [parts[1]])) {
                try chosen(wanted, [parts[2], parts[0], "m-Q8_0.gguf"])
            }
        }
    }

    @Test func `says what there is if it is not clear what is meant`() throws {
        let files = [file("a-Q8_0.gguf", 1_500_000_000), file("a-Q2_K.gguf", 700_000_000)]
        let error = #expect(throws: DownloadError.self) {
            try RepositoryChoice.of(.quant("Q9"), in: files, repository: "a/b")
        }
        #expect(try #require(error).description == "'a/b' has no 'Q9'. It has: Q8_0 (1.5 GB), Q2_K (700 MB).")
        let several = #expect(throws: DownloadError.self) { try chosen(.usual, ["a-Q4_0.gguf", "b-Q4_0.gguf"]) }
        let sentence = try #require(several).description
        #expect(sentence.contains("several models: a-Q4_0.gguf (100 bytes), b-Q4_0.gguf (100 bytes)"), "\(sentence)")
        let many = #expect(throws: DownloadError.self) { try chosen(.usual, (0..<2000).map { "m\($0).gguf" }) }
        #expect(try #require(many).description.contains("m29.gguf (100 bytes) and 1970 more. Say which one"))
        #expect(throws: DownloadError.unknownFile("a.gguf", repository: "a/b", nearest: "sub/a.gguf")) {
            try chosen(.file("a.gguf"), ["sub/a.gguf", "b.gguf"])
        }
        #expect(throws: DownloadError.notAModel(file: "mmproj-a.gguf")) {
            try chosen(.file("mmproj-a.gguf"), ["mmproj-a.gguf"])
        }
        #expect(throws: DownloadError.noModel(repository: "a/b")) { try chosen(.usual, ["README.md"]) }
        #expect(throws: DownloadError.onlyWeights(repository: "a/b")) {
            try chosen(.quant("Q4_0"), ["config.json", "model.safetensors"])
        }
    }

    @Test func `takes a folder of safetensors if there is no GGUF file, with all parts and nothing else`() throws {
        let rest = ["config.json", "tokenizer.json", "README.md", "onnx/model.onnx", "consolidated.safetensors"]
        let parts = (1...2).map { "model-0000\($0)-of-00002.safetensors" }
        #expect(try chosen(.usual, rest + parts) == ["config.json", "tokenizer.json"] + parts)
        #expect(throws: DownloadError.missingParts(name: "model", missing: [parts[1]])) {
            try chosen(.usual, rest + parts.dropLast())
        }
        #expect(throws: DownloadError.noModel(repository: "a/b")) {
            try chosen(.usual, Array(rest.dropFirst()) + parts)
        }
    }
}

@Suite struct `A plan of a download` {
    // H14
    @Test func `asks once for all files, page by page, on the same host`() throws {
        let hub = try FakeHub([("m-Q8_0.gguf", model(1000)), ("m-Q4_K_M.gguf", model(500))])
        let elsewhere = try ScriptedServer { _, reply in reply.answer(body: "[]") }
        defer { elsewhere.close() }
        let (address, other) = (hub.hub.url, elsewhere.url)
        hub.state.change { state in
            let files = state.files
            state.onHub = { request, reply, _, _ in
                guard request.path.contains("/tree/") else { return false }
                let isSecond = request.path.contains("cursor=x")
                let file = files[isSecond ? 1 : 0]
                let next =
                    isSecond ? "<\(other)/more>; rel=\"next\"" : "<\(address)\(request.path)&cursor=x>; rel=\"next\""
                reply.answer("200 OK", ["Link: \(next)"], body: "[\(FakeHub.entry(file.path, file.bytes))]")
                return true
            }
        }
        let place = try Place()
        let plan = try place.downloads(hub).plan(ModelReference("a/b:Q4_K_M@v1/x"))
        #expect(plan.files.map(\.path) == ["m-Q4_K_M.gguf"])
        #expect(plan.totalBytes == 500 && plan.commit == FakeHub.commit && plan.licence == "apache-2.0")
        #expect(plan.files.first?.sum == .sha256(sha256(model(500))))
        #expect((plan.freeBytes ?? 0) > 0 && plan.neededBytes == 525 && !plan.isThere)
        #expect(
            hub.hub.requests.map(\.path) == [
                "/api/models/a/b/revision/v1%2Fx", "/api/models/a/b/tree/\(FakeHub.commit)?recursive=true",
                "/api/models/a/b/tree/\(FakeHub.commit)?recursive=true&cursor=x",
            ])
        #expect(elsewhere.requests.isEmpty)
        #expect(place.names == nil, "a plan writes nothing")
    }

    @Test func `reads no more than a hundred pages`() throws {
        let hub = try FakeHub([("m-Q8_0.gguf", model(1000))])
        hub.state.change {
            $0.onHub = { request, reply, _, time in
                guard request.path.contains("/tree/") else { return false }
                reply.answer(
                    "200 OK", ["Link: </api/models/a/b/tree/x?page=\(UInt32.random(in: 0 ... .max))>; rel=\"next\""],
                    body: "[]")
                return true
            }
        }
        let place = try Place()
        #expect(throws: DownloadError.noModel(repository: "a/b")) { try place.downloads(hub).get("a/b") }
        #expect(hub.hub.requests.count == 101)
    }

    // H9
    @Test(arguments: [
        ("401 Unauthorized", "GatedRepo", "", "accepted the terms"),
        ("403 Forbidden", "GatedRepo", "", "accepted the terms"),
        ("401 Unauthorized", "RepoNotFound", "", "There is no repository 'a/b'"),
        ("401 Unauthorized", "", "", "There is no repository"),
        ("404 Not Found", "RepoNotFound", "", "There is no repository"),
        ("404 Not Found", "", "", "There is no repository"),
        ("401 Unauthorized", "", "hf_bad", "refuses the token"),
        ("404 Not Found", "RevisionNotFound", "", "no branch, tag or commit"),
        ("400 Bad Request", "", "", "answered with the error 400 (Odd thing)"),
    ])
    func `tells in words why there is none`(status: String, code: String, token: String, words: String) throws {
        let hub = try FakeHub([("m.gguf", model(1000))]) {
            $0.onHub = { _, reply, _, _ in
                reply.answer(
                    status, code.isEmpty ? ["X-Error-Message: Odd thing"] : ["X-Error-Code: \(code)"], body: "")
                return true
            }
        }
        let place = try Place()
        let downloads = place.downloads(["HF_ENDPOINT": hub.hub.url, "HF_TOKEN": token])
        let error = #expect(throws: DownloadError.self) { try downloads.get("a/b") }
        let sentence = try #require(error).description
        #expect(sentence.contains(words), "\(sentence)")
        #expect(token.isEmpty || !sentence.contains(token))
        #expect(place.names == nil)
    }

    // H9
    @Test(arguments: [
        ("403 Forbidden", "GatedRepo", "accepted the terms"),
        ("404 Not Found", "EntryNotFound", "has no file 'm.gguf'"),
    ])
    func `is told in words if the Hub refuses the file itself`(status: String, code: String, words: String) throws {
        let hub = try FakeHub([("m.gguf", model(1000))]) {
            $0.onHub = { request, reply, _, _ in
                guard request.path.contains("/resolve/") else { return false }
                reply.answer(status, ["X-Error-Code: \(code)"], body: "")
                return true
            }
        }
        let place = try Place()
        let error = #expect(throws: DownloadError.self) { try place.downloads(hub).get("a/b") }
        #expect(try #require(error).description.contains(words))
        #expect(place.names == nil)
    }

    @Test(arguments: [
        "<html>Sign in</html>", "{}", "[]", "{\"sha\": 5}", "{\"sha\": \"../../x\"}", "",
        "{\"sha\": \"" + String(repeating: "A", count: 40) + "\"}",
    ])
    func `says so if the server is no Hub`(body: String) throws {
        let server = try ScriptedServer { _, reply in reply.answer(body: body) }
        defer { server.close() }
        let place = try Place()
        let error = #expect(throws: DownloadError.self) { try place.downloads(["HF_ENDPOINT": server.url]).get("a/b") }
        let sentence = try #require(error).description
        #expect(sentence.contains("does not answer as a Hub"), "\(sentence)")
    }

    @Test func `tries again if the Hub fails for a moment, and ends soon if nobody is there`() throws {
        let hub = try FakeHub([("m.gguf", model(1000))]) {
            $0.onHub = { request, reply, _, time in
                guard request.path.contains("/revision/"), time < 3 else { return false }
                reply.answer("502 Bad Gateway", body: "<html>")
                return true
            }
        }
        let place = try Place()
        try place.downloads(hub).get("a/b")
        #expect(place.models == ["m.gguf"])
        let port = hub.hub.port
        hub.close()
        let error = #expect(throws: DownloadError.self) {
            try place.downloads(["HF_ENDPOINT": "http://127.0.0.1:\(port)"]).get("a/b")
        }
        #expect(try #require(error).description.contains("Nobody answers at 127.0.0.1"))
    }

    @Test(arguments: ["..", ".hidden.gguf", "a\\u0007b.gguf", "a/../.gguf"])
    func `takes no name that is none for a file here`(name: String) throws {
        let hub = try FakeHub([])
        hub.state.change {
            $0.onHub = { request, reply, _, _ in
                guard request.path.contains("/tree/") else { return false }
                let path = name.hasSuffix(".gguf") ? name : name + "/.gguf"
                reply.answer(body: "[\(FakeHub.entry(path, model(10)))]")
                return true
            }
        }
        let place = try Place()
        let error = #expect(throws: DownloadError.self) { try place.downloads(hub).get("a/b") }
        #expect(try #require(error).description.contains("no name for a file here"))
        #expect(place.names == nil)
    }

    @Test func `tells of the same file in another program's folder`() throws {
        let hub = try FakeHub([("m.gguf", model(1000))])
        let place = try Place()
        let sum = sha256(model(1000))
        let downloads = place.downloads(["HF_ENDPOINT": hub.hub.url], elsewhere: { $0 == sum ? "/cache/m" : nil })
        #expect(try downloads.plan(ModelReference("a/b")).files.map(\.pathElsewhere) == ["/cache/m"])
    }

    @Test func `needs the free space before anything comes`() throws {
        let hub = try FakeHub([("m.gguf", model(1000))])
        let place = try Place()
        let downloads = place.downloads(hub)
        var plan = try downloads.plan(ModelReference("a/b"))
        plan.files[0].bytes = .max / 2
        let error = #expect(throws: DownloadError.self) { _ = try downloads.pull(plan) }
        #expect(try #require(error).description.contains("There is too little space"))
        #expect(hub.gets.isEmpty && place.names == nil)
    }
}

@Suite struct `A search for models` {
    @Test func `lists repositories with their facts`() throws {
        let server = try ScriptedServer { _, reply in
            reply.answer(
                body: """
                    [{"id": "a/b-GGUF", "downloads": 12, "likes": 3, "gated": "manual", "tags": ["gguf", "license:mit"],
                      "siblings": [{"rfilename": "x-Q4_K_M.gguf"}, {"rfilename": "y-Q4_K_M.gguf"}, {"rfilename": "x-q8_0.gguf"}]},
                     {"id": "nonsense"}, {"id": "c/d", "downloads": -1e300, "gated": false}, 5]
                    """)
        }
        defer { server.close() }
        let place = try Place()
        let found = try place.downloads(["HF_ENDPOINT": server.url]).search("tea & more", limit: 7)
        #expect(
            found == [
                FoundModel(
                    name: "a/b-GGUF", downloads: 12, likes: 3, licence: "mit", isGated: true,
                    quants: ["Q4_K_M", "Q8_0"]),
                FoundModel(name: "c/d", downloads: nil, likes: nil, licence: nil, isGated: false, quants: []),
            ])
        let path = try #require(server.requests.first?.path)
        #expect(path.hasPrefix("/api/models?search=tea%20%26%20more&filter=gguf&sort=downloads"))
        #expect(path.contains("&limit=7"))
    }
}
