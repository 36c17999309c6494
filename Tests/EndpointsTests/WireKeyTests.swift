import Endpoints
import Foundation
import Generation
import Testing

@Suite("Keys of endpoints") struct WireKeyTests {
    private func withFile(_ text: String?, _ body: (KeyFile, URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "copydesk-keys-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let url = folder.appending(path: "new/deep/keys.json")
        if let text {
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: url)
        }
        try body(KeyFile(path: url.path), url)
    }

    private func mode(_ url: URL) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions] as? Int
    }

    @Test func `are set, read and removed, in a file for their owner alone`() throws {
        try withFile(nil) { (file: KeyFile, url: URL) throws in
            #expect(try file.names().isEmpty && file.key("a") == nil && file.warning == nil)
            try file.set(" sk-\"1\"\n", for: "b")
            try file.set("sk-2", for: "a")
            #expect(try file.names() == ["a", "b"] && file.key("b") == "sk-\"1\"")
            #expect(try mode(url) == 0o600 && file.warning == nil)
            #expect(try file.remove("b") && !file.remove("b"))
            #expect(try file.names() == ["a"])
        }
    }

    @Test func `what is no key in the file stays as it is`() throws {
        try withFile(#"{"// note": "mine", "other": {"z": [1, 2.5, null, true], "a": "é"}, "a": "old"}"#) {
            (file: KeyFile, url: URL) throws in
            try file.set("new", for: "a")
            let text = try String(contentsOf: url, encoding: .utf8)
            #expect(
                text
                    == "{\n  \"// note\": \"mine\",\n  \"other\": {\"z\":[1,2.5,null,true],\"a\":\"é\"},\n  \"a\": \"new\"\n}\n"
            )
        }
    }

    @Test(arguments: [(#"{"a": "#, "is not JSON"), ("[]", "no object"), ("\"x\"", "no object")])
    func `a broken file gets a sentence and is not touched`(text: String, part: String) throws {
        try withFile(text) { (file: KeyFile, url: URL) throws in
            for attempt in [
                { try file.set("sk-1234", for: "a") }, { _ = try file.names() }, { _ = try file.remove("a") },
            ] {
                let error = #expect(throws: KeyFileError.self, performing: attempt)
                #expect(
                    error.map { "\($0)" }?.contains(part) == true && error.map { "\($0)" }?.contains(url.path) == true)
            }
            #expect(try String(contentsOf: url, encoding: .utf8) == text)
        }
    }

    @Test func `a key with a line end inside, or without a character, is refused without telling it`() throws {
        try withFile(nil) { (file: KeyFile, url: URL) throws in
            for key in ["sk-1\nX-Evil: 1", "sk-1\u{0}", "sk-1\u{7F}x"] {
                let error = #expect(throws: KeyFileError.controlCharacter(name: "a")) { try file.set(key, for: "a") }
                #expect(error.map { "\($0)" }?.contains("sk-1") == false)
            }
            #expect(throws: KeyFileError.empty(name: "a")) { try file.set(" \n", for: "a") }
            #expect(!FileManager.default.fileExists(atPath: url.path))
        }
    }

    @Test func `a file that others may read is told, and is the owner's again once a key is set`() throws {
        try withFile(#"{"a":"sk-1234"}"#) { (file: KeyFile, url: URL) throws in
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: url.path)
            let warning = try #require(file.warning)
            #expect(warning.contains(url.path) && warning.contains("600") && !warning.contains("sk-1234"))
            try file.set("sk-5678", for: "a")
            #expect(try mode(url) == 0o600 && file.warning == nil)
        }
    }

    @Test func `a link to the file stays a link`() throws {
        try withFile(#"{"a":"sk-1234"}"#) { _, url in
            let link = url.deletingLastPathComponent().appending(path: "link.json")
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: url)
            try KeyFile(path: link.path).set("sk-5678", for: "b")
            #expect(try KeyFile(path: url.path).names() == ["a", "b"])
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path) == url.path)
        }
    }

    @Test func `come from the variable that the settings name, otherwise from the file`() throws {
        try withFile(#"{"local":"from-file"}"#) { (file: KeyFile, _: URL) throws in
            var endpoint = EndpointSettings(name: "local", url: "http://h")
            endpoint.keyVariable = "KEY"
            func key(_ environment: [String: String]) throws -> String? {
                try KeyLookup(environment: environment, file: file).key(endpoint)
            }
            #expect(try key(["KEY": " from-variable\n"]) == "from-variable")
            #expect(try key(["KEY": " "]) == "from-file" && key([:]) == "from-file")
            endpoint.keyVariable = nil
            #expect(try key(["KEY": "x"]) == "from-file")
            endpoint.name = "other"
            #expect(try key([:]) == nil)
        }
    }

    @Test func `a key goes to the origin that it was set for, and to no other one`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let file = KeyFile(path: path)
        try file.set("sk-1234", for: "a", origin: "https://one.example")
        let lookup = KeyLookup(environment: [:], file: file)
        #expect(try lookup.key(EndpointSettings(name: "a", url: "https://one.example/v1/")) == "sk-1234")
        #expect(try file.names() == ["a"])
        for url in ["https://two.example/v1", "http://one.example/v1", "https://one.example:8443"] {
            let error = #expect(throws: KeyFileError.self) { try lookup.key(EndpointSettings(name: "a", url: url)) }
            #expect(error?.description.contains("sk-1234") == false)
        }
        try file.set("sk-5678", for: "a", origin: "https://two.example")
        #expect(try lookup.key(EndpointSettings(name: "a", url: "https://two.example/v1")) == "sk-5678")
        try file.remove("a")
        #expect(try file.origin("a") == nil)
    }
}
