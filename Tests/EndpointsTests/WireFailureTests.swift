import Endpoints
import Testing
import Transfer

@Suite("Failures of servers") struct WireFailureTests {
    private let key = "sk-secret-12345"

    private func failure(
        _ status: Int, _ body: String, headers: [HTTPHeader] = [], fields: [String] = ["model", "messages", "stream"]
    ) -> ServerFailure {
        let reader = FailureReader(
            url: "http://127.0.0.1:8080/v1/chat/completions", model: "gone", fields: fields,
            redaction: Redaction(key: key))
        return reader.failure(
            head: HTTPHead(status: status, headers: headers), body: Array(body.utf8), now: 784_111_770)
    }

    @Test(arguments: [
        #"{"error":{"code":401,"message":"Invalid API Key","type":"authentication_error"}}"#,
        #"{"detail":"Invalid API Key"}"#, #"{"error":"Invalid API Key"}"#, "Invalid API Key",
    ])
    func `a refused key is told in the server's words, whatever their shape`(body: String) {
        let failure = failure(401, body)
        #expect(failure.kind == .unauthorized && !failure.isWorthRetrying)
        #expect(
            "\(failure)" == "The server 127.0.0.1:8080 refused the key, or wants one (401: Invalid API Key). "
                + "Set the right key for this endpoint.")
    }

    @Test func `the key never comes back in an error`() {
        let long = String(repeating: "x", count: 290) + key
        for body in [
            #"{"error":{"message":"Bad key \#(key)","code":"\#(key)"}}"#, "Bad key \(key)", long,
            "<html><title>\(key)</title></html>", "<html><title>\(long)</title></html>",
            "Bad key sk-secret\u{0}-12345",
        ] {
            let failure = failure(502, body)
            #expect(!"\(failure) \(failure.code ?? "")".contains("sk-secret"), "\(body)")
        }
        #expect(Redaction(key: "abc")("abc") == "abc" && Redaction(key: nil)("abc") == "abc")
        #expect(Redaction(key: "abcd")("xabcdabcdx") == "x[key][key]x")
    }

    @Test(arguments: [
        (404, #"{"error":{"message":"The model 'gone' does not exist","code":"model_not_found"}}"#),
        (400, #"{"error":{"code":400,"message":"model 'gone' not found","type":"invalid_request_error"}}"#),
        (404, #"{"error":"model \"gone\" not found, try pulling it first"}"#),
    ])
    func `an unknown model is named`(status: Int, body: String) {
        let failure = failure(status, body)
        #expect(failure.kind == .unknownModel && !failure.isWorthRetrying)
        #expect("\(failure)".hasPrefix("The server 127.0.0.1:8080 has no model 'gone' (\(status): "))
    }

    @Test(arguments: [
        #"{"error":{"code":404,"message":"File Not Found","type":"not_found_error"}}"#,
        #"{"detail":"Not Found"}"#, "<html><head><title>404 Not Found</title></head></html>", "",
    ])
    func `a wrong address is told with what was asked`(body: String) {
        let failure = failure(404, body)
        #expect(failure.kind == .notFound(url: "http://127.0.0.1:8080/v1/chat/completions"))
        #expect("\(failure)".contains("http://127.0.0.1:8080/v1/chat/completions") && "\(failure)".contains("/v1"))
    }

    @Test func `a page of a proxy is told by its title`() {
        let failure = failure(502, "\n<!DOCTYPE html><HTML><TITLE lang=en>Bad\n Gateway</TITLE>…")
        #expect(failure.kind == .proxyPage(title: "Bad Gateway") && failure.isWorthRetrying)
        #expect("\(failure)".contains("(502: Bad Gateway)") && "\(failure)".contains("proxy"))
        #expect(self.failure(407, "<html></html>").kind == .proxyPage(title: ""))
    }

    @Test(arguments: [
        (503, #"{"error":{"message":"Loading model","type":"unavailable_error","code":503}}"#),
        (500, "model is unloaded"), (502, #"{"error":"the model is loading"}"#),
    ])
    func `a server that loads is waited for`(status: Int, body: String) {
        let failure = failure(status, body)
        #expect(failure.kind == .loading && failure.isWorthRetrying)
    }

    @Test(
        arguments: [
            ("Retry-After", "1", 1.0), ("retry-after-ms", "300", 0.3),
            ("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT", 7),
            ("Retry-After", "Sunday, 06-Nov-1994 08:49:37 GMT", 7), ("Retry-After", "Sun, 06 Nov 1994 08:00:00 GMT", 0),
            ("Retry-After", "soon", nil), ("Retry-After", "-3", nil), ("Retry-After", "inf", nil),
            ("Retry-After", "nan", nil),
            ("Retry-After", "Sun, 99 Nov 99999999999999999999 08:49:37 GMT", nil),
        ] as [(String, String, Double?)])
    func `how long to wait is read in each of its forms`(name: String, value: String, seconds: Double?) {
        let failure = failure(429, "", headers: [HTTPHeader(name, value)])
        #expect(failure.kind == .rateLimited(retryAfter: seconds) && failure.isWorthRetrying)
        #expect(failure.retryAfter == seconds)
    }

    @Test func `a wait that is absurd makes no trouble`() {
        let failure = failure(429, "", headers: [HTTPHeader("retry-after", "1e300")])
        #expect("\(failure)".hasSuffix("It asks to wait a very long time; check the account there."))
        #expect(
            "\(self.failure(429, "", headers: [HTTPHeader("retry-after", "1")]))".hasSuffix("Try again in 1 second."))
    }

    @Test func `a quota that is used up is never tried again`() {
        let body =
            #"{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","code":"insufficient_quota"}}"#
        let failure = failure(429, body, headers: [HTTPHeader("retry-after", "1")])
        #expect(failure.kind == .quotaUsedUp && !failure.isWorthRetrying)
        #expect(self.failure(402, "").kind == .paymentRequired)
    }

    @Test(arguments: [
        (
            400,
            #"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","code":"unsupported_parameter","param":"max_tokens"}}"#,
            ["max_tokens"]
        ),
        (422, #"{"detail":"Unexpected fields in the request: {'top_k', 'min_p'}"}"#, ["min_p", "top_k"]),
        (
            422,
            #"{"detail":[{"type":"extra_forbidden","loc":["body","seed"],"msg":"Extra inputs are not permitted"}]}"#,
            ["seed"]
        ),
        (400, #"{"error":{"message":"Unrecognized request argument supplied: seed"}}"#, ["seed"]),
        (
            400,
            #"{"error":{"message":"Unsupported value","code":"unsupported_value","param":"stream_options.include_usage"}}"#,
            ["stream_options"]
        ),
        (400, #"{"error":"unknown field \"stop\""}"#, ["stop"]),
    ])
    func `fields that a server does not take are found`(status: Int, body: String, fields: [String]) {
        let sent = ["max_tokens", "messages", "min_p", "model", "seed", "stop", "stream", "stream_options", "top_k"]
        let failure = failure(status, body, fields: sent)
        #expect(failure.kind == .unsupportedFields(fields) && !failure.isWorthRetrying)
    }

    @Test(arguments: [
        #"{"error":{"message":"Unknown error, please stop and seed again"}}"#,
        #"{"error":{"message":"Unsupported messages","param":"messages"}}"#,
        #"{"error":{"message":"Field 'n': Value must be between 1 <= value <= 2, but got 3"}}"#,
        #"{"detail":[{"type":"extra_forbidden","loc":["body","other"],"msg":"no"},{"loc":7},null]}"#,
    ])
    func `other refusals name no field to leave out`(body: String) {
        let failure = failure(400, body, fields: ["messages", "n", "seed", "stop"])
        #expect(failure.kind == .invalidRequest && !failure.isWorthRetrying)
    }

    @Test func `time that is up is no context that is full`() {
        let failure = failure(500, #"{"error":"context deadline exceeded"}"#)
        #expect(failure.kind == .serverError && !failure.isWorthRetrying)
    }

    @Test func `a quota that comes back soon is a limit of the rate`() {
        let body = #"[{"error":{"code":429,"message":"You exceeded your current quota. Please retry in 23s."}}]"#
        #expect(failure(429, body).kind == .rateLimited(retryAfter: nil))
    }

    @Test func `a list of details becomes one line`() {
        let failure = failure(
            422,
            #"{"detail":[{"loc":["body","messages",0,"role"],"msg":"Field required","type":"missing"},{"loc":["body"],"msg":"Bad"}]}"#
        )
        #expect(failure.message == "messages.0.role: Field required; Bad")
    }

    @Test(
        arguments: [
            (
                #"{"error":{"code":400,"message":"request (521 tokens) exceeds the available context size (256 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":521,"n_ctx":256}}"#,
                521, 256
            ),
            (
                #"{"error":{"message":"This model's maximum context length is 512 tokens. However, you requested 1035 tokens (1019 in the messages, 16 in the completion).","code":"context_length_exceeded"}}"#,
                1035, 512
            ),
            (
                #"{"object":"error","message":"This model's maximum context length is 4096 tokens and your request has 5000 input tokens","code":400}"#,
                5000, 4096
            ),
            (
                #"{"error":{"message":"request (521 tokens) exceeds the available context size (256 tokens)"}}"#, 521,
                256
            ),
            (#"{"error":{"message":"Too long","code":"context_length_exceeded"}}"#, nil, nil),
            (#"{"error":{"message":"Requested tokens (1,035) exceed context window of 512"}}"#, 1035, 512),
            (#"{"error":"the input length exceeds the context length"}"#, nil, nil),
            (
                #"{"error":{"message":"Too long","type":"exceed_context_size_error","n_prompt_tokens":1e300,"n_ctx":-1}}"#,
                nil, nil
            ),
        ] as [(String, Int?, Int?)])
    func `a request that is too long is told with its numbers`(body: String, prompt: Int?, context: Int?) {
        let failure = failure(400, body)
        #expect(failure.kind == .contextTooLong(prompt: prompt, context: context) && !failure.isWorthRetrying)
        if let prompt, let context {
            #expect(
                "\(failure)".hasPrefix(
                    "The request needs \(prompt) tokens, and the context of 127.0.0.1:8080 has \(context) ("))
        }
    }

    @Test(arguments: [
        (500, #"{"error":{"message":"image input is not supported","type":"server_error"}}"#, false),
        (500, "Internal Server Error", false), (500, "Server overloaded", true), (502, "", true), (503, "", true),
        (504, "", true), (408, "", true), (501, "", false), (400, "", false), (403, "", false), (404, "", false),
        (418, "", false), (422, "", false),
    ])
    func `a new try is worth it only where it may help`(status: Int, body: String, expected: Bool) {
        #expect(failure(status, body).isWorthRetrying == expected)
    }

    @Test func `a plain text is quoted, in one clean line of at most 300 characters`() {
        let failure = failure(500, "Internal\u{1B}[31m Server\r\n\tError " + String(repeating: "é", count: 100_000))
        #expect(failure.kind == .serverError)
        #expect(failure.message.hasPrefix("Internal[31m Server Error é") && failure.message.count == 300)
        #expect(failure.message.hasSuffix("…"))
    }

    @Test(arguments: [
        "", "null", "[]", "7", "\"text\"", "{\"error\":", #"{"error":[[[]]]}"#,
        #"{"error":{"error":{"error":{"message":"deep"}}}}"#,
    ])
    func `every body gets a sentence`(body: String) {
        for status in [0, 200, 302, 400, 500, 999] {
            let text = "\(failure(status, body))"
            #expect(text.hasSuffix(".") && text.count > 40, "\(text)")
        }
    }
}
