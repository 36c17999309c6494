import Endpoints
import Testing
import Transfer

@Suite("Addresses and lists of servers") struct WireAddressTests {
    @Test(arguments: [
        ("http://127.0.0.1:8080/v1", "http://127.0.0.1:8080/v1"), ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1"),
        (" HTTP://LocalHost:80// \n", "http://localhost/v1"),
        ("https://api.example.com/v1/", "https://api.example.com/v1"),
        ("https://api.example.com:443//api//v1///", "https://api.example.com/api/v1"),
        ("http://h/v1/v1", "http://h/v1"), ("http://h/v1/chat/completions", "http://h/v1"),
        ("http://h/v1/completions", "http://h/v1"), ("http://h/v1/models/", "http://h/v1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"), ("http://h:/Path", "http://h/Path"),
    ])
    func `are tidied to one form`(text: String, base: String) throws {
        let address = try ServerAddress(text)
        #expect(address.base == base)
        #expect(address.chat == base + "/chat/completions" && address.completions == base + "/completions")
        #expect(address.models == base + "/models")
        #expect(try ServerAddress(address.base) == address)
    }

    @Test func `the server's own routes are beside its first version`() throws {
        #expect(try ServerAddress("http://h:1/a/v1").props == "http://h:1/a/props")
        #expect(try ServerAddress("http://h:1").health == "http://h:1/health")
    }

    @Test(arguments: [
        ("", ServerAddressError.empty), ("localhost:8080", .noScheme("localhost:8080")),
        ("ftp://h", .otherScheme("ftp")),
        ("http://", .noHost("http://")), ("http:///v1", .noHost("http:///v1")),
        ("http://:8080", .noHost("http://:8080")),
        ("http://h:0", .badPort("0")), ("http://h:65536", .badPort("65536")),
        ("http://h:99999999999999999999", .badPort("99999999999999999999")),
        ("http://h:8o", .badPort("8o")), ("http://h:+80", .badPort("+80")), ("http://user:secret@h/v1", .holdsUser),
        ("http://user@h", .holdsUser), ("http://h/v1?key=secret", .holdsQuery(mark: "?")),
        ("http://h#x", .holdsQuery(mark: "#")),
        ("http://h/a b", .notAnAddress("http://h/a b")), ("http://h/\u{1B}", .notAnAddress("http://h/\u{1B}")),
        ("http://[::1/v1", .notAnAddress("http://[::1/v1")),
    ])
    func `are refused with a sentence if no server has them`(text: String, error: ServerAddressError) {
        #expect(throws: error) { try ServerAddress(text) }
        let sentence = "\(error)"
        #expect(sentence.hasSuffix(".") && !sentence.contains("secret") && !sentence.contains("\u{1B}"))
    }

    @Test func `a key belongs to one origin`() throws {
        let address = try ServerAddress("https://API.example.com/v1")
        #expect(address.isOrigin(of: "https://api.example.com:443/other"))
        for other in [
            "http://api.example.com/v1", "https://api.example.com:444", "https://api.example.com.evil.org", "x",
        ] {
            #expect(!address.isOrigin(of: other), "\(other)")
        }
        #expect(try ServerAddress("http://a").hash != ServerAddress("http://b").hash && address.hash.count == 16)
    }

    @Test func `a list names its models, with their windows and states if the server tells them`() throws {
        func list(_ text: String) throws -> ModelListing { try ModelListing(parsing: Array(text.utf8)) }
        let llama = try list(
            #"{"models":[{"name":"x"}],"object":"list","data":[{"id":"/m/tiny.gguf","owned_by":"llamacpp","created":1,"meta":{"n_ctx":256,"n_ctx_train":2048}}]}"#
        )
        #expect(llama.models == [.init(name: "/m/tiny.gguf", contextLength: 256)] && llama.isLlamaCpp)
        let router = try list(
            #"{"data":[{"id":"a","status":{"value":"unloaded"}},{"id":"b","status":{"value":"loaded"}}]}"#)
        #expect(router.models.map(\.isLoaded) == [false, true])
        let plain = try list(
            #"{"object":"list","data":[{"id":"a","object":"model","owned_by":"me","permissions":[]},{"id":"a"}]}"#)
        #expect(plain.models == [.init(name: "a")] && !plain.isLlamaCpp)
        #expect(try list(#"{"data":[{"id":"v","max_model_len":4096}]}"#).models.first?.contextLength == 4096)
        #expect(try list(#"{"data":[]}"#).models.isEmpty)
        #expect(try list(#"{"models":[{"name":"n:latest"}]}"#).models.map(\.name) == ["n:latest"])
        #expect(try list(#"["a",{"id":"b"}]"#).models.map(\.name) == ["a", "b"])
    }

    @Test func `what is odd in a list is passed over`() throws {
        let text =
            #"{"data":[null,7,{},{"id":null},{"id":""},{"id":"\u001b[2J"},{"id":"ok","created":1e300,"max_model_len":1e300,"meta":7,"status":[]}]}"#
        #expect(try ModelListing(parsing: Array(text.utf8)).models == [.init(name: "ok")])
    }

    @Test(arguments: [
        ("", "is no JSON"), ("<html><title>Hello</title>", "'Hello'"), ("{}", "no list of models: '{}'"),
        (#"{"data":7}"#, "no list of models"), (#"{"detail":"Not Found"}"#, "Not Found"),
    ])
    func `an answer that is no list gets a sentence`(body: String, part: String) {
        let error = #expect(throws: ModelListingError.self) { try ModelListing(parsing: Array(body.utf8)) }
        #expect(error.map { "\($0)" }?.contains(part) == true)
    }

    @Test(
        arguments: [
            ("text/event-stream; charset=utf-8", "{", AnswerForm.events), ("application/json", "", .json),
            ("", " \n{", .json),
            ("text/plain", "data: x", .events), ("", ": ping", .events), ("text/html", "<html>", .other),
            ("", "da", nil),
            ("", " \n", nil), ("", "dab", .other), ("application/problem+json", "", .json), ("", "Internal", .other),
        ] as [(String, String, AnswerForm?)])
    func `the form of an answer is known by its head or its first bytes`(type: String, body: String, form: AnswerForm?)
    {
        let head = HTTPHead(status: 200, headers: type.isEmpty ? [] : [HTTPHeader("Content-Type", type)])
        #expect(AnswerForm.of(head, beginning: Array(body.utf8)) == form)
    }
}
