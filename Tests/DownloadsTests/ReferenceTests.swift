import Foundation
import Testing

@testable import Downloads

@Suite struct `A reference to a model` {
    @Test(
        arguments: [
            ("a/b", "a/b", ModelReference.Wanted.usual, nil), ("a/b:Q4_K_M", "a/b", .quant("Q4_K_M"), nil),
            ("a/b:q8_0@v1.0", "a/b", .quant("q8_0"), "v1.0"), ("a/b@refs/pr/7", "a/b", .usual, "refs/pr/7"),
            ("a/b/c.gguf", "a/b", .file("c.gguf"), nil),
            (" a/b/sub/c-1.GGUF@dev/x ", "a/b", .file("sub/c-1.GGUF"), "dev/x"),
            ("hf.co/a/b:Q6_K", "a/b", .quant("Q6_K"), nil), ("hf://a/b/c.gguf", "a/b", .file("c.gguf"), nil),
            ("huggingface.co/a/b", "a/b", .usual, nil),
        ] as [(String, String, ModelReference.Wanted, String?)])
    func `names a repository, and what of it`(
        text: String, repository: String, wanted: ModelReference.Wanted, revision: String?
    ) throws {
        let reference = try ModelReference(text)
        #expect(reference.place == .hub(repository: repository, endpoint: nil))
        #expect(reference.wanted == wanted)
        #expect(reference.revision == revision)
    }

    @Test(arguments: [
        ("ollama:smollm2", "library/smollm2", "latest"), ("ollama:smollm2:135m", "library/smollm2", "135m"),
        ("Ollama:me/mine:q4_0", "me/mine", "q4_0"),
    ])
    func `names a model of Ollama`(text: String, name: String, tag: String) throws {
        #expect(try ModelReference(text).place == .ollama(name: name, tag: tag))
    }

    @Test(
        arguments: [
            (
                "https://huggingface.co/a/b/resolve/main/x/c.gguf?download=true", "https://huggingface.co", "x/c.gguf",
                "main"
            ),
            ("https://hf.co/a/b/blob/refs%2Fpr%2F1/c.gguf", "https://huggingface.co", "c.gguf", "refs/pr/1"),
            (
                "http://127.0.0.1:80/hub/a/b/resolve/refs/pr/1/c%20d.gguf", "http://127.0.0.1/hub", "c d.gguf",
                "refs/pr/1"
            ),
            ("https://huggingface.co/a/b", "https://huggingface.co", nil, nil),
            ("https://huggingface.co/a/b/tree/dev", "https://huggingface.co", nil, "dev"),
        ] as [(String, String, String?, String?)])
    func `may be the address of a page of the Hub`(
        text: String, endpoint: String, file: String?, revision: String?
    ) throws {
        let reference = try ModelReference(text)
        #expect(reference.place == .hub(repository: "a/b", endpoint: endpoint))
        #expect(reference.wanted == file.map(ModelReference.Wanted.file) ?? .usual)
        #expect(reference.revision == revision)
    }

    @Test func `may be the address of a file, whose secrets are not shown`() throws {
        let reference = try ModelReference("https://me:word@files.example/models/x.gguf?key=1#2")
        #expect(reference.place == .address("https://me:word@files.example/models/x.gguf?key=1#2"))
        #expect(reference.publicText == "https://files.example/models/x.gguf")
    }

    @Test(arguments: [
        ("", "It is empty."), ("a b/c", "It has a space"), ("a/b\u{7}", "control character"),
        ("SmolLM2 135M Instruct", "It has a space"), ("llama", "The owner is missing"),
        ("qwen3-0.6b", "Did you mean unsloth/Qwen3-0.6B-GGUF:Q8_0?"), ("a/", "A repository is OWNER/REPO"),
        ("/etc/passwd", "the path of a file here"), ("../x/y", "the path of a file here"), ("a/..", "A repository is"),
        ("a/b:", "Behind the colon stands one quant"), ("a/b:Q4/x.gguf", "Behind the colon"),
        ("a/b/x.safetensors", "does not end in .gguf"), ("a/b/../x.gguf", "no path of a file"),
        ("a/b@", "'' is no revision"), ("a/b@../x", "no revision"), ("a/b@main:Q4_0", "The revision comes last"),
        ("ollama:", "ollama:NAME"), ("ollama:a:b:c", "ollama:NAME"), ("ollama:hf.co/a/b", "OWNER/REPO:QUANT"),
        ("ftp://a/b.gguf", "http:// or https://"), ("https://", "not a valid address"),
        ("https://a.example", "names no file"), ("https://a.example/x/y/resolve/main/z.bin", "does not end in .gguf"),
    ])
    func `that is not valid gets a sentence with its problem and the right forms`(text: String, words: String) throws {
        let error = #expect(throws: DownloadError.self) { try ModelReference(text) }
        let sentence = try #require(error).description
        #expect(sentence.contains(words), "\(sentence)")
        #expect(sentence.hasSuffix("or the address of a file."))
    }

    @Test func `may be any text without a trap`() {
        var random = SystemRandomNumberGenerator()
        let signs = Array("a/b:@.-_%?#[]€ \n~hfollama:https://x")
        var valid = 0
        for _ in 0..<4000 {
            let text = String((0..<Int.random(in: 0...24, using: &random)).compactMap { _ in signs.randomElement() })
            if let reference = try? ModelReference(text) { valid += reference.text.isEmpty ? 0 : 1 }
        }
        #expect(valid > 0)
    }
}

@Suite struct `The list of suggested models` {
    @Test func `has only lines that can be read, each with its own name`() {
        let lines = SuggestedModel.lines(of: SuggestedModel.text)
        #expect(lines.count >= 5)
        #expect(SuggestedModel.all.count == lines.count, "a line of models/suggested.txt is not five fields")
        #expect(Set(SuggestedModel.all.map(\.name)).count == lines.count)
    }
}

@Suite struct `The environment of downloads` {
    private let home = FileManager.default.temporaryDirectory.path + "/copydesk-home-\(UUID().uuidString)"

    private func token(_ variables: [String: String]) -> String? {
        DownloadEnvironment(environment: variables, home: home).token
    }

    @Test func `finds the token where the Hub's own programs do`() throws {
        defer { try? FileManager.default.removeItem(atPath: home) }
        for (folder, text) in [(".cache/huggingface", "usual\n"), ("hub", "moved"), ("cache/huggingface", "cache")] {
            try FileManager.default.createDirectory(atPath: "\(home)/\(folder)", withIntermediateDirectories: true)
            try text.write(toFile: "\(home)/\(folder)/token", atomically: true, encoding: .utf8)
        }
        #expect(token([:]) == "usual")
        #expect(token(["XDG_CACHE_HOME": "\(home)/cache"]) == "cache")
        #expect(token(["HF_HOME": "~/hub"]) == "moved")
        #expect(token(["HF_HOME": "\(home)/hub", "HF_TOKEN_PATH": "\(home)/.cache/huggingface/token"]) == "usual")
        #expect(token(["HF_TOKEN": " hf_1 ", "HF_HOME": "~/hub"]) == "hf_1")
        #expect(token(["HF_TOKEN": "a\r\nX-Other: b", "HF_HOME": "/nowhere"]) == nil, "a token is no other line")
    }

    @Test(arguments: [
        ("1", true), ("TRUE", true), ("yes", true), ("on", true), ("0", false), ("", false), ("no", false),
    ])
    func `forbids all requests if it says so`(value: String, isOffline: Bool) throws {
        let hub = try FakeHub([("x.gguf", model(100))])
        let place = try Place()
        let downloads = place.downloads(["HF_ENDPOINT": hub.hub.url + "/", "HF_HUB_OFFLINE": value])
        if isOffline {
            #expect(throws: DownloadError.offline) { try downloads.get("a/b") }
            #expect(throws: DownloadError.offline) { try downloads.search("x") }
            #expect(hub.hub.requests.isEmpty && place.names == nil)
        } else {
            try downloads.get("a/b")
            #expect(place.models == ["x.gguf"])
        }
    }

    @Test func `names the variable if the Hub's address is none`() throws {
        let place = try Place()
        #expect(throws: DownloadError.invalidEndpoint("nonsense")) {
            try place.downloads(["HF_ENDPOINT": "nonsense"]).get("a/b")
        }
    }
}
