// The endpoints, the caches and the aliases of config.yaml: what is read, what is refused, and how the list is edited.

import Generation
import Testing
import YAMLReading

@testable import Settings

private func settings(_ text: String) -> UserSettings { UserSettings(bytes: Array(text.utf8), file: "config.yaml") }

private func first(_ text: String) -> EndpointSettings? { settings("endpoints: [\(text)]\n").endpoints.first }

private func problems(_ text: String) -> [String] { settings(text).problems.map(\.description) }

@Suite struct `Endpoints of the settings` {
    @Test func `have every key that the file gives them`() throws {
        let read = settings(
            """
            endpoints:
              - name: local
                url: "http://127.0.0.1:8080/v1"
              - name: far.away-2_x
                url: https://example.org/api
                key_env: FAR_KEY
                ca_file: ~/authority.pem
                insecure: false
                headers: {X-Title: copydesk, X-Number: 1}
                body: {top_k: 40, stop: ["a", 'b"c'], stream: true, seed: null, nested: {deep: 0.5}}
                parallel: 4
                use_n: true
                style: completions
                split_thoughts: false
                proxy_loopback: true
                timeouts: {connect: 1, first_byte: 2.5, idle: 0, text: 30, loading: 60}
            """)
        #expect(read.problems == [] && read.unused == [])
        var far = EndpointSettings(name: "far.away-2_x", url: "https://example.org/api")
        far.keyVariable = "FAR_KEY"
        far.authorityFile = "~/authority.pem"
        far.headers = ["X-Title": "copydesk", "X-Number": "1"]
        far.body = [
            "top_k": "40", "stop": #"["a", "b\"c"]"#, "stream": "true", "seed": "null", "nested": #"{"deep": 0.5}"#,
        ]
        (far.parallelRequests, far.usesN, far.style) = (4, true, .completions)
        (far.splitsThoughts, far.proxiesLoopback) = (false, true)
        (far.timeouts.connect, far.timeouts.firstByte, far.timeouts.idle) = (1, 2.5, 0)
        (far.timeouts.text, far.timeouts.loading) = (30, 60)
        #expect(read.endpoints == [EndpointSettings(name: "local", url: "http://127.0.0.1:8080/v1"), far])
        #expect(first(far.yamlText) == far)
    }

    @Test(arguments: [
        ("{name: a b, url: \"http://h\"}", "'a b' cannot name an endpoint"),
        ("{name: a/b, url: \"http://h\"}", "'a/b' cannot name an endpoint"),
        ("{name: .., url: \"http://h\"}", "'..' names a folder"),
        ("{name: ., url: \"http://h\"}", "'.' names a folder"),
        ("{url: \"http://h\"}", "This endpoint has no 'name'"),
        ("{name: a}", "This endpoint has no 'url'"),
        ("{name: a, url: \"ftp://h\"}", "'ftp://h' is not the address of a server"),
        ("{name: a, url: \"127.0.0.1:8080\"}", "does not begin with http:// or https://"),
        ("{name: a, url: \"http://\"}", "names no host"),
        ("{name: a, url: \"http://[::1/v1\"}", "names no host"),
        ("{name: a, url: \"http://h:99999\"}", "has no valid port"),
        ("{name: a, url: \"http://h/v1?x=1\"}", "has a query or a fragment"),
        ("{name: a, url: \"http://h /v1\"}", "has a character in it that no address has"),
        ("local", "An endpoint is written as {name: local"),
    ])
    func `without a valid name and address do not count, and are said with their place`(
        written: String, sentence: String
    ) throws {
        let read = settings("model: m\nendpoints: [\(written), {name: good, url: \"http://h\"}]\n")
        let problem = try #require(read.problems.first)
        #expect(read.problems.count == 1 && problem.line == 2 && problem.column > 12)
        #expect(problem.reason.contains(sentence), "\(problem)")
        #expect(read.endpoints.map(\.name) == ["good"] && read.modelName == "m")
    }

    @Test(arguments: [
        ("insecure: maybe", "'insecure' is true or false"), ("parallel: 0", "whole number from 1 to 64"),
        ("style: talk", "auto, chat, completions"), ("timeouts: {idle: -1}", "a number from 0 to 86400"),
        ("timeouts: {idel: 1}", "Did you mean 'idle'?"), ("key_evn: X", "Did you mean 'key_env'?"),
        ("headers: [a]", "'headers' is written as"), ("headers: {\"a b\": c}", "is not the name of a header"),
        ("headers: {a: \"b\\nc\"}", "control character"), ("body: 3", "'body' is written as"),
        ("body: {x: .inf, y: 1e999}", "cannot be written as JSON"), ("timeouts: 3", "'timeouts' is written as"),
    ])
    func `with another wrong value count without it`(written: String, sentence: String) throws {
        let read = settings("endpoints: [{name: a, url: \"http://h\", \(written)}]\n")
        #expect(read.problems.first?.reason.contains(sentence) == true, "\(read.problems)")
        #expect(read.endpoints.map(\.name) == ["a"])
    }

    @Test func `of one name: the first counts`() {
        let read = settings("endpoints:\n  - {name: a, url: \"http://one\"}\n  - {name: a, url: \"http://two\"}\n")
        #expect(read.endpoints.map(\.url) == ["http://one"])
        #expect(
            read.problems.map(\.description) == [
                "config.yaml:3:12: An endpoint before it is named 'a' too. Rename one of the two; until then the first counts."
            ])
    }

    @Test func `a key or a password in the wrong place is refused and not repeated`() {
        for written in [
            "{name: a, url: \"http://me:hunter2@h/v1\"}", "{name: a, url: \"ftp://me:hunter2@h/v1\"}",
            "{name: a, url: \"me:hunter2@h\"}", "{name: a, url: \"http://h\", key_env: sk-hunter2}",
        ] {
            let found = problems("endpoints: [\(written)]\n")
            #expect(found.count == 1 && !found[0].contains("hunter2"), "\(found)")
        }
    }

    @Test func `values of headers and extra fields are in no list`() throws {
        let endpoint = try #require(
            first("{name: a, url: \"http://h\", headers: {api-key: hunter2}, body: {token: hunter3}}"))
        #expect(endpoint.headers == ["api-key": "hunter2"])
        let value = SettingValue.endpoints([endpoint])
        #expect(value.yamlText.contains("hunter2") && !value.shownText.contains("hunter"))
        #expect(value.shownText.contains("api-key"))
    }
}

@Suite struct `Editing the list of endpoints` {
    private let new = EndpointSettings(name: "new", url: "http://n/v1")
    private let line = #"{name: "new", url: "http://n/v1"}"#

    private func added(_ text: String) throws -> String {
        try SettingsEditor(bytes: Array(text.utf8), file: "config.yaml").adding(new)
    }

    private func removed(_ text: String, _ name: String) throws -> String? {
        try SettingsEditor(bytes: Array(text.utf8), file: "config.yaml").removingEndpoint(named: name)
    }

    @Test(arguments: [
        ("", "endpoints: [LINE]\n"),
        ("model: a # x\n", "model: a # x\nendpoints: [LINE]\n"),
        ("endpoints: []\nmodel: a\n", "endpoints: [LINE]\nmodel: a\n"),
        ("endpoints:\nmodel: a\n", "endpoints: [LINE]\nmodel: a\n"),
        (
            "endpoints: [{name: a, url: \"http://a\"}] # mine\n",
            "endpoints: [{name: a, url: \"http://a\"}, LINE] # mine\n"
        ),
        (
            "endpoints:\n  # one\n  - name: a # x\n    url: http://a\n\n# end\nmodel: m\n",
            "endpoints:\n  # one\n  - name: a # x\n    url: http://a\n  - LINE\n\n# end\nmodel: m\n"
        ),
        ("endpoints:\n- {name: a, url: \"http://a\"}\n", "endpoints:\n- {name: a, url: \"http://a\"}\n- LINE\n"),
        ("endpoints: [{name: a, url: \"http://a\"},]\n", "endpoints: [{name: a, url: \"http://a\"}, LINE,]\n"),
    ])
    func `adds one at the end and leaves the rest as it is`(written: String, expected: String) throws {
        #expect(try added(written) == expected.replacing("LINE", with: line))
    }

    @Test(arguments: [
        (
            "endpoints: [{name: a, url: \"http://a\"}, {name: b, url: \"http://b\"}] # x\n", "a",
            "endpoints: [{name: b, url: \"http://b\"}] # x\n"
        ),
        (
            "endpoints: [{name: a, url: \"http://a\"}, {name: b, url: \"http://b\"}] # x\n", "b",
            "endpoints: [{name: a, url: \"http://a\"}] # x\n"
        ),
        (
            "endpoints:\n  # one\n  - name: a # x\n    url: http://a\n  # two\n  - name: b\n    url: http://b\nmodel: m\n",
            "a",
            "endpoints:\n  # one\n  # two\n  - name: b\n    url: http://b\nmodel: m\n"
        ),
        (
            "endpoints:\n  - name: a\n    url: http://a\n  # two\n  - name: b\n    url: http://b\nmodel: m\n", "b",
            "endpoints:\n  - name: a\n    url: http://a\n  # two\nmodel: m\n"
        ),
        ("model: m\nendpoints: [{name: a, url: \"http://a\"}]\n", "a", "model: m\n"),
        (
            "endpoints: [{name: a, url: \"http://a\"}, {name: b}, {name: c, url: \"http://c\"}]\n", "b",
            "endpoints: [{name: a, url: \"http://a\"}, {name: c, url: \"http://c\"}]\n"
        ),
        (
            "endpoints: [{name: a, url: \"http://a\"}, {name: b, url: \"http://b\"}, {name: a, url: \"http://c\"}]\n",
            "a",
            "endpoints: [{name: b, url: \"http://b\"}]\n"
        ),
    ])
    func `removes one and leaves the rest as it is`(written: String, name: String, expected: String) throws {
        #expect(try removed(written, name) == expected)
    }

    @Test func `removes nothing of another name`() throws {
        #expect(try removed("endpoints: [{name: a, url: \"http://a\"}]\n", "b") == nil)
        #expect(try removed("model: a\n", "b") == nil)
    }

    @Test func `a taken name is refused`() throws {
        #expect {
            try added("endpoints: [{name: new, url: \"http://a\"}]\n")
        } throws: {
            "\($0)".contains("An endpoint before it is named 'new' too")
        }
    }
}

@Suite struct `Aliases and caches` {
    @Test func `are read, and set one by one`() throws {
        let read = settings("aliases: {small: qwen-0.5b, far: local/owner/model}\nmodels: {use_caches: false}\n")
        #expect(read.problems == [] && !read.usesCaches)
        #expect(read.aliases == ["small": "qwen-0.5b", "far": "local/owner/model"] && read.modelNames == [])
        #expect(settings("").usesCaches)
        let text = try SettingsEditor(bytes: Array("aliases:\n  a: b # x\n".utf8), file: "f").setting(
            #require(SettingKey.alias("c")), to: .value(.text("local/m")))
        #expect(text == "aliases:\n  a: b # x\n  c: local/m\n")
    }

    @Test(arguments: ["built-in: x", "a/b: x", "\"a b\": x", "m.gguf: x", "x: x"])
    func `of a name that no model can have are left out`(written: String) {
        let read = settings("aliases: {\(written), good: y}\n")
        #expect(read.problems.count == 1 && read.aliases == ["good": "y"])
        #expect(read.problems[0].reason.hasSuffix("Until then it does not count."))
    }
}
