// Makes pieces of a server's answer: of the events of a stream, or of one JSON text.
// - Chat completions and legacy completions, in the shapes of all servers we know: what is absent, null or empty means
//   nothing, and an answer is judged by what it has.
// - An error comes before everything else, wherever it stands. What was held back is given out before it.
// - A choice has a number below `mostChoices`; others are passed over, so a server cannot make us keep millions.

import Generation

/// Reads the answer to one request.
public struct AnswerReader: Sendable {
    /// The most choices of one answer.
    public static let mostChoices = GenerationRequest.variantRange.upperBound

    private let splitsThoughts: Bool
    private let prefill: String?
    private let failures: FailureReader
    private var choices: [Int: Choice] = [:]
    private var usage: AnswerUsage
    private var hasModel = false
    private var hasEnded = false

    private struct Choice {
        var text: ChoiceText
        var isFinished = false
        /// What takes secrets out of the text and out of the thoughts.
        var shown: StreamRedaction
        var shownThoughts: StreamRedaction

        /// - Parameter isEnd: true if nothing more comes, so that nothing is held back.
        mutating func pieces(_ pieces: [ChoiceText.Piece], _ index: Int, isEnd: Bool = false) -> [AnswerPiece] {
            var result: [AnswerPiece] = []
            func add(_ text: String, isThought: Bool) {
                guard !text.isEmpty else { return }
                result.append(isThought ? .reasoning(text, choice: index) : .text(text, choice: index))
            }
            for piece in pieces {
                switch piece {
                case .reasoning(let text): add(shownThoughts.take(text), isThought: true)
                case .text(let text):
                    add(shownThoughts.finish(), isThought: true)
                    add(shown.take(text), isThought: false)
                }
            }
            if isEnd {
                add(shownThoughts.finish(), isThought: true)
                add(shown.finish(), isThought: false)
            }
            return result
        }
    }

    /// - Parameters:
    ///   - choiceCount: how many choices were asked for.
    ///   - prefill: the beginning of the answer if the conversation ended with it; the server may repeat it.
    ///   - failures: turns reports of failure into `ServerFailure`s.
    public init(
        choiceCount: Int = 1, splitsThoughts: Bool = true, prefill: String? = nil,
        failures: FailureReader = FailureReader()
    ) {
        usage = AnswerUsage(choiceCount: choiceCount)
        self.splitsThoughts = splitsThoughts
        self.prefill = prefill
        self.failures = failures
    }

    /// The choices that have something, in their order; empty if nothing came.
    public var seenChoices: [Int] { choices.keys.sorted() }

    /// The choices that are complete: they have a reason why they ended.
    public var finishedChoices: [Int] { choices.filter(\.value.isFinished).keys.sorted() }

    /// The pieces of the next event of a stream.
    public mutating func read(event data: [UInt8]) -> [AnswerPiece] {
        guard !hasEnded else { return [] }
        guard let data = Self.content(data) else { return [] }
        if data.elementsEqual("[DONE]".utf8) {
            let rest = flush()
            hasEnded = true
            return rest + [.done]
        }
        if let value = ServerJSON.value(Array(data)) { return read(value) }
        return readLines(data) ?? fail(failures.unreadable(Array(data)))
    }

    /// The pieces of an event whose lines are events of their own, because the server forgets the blank lines; `nil` if
    /// one of them is none.
    private mutating func readLines(_ data: ArraySlice<UInt8>) -> [AnswerPiece]? {
        let lines = data.split(separator: 0x0A).compactMap { Self.content(Array($0)) }
        guard lines.count > 1,
            lines.allSatisfy({ $0.elementsEqual("[DONE]".utf8) || ServerJSON.value(Array($0)) != nil })
        else { return nil }
        return lines.flatMap { read(event: Array($0)) }
    }

    /// The pieces that are left at the end of a stream.
    /// - Parameter event: what `EventStreamParser.finish` returned. If it is only a part of an event, it is left out.
    public mutating func finish(event data: [UInt8]? = nil) -> [AnswerPiece] {
        guard !hasEnded else { return [] }
        var pieces: [AnswerPiece] = []
        if let data, let content = Self.content(data),
            content.elementsEqual("[DONE]".utf8) || ServerJSON.value(Array(content)) != nil
        {
            pieces = read(event: data)
        }
        guard !hasEnded else { return pieces }
        pieces += flush()
        hasEnded = true
        return pieces
    }

    /// The pieces of an answer that is one JSON text. One that is none is a failure.
    public mutating func read(whole body: [UInt8]) -> [AnswerPiece] {
        guard !hasEnded else { return [] }
        guard let data = Self.content(body), let value = ServerJSON.value(Array(data)) else {
            return fail(failures.unreadable(body))
        }
        let pieces = read(value) + flush()
        hasEnded = true
        if choices.isEmpty, !pieces.contains(where: \.isFailure) {
            return pieces + [.failed(failures.unreadable(body))]
        }
        return pieces
    }

    private mutating func read(_ value: JSONValue) -> [AnswerPiece] {
        // Google's servers put errors into a list.
        if case .array(let items) = value { return items.first.map { $0.items == nil ? read($0) : [] } ?? [] }
        if let failure = failures.failure(in: value) { return fail(failure) }
        var pieces: [AnswerPiece] = []
        if !hasModel, let model = line(value["model"]) {
            hasModel = true
            pieces.append(.model(model))
        }
        let items = value["choices"]?.items ?? []
        if let found = value.present("usage") ?? value["x_groq"]?.present("usage"), found.members != nil {
            pieces += usage.take(found, choices: items.map { self.index($0, at: 0) })
        }
        for (place, item) in items.prefix(Self.mostChoices).enumerated() {
            guard let index = index(item, at: place) else { continue }
            if let failure = failures.failure(in: item) { return pieces + fail(failure) }
            pieces += read(item, choice: index)
            if let found = item.present("usage"), found.members != nil {
                pieces += usage.take(found, choices: [index])
            }
        }
        return pieces
    }

    /// The number of a choice; `nil` if it cannot be one.
    private func index(_ choice: JSONValue, at place: Int) -> Int? {
        guard choice.members != nil else { return nil }
        guard let index = choice.present("index") else { return place }
        return index.int.flatMap { 0..<Self.mostChoices ~= $0 ? $0 : nil }
    }

    private mutating func read(_ value: JSONValue, choice index: Int) -> [AnswerPiece] {
        let message = value.present("delta") ?? value.present("message")
        // A legacy text continues its prompt, so line ends at its beginning belong to it.
        let isLegacy = message == nil && value["text"] != nil
        var choice =
            choices[index]
            ?? Choice(
                text: ChoiceText(splitsThoughts: splitsThoughts, prefill: prefill, trimsStart: !isLegacy),
                shown: failures.redaction.stream(), shownThoughts: failures.redaction.stream())
        var pieces: [AnswerPiece] = []
        if let reasoning = Self.text(message?["reasoning_content"]) ?? Self.text(message?["reasoning"]) {
            pieces += choice.pieces(choice.text.take(reasoning: reasoning), index)
        }
        let content =
            Self.text(message?["content"]) ?? Self.text(message?["refusal"])
            ?? Self.text(value["text"])
        if let content { pieces += choice.pieces(choice.text.take(text: content), index) }
        let likelihoods = TokenLikelihood.list(value["logprobs"])
        if !likelihoods.isEmpty { pieces.append(.likelihoods(likelihoods, choice: index)) }
        if !choice.isFinished, let reason = line(value["finish_reason"]) {
            pieces += choice.pieces(choice.text.finish(), index, isEnd: true)
            pieces.append(.finished(choice: index, reason: reason))
            choice.isFinished = true
        }
        choices[index] = choice
        return pieces
    }

    /// Ends the answer with a failure; what was held back comes first.
    private mutating func fail(_ failure: ServerFailure) -> [AnswerPiece] {
        let rest = flush()
        hasEnded = true
        return rest + [.failed(failure)]
    }

    private mutating func flush() -> [AnswerPiece] {
        var pieces: [AnswerPiece] = []
        for index in choices.keys.sorted() {
            guard var choice = choices[index] else { continue }
            pieces += choice.pieces(choice.text.finish(), index, isEnd: true)
            choices[index] = choice
        }
        return pieces
    }

    /// A string as one line without secrets; they are taken out before it is shortened, which could leave a part of one.
    private func line(_ value: JSONValue?) -> String? {
        guard let text = value?.text else { return nil }
        let line = CleanText.line(failures.redaction(CleanText.text(text)))
        return line.isEmpty ? nil : line
    }

    /// A text, or the texts of a list of parts; `nil` if it has no character.
    private static func text(_ value: JSONValue?) -> [UInt8]? {
        switch value {
        case .string(let bytes): bytes.isEmpty ? nil : bytes
        case .array(let parts):
            {
                let text = parts.flatMap { $0.bytes ?? $0["text"]?.bytes ?? [] }
                return text.isEmpty ? nil : text
            }()
        default: nil
        }
    }

    /// The bytes without blanks around them; `nil` if there are no others.
    private static func content(_ bytes: [UInt8]) -> ArraySlice<UInt8>? {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || 0x09...0x0D ~= byte }
        guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return nil }
        return bytes[first...last]
    }
}

extension AnswerPiece {
    var isFailure: Bool { if case .failed = self { true } else { false } }
}
