// Reads what a server of language models may send: a stream, a whole answer, a list of models, a failure.

import Endpoints
import Transfer

enum ServerReading {
    private static let key = "sk-secret-key"
    private static let failures = FailureReader(
        url: "http://127.0.0.1:8080/v1/chat/completions", model: "m",
        fields: ["max_tokens", "messages", "model", "seed", "stop", "top_k"], redaction: Redaction(key: key))

    /// Reads a stream of events. Cut in other places it must give the same.
    static func readStream(_ bytes: [UInt8]) throws {
        let reader = AnswerReader(choiceCount: 2, prefill: bytes.count % 2 == 0 ? nil : "Once upon", failures: failures)
        let whole = try pieces(bytes, partLength: max(1, bytes.count), reader)
        for length in [1, 7] {
            let cut = try pieces(bytes, partLength: length, reader)
            precondition(cut == whole, "a cut changes the answer")
        }
        var wholeReader = AnswerReader(failures: failures)
        check(wholeReader.read(whole: bytes))
        _ = AnswerForm.of(HTTPHead(status: 200), beginning: bytes)
        check(whole)
        for case .failed(let failure) in whole { throw failure }
    }

    /// Reads a body as the failure of several statuses, and as a list of models.
    static func readFailure(_ bytes: [UInt8]) throws {
        _ = try? ModelListing(parsing: bytes)
        let wait = String(decoding: bytes.prefix(40), as: UTF8.self)
        for status in [0, 200, 401, 404, 422, 429, 500, 503] {
            let head = HTTPHead(status: status, headers: [HTTPHeader("retry-after", wait)])
            check([.failed(failures.failure(head: head, body: bytes, now: 1e9))])
        }
        throw failures.failure(head: HTTPHead(status: 400), body: bytes, now: 0)
    }

    private static func pieces(_ bytes: [UInt8], partLength: Int, _ reader: AnswerReader) throws -> [AnswerPiece] {
        var reader = reader
        var parser = EventStreamParser()
        var pieces: [AnswerPiece] = []
        for start in stride(from: 0, to: bytes.count, by: partLength) {
            for event in try parser.read(Array(bytes[start..<min(start + partLength, bytes.count)])) {
                pieces += reader.read(event: event)
            }
        }
        return pieces + reader.finish(event: try parser.finish())
    }

    private static func check(_ pieces: [AnswerPiece]) {
        for piece in pieces {
            switch piece {
            case .text(let text, let choice), .reasoning(let text, let choice):
                precondition(0..<AnswerReader.mostChoices ~= choice, "an impossible choice")
                precondition(!text.isEmpty && isClean(text), "hostile text")
            case .failed(let failure):
                let sentence = "\(failure)"
                precondition(isClean(sentence) && !sentence.contains("\n"), "hostile text in a sentence")
                precondition(failure.message.count <= CleanText.longestLine, "a long message")
                precondition(!sentence.contains(key), "a key in a sentence")
                _ = failure.isWorthRetrying
                var dialect = RequestDialect()
                _ = dialect.learn(from: failure)
            case .likelihoods(let list, _):
                precondition(list.allSatisfy { -9999...0 ~= $0.logProbability }, "an impossible probability")
            case .usage(let prompt, let completion, _):
                precondition((prompt ?? 0) >= 0 && (completion ?? 0) >= 0, "a negative count")
            case .finished, .model, .done: break
            }
        }
    }

    private static func isClean(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { $0 == "\n" || $0 == "\t" || $0.value >= 0x20 && !(0x7F..<0xA0 ~= $0.value) }
    }
}
