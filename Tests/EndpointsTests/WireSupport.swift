// Runs a stream through the parser and the reader, cut in every way that a network may cut it.

import Endpoints
import Testing

/// An answer as it came together.
struct ReadAnswer: Equatable {
    var text: [Int: String] = [:]
    var reasoning: [Int: String] = [:]
    var reasons: [Int: String] = [:]
    var prompt: Int?
    var completion: Int?
    var cost: Double?
    var model: String?
    var likelihoods: [Int: [TokenLikelihood]] = [:]
    var failure: ServerFailure?
    var isDone = false

    init(_ pieces: [AnswerPiece]) {
        for piece in pieces {
            switch piece {
            case .text(let text, let choice): self.text[choice, default: ""] += text
            case .reasoning(let text, let choice): reasoning[choice, default: ""] += text
            case .finished(let choice, let reason): reasons[choice] = reason
            case .usage(let prompt, let completion, let cost):
                (self.prompt, self.completion, self.cost) = (prompt, completion, cost)
            case .model(let model): self.model = model
            case .likelihoods(let list, let choice): likelihoods[choice, default: []] += list
            case .failed(let failure): self.failure = failure
            case .done: isDone = true
            }
        }
    }
}

/// The pieces of a stream that comes in these parts.
func pieces(_ parts: [ArraySlice<UInt8>], _ reader: AnswerReader) throws -> [AnswerPiece] {
    var reader = reader
    var parser = EventStreamParser()
    var pieces: [AnswerPiece] = []
    for part in parts {
        for event in try parser.read(Array(part)) { pieces += reader.read(event: event) }
    }
    return pieces + reader.finish(event: try parser.finish())
}

/// The answer of a stream. Each cut in two, and one byte at a time, must give the same pieces.
func answer(
    _ stream: [UInt8], _ reader: AnswerReader = AnswerReader(), sourceLocation: SourceLocation = #_sourceLocation
) throws -> ReadAnswer {
    let whole = try pieces([stream[...]], reader)
    for cut in stream.indices {
        let halves = try pieces([stream[..<cut], stream[cut...]], reader)
        #expect(halves == whole, "cut before byte \(cut)", sourceLocation: sourceLocation)
    }
    let single = try pieces(stream.indices.map { stream[$0...$0] }, reader)
    #expect(single == whole, "one byte at a time", sourceLocation: sourceLocation)
    return ReadAnswer(whole)
}

func answer(
    _ stream: String, _ reader: AnswerReader = AnswerReader(), sourceLocation: SourceLocation = #_sourceLocation
) throws -> ReadAnswer {
    try answer(Array(stream.utf8), reader, sourceLocation: sourceLocation)
}

/// A stream of these events.
func stream(_ events: String...) -> String { events.map { "data: \($0)\n\n" }.joined() }

/// An event with one choice.
func chunk(_ delta: String, index: Int = 0, reason: String? = nil) -> String {
    let reason = reason.map { "\"\($0)\"" } ?? "null"
    return #"{"choices":[{"index":\#(index),"delta":\#(delta),"finish_reason":\#(reason)}]}"#
}
