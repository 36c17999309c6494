// How reasoning models mark the thoughts that they write before an answer.
// - One table; a model's row is found by its chat template and its special tokens.
// - Markers are spelled as in a template: special tokens by their names.

/// The markers of one model's thoughts.
struct ThoughtFormat: Sendable, Equatable {
    /// The texts that open a thought; a template that opens one itself uses the first.
    var openings: [String]
    /// The text that closes it.
    var closing: String
    /// What stands between a closed thought and the answer.
    var answer = ""
    /// The texts that open an answer without a thought.
    var directAnswers: [String] = []
    /// What ends the answer, besides the model's own end tokens; empty if there is nothing.
    var answerEnd = ""
    /// What to write to end a thought that the model has not closed, and to open the answer.
    var ending: String
    /// What to write in place of a thought that is not wanted.
    var skipped: String

    /// The format of thoughts between tags, as `<think>` and `</think>`.
    static func tags(_ opening: String, _ closing: String) -> ThoughtFormat {
        ThoughtFormat(
            openings: [opening], closing: closing, ending: "\n\(closing)\n\n", skipped: "\(opening)\n\n\(closing)\n\n")
    }

    /// One row of the table: a model has the format if its template or its special tokens hold every sign.
    private struct Row {
        var signs: [String]
        var format: ThoughtFormat
    }

    private static let table: [Row] = [
        // Harmony: gpt-oss.
        Row(
            signs: ["<|channel|>", "<|message|>", "<|start|>"],
            format: ThoughtFormat(
                openings: ["<|channel|>analysis<|message|>", "<|channel|>commentary<|message|>"], closing: "<|end|>",
                answer: "<|start|>assistant<|channel|>final<|message|>",
                directAnswers: ["<|channel|>final<|message|>"], answerEnd: "<|end|>",
                ending: "<|end|><|start|>assistant<|channel|>final<|message|>",
                skipped: "<|channel|>final<|message|>")),
        // Solar Open.
        Row(
            signs: ["<|begin|>", "<|think|>", "<|content|>", "<|end|>"],
            format: ThoughtFormat(
                openings: ["<|think|>"], closing: "<|end|>", answer: "<|begin|>assistant<|content|>",
                directAnswers: ["<|content|>"], answerEnd: "<|end|>",
                ending: "<|end|><|begin|>assistant<|content|>", skipped: "<|content|>")),
        // Muse, whose thoughts are messages to itself.
        Row(
            signs: ["to=self", "<|message|>", "<|eom|>"],
            format: ThoughtFormat(
                openings: ["to=self<|message|>"], closing: "<|eom|>", answer: "<|start|>assistant to=user<|message|>",
                directAnswers: ["to=user<|message|>", "<|message|>"], answerEnd: "<|eom|>",
                ending: "<|eom|><|start|>assistant to=user<|message|>", skipped: " to=user<|message|>")),
        // Apertus.
        Row(
            signs: ["<|inner_prefix|>", "<|inner_suffix|>"],
            format: ThoughtFormat(
                openings: ["<|inner_prefix|>"], closing: "<|inner_suffix|>", ending: "<|inner_suffix|>",
                skipped: "<|inner_prefix|><|inner_suffix|>")),
        // Gemma 4.
        Row(
            signs: ["<|channel>", "<channel|>"],
            format: ThoughtFormat(
                openings: ["<|channel>thought\n"], closing: "<channel|>", ending: "<channel|>",
                skipped: "<|channel>thought\n<channel|>")),
        // Kimi K3.
        Row(
            signs: ["<|open|>", "<|close|>", "<|sep|>"],
            format: ThoughtFormat(
                openings: ["<|open|>think<|sep|>"], closing: "<|close|>think<|sep|>",
                answer: "<|open|>response<|sep|>", directAnswers: ["<|open|>response<|sep|>"], answerEnd: "<|close|>",
                ending: "<|close|>think<|sep|><|open|>response<|sep|>", skipped: "<|open|>response<|sep|>")),
        // Cohere's Command models.
        Row(
            signs: ["<|START_THINKING|>", "<|END_THINKING|>"],
            format: ThoughtFormat(
                openings: ["<|START_THINKING|>"], closing: "<|END_THINKING|>",
                directAnswers: ["<|START_RESPONSE|>", "<|START_TEXT|>"], ending: "<|END_THINKING|>",
                skipped: "<|START_THINKING|><|END_THINKING|>")),
        // Apriel, whose markers are plain text.
        Row(
            signs: ["[BEGIN FINAL RESPONSE]"],
            format: ThoughtFormat(
                openings: ["Here are my reasoning steps:"], closing: "[BEGIN FINAL RESPONSE]",
                ending: "\n[BEGIN FINAL RESPONSE]\n", skipped: "[BEGIN FINAL RESPONSE]\n")),
        // Magistral.
        Row(
            signs: ["[THINK]", "[/THINK]"],
            format: ThoughtFormat(
                openings: ["[THINK]"], closing: "[/THINK]", ending: "[/THINK]", skipped: "[THINK][/THINK]")),
        // Granite, which puts tags around its answer too.
        Row(
            signs: ["<think></think>", "<response></response>"],
            format: ThoughtFormat(
                openings: ["<think>"], closing: "</think>", answer: "<response>", directAnswers: ["<response>"],
                answerEnd: "</response>", ending: "\n</think>\n\n<response>", skipped: "")),
    ]

    /// The tags that a model may have as special tokens although its template does not name them.
    private static let knownTags = [
        "think", "thinking", "thought", "seed:think", "mm:think", "longcat_think", "think:opensource",
    ]

    /// The format of a model; `nil` if it marks no thoughts.
    /// - Parameters:
    ///   - template: the source of its chat template; `nil` if it has none.
    ///   - hasSpecialToken: true for the names of its special tokens.
    static func find(template: String?, hasSpecialToken: (String) -> Bool) -> ThoughtFormat? {
        let source = Array((template ?? "").utf8)
        func holds(_ sign: String) -> Bool { hasSpecialToken(sign) || source.holds(sign) }
        if let row = table.first(where: { $0.signs.allSatisfy(holds) }) { return row.format }
        let known = knownTags.first { hasSpecialToken("<\($0)>") && hasSpecialToken("</\($0)>") }
        return (closingTag(in: source) ?? known).map { tags("<\($0)>", "</\($0)>") }
    }

    /// The name of the first closing tag that is about thoughts, such as `</think>` or `</seed:think>`.
    private static func closingTag(in source: [UInt8]) -> String? {
        var index = 0
        while index + 1 < source.count {
            defer { index += 1 }
            guard source[index] == UInt8(ascii: "<"), source[index + 1] == UInt8(ascii: "/") else { continue }
            let name = source[(index + 2)...].prefix(32).prefix { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte
                    || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":")
            }
            guard name.endIndex < source.count, source[name.endIndex] == UInt8(ascii: ">") else { continue }
            let tag = String(decoding: name, as: UTF8.self)
            if tag.hasSuffix("think") || tag.hasSuffix("thinking") || tag.hasSuffix("thought") { return tag }
        }
        return nil
    }
}

// MARK: A prompt and its thoughts

/// What a model may write first after a prompt.
enum ThoughtStart: Sendable, Equatable {
    /// The answer alone: the model has no thoughts, or the prompt has closed them.
    case none
    /// Thoughts, if the model opens them.
    case possible
    /// The rest of a thought that the prompt has opened.
    case open
}

extension ThoughtFormat {
    /// What follows a prompt that ends with this text.
    /// - Parameter end: the part that the template wrote after the last message.
    func start(after end: String) -> ThoughtStart {
        func last(_ texts: [String]) -> String.Index? {
            texts.compactMap { end.range(of: $0)?.upperBound }.max()
        }
        let opened = last(openings)
        // A marker that also ends other texts closes a thought only behind its opening.
        let closed = closing == answerEnd && opened == nil ? nil : last([closing])
        if let opened, opened > closed ?? end.startIndex { return .open }
        return closed != nil || last(directAnswers) != nil ? .none : .possible
    }

    /// What follows a text that a user wrote for the model: it may mention markers, so only its very end counts.
    func start(afterRawText text: String) -> ThoughtStart {
        func ends(with marker: String) -> Bool { text.withoutTrailingSpace.hasSuffix(marker.withoutTrailingSpace) }
        if openings.contains(where: ends) { return .open }
        return ([closing] + directAnswers).contains(where: ends) ? .none : .possible
    }
}

extension String {
    /// The text without white space at its end.
    var withoutTrailingSpace: String {
        var rest = Substring(self).unicodeScalars
        while let last = rest.last, last.properties.isWhitespace { rest.removeLast() }
        return String(rest)
    }

    /// The last place of a text in this one, compared by bytes.
    fileprivate func range(of part: String) -> Range<Index>? {
        let bytes = Array(utf8)
        let wanted = Array(part.utf8)
        guard !wanted.isEmpty, wanted.count <= bytes.count else { return nil }
        guard
            let start = (0...(bytes.count - wanted.count)).last(where: { bytes[$0...].starts(with: wanted) })
        else { return nil }
        let lower = utf8.index(startIndex, offsetBy: start)
        return lower..<utf8.index(lower, offsetBy: wanted.count)
    }
}

extension [UInt8] {
    fileprivate func holds(_ part: String) -> Bool {
        let wanted = Array(part.utf8)
        guard let first = wanted.first, wanted.count <= count else { return false }
        return (0...(count - wanted.count)).contains { self[$0] == first && self[$0...].starts(with: wanted) }
    }
}
