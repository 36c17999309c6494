// What a failure means, by its status, its code and its words.
// - A code is believed before words, and words before the status; servers agree least about the status.

import Generation

struct FailureWords {
    let kind: ServerFailure.Kind

    private static let neverRefused: Set = ["model", "messages", "prompt", "stream"]

    init(
        status: Int, message: String, code: String, type: String, parts: FailureParts, fields: [String], page: String?,
        url: String, retryAfter: Double?
    ) {
        let text = String(message.prefix(4000)).lowercased()
        let codes = [code.lowercased(), type.lowercased()]
        func isCoded(_ words: String...) -> Bool { words.contains { codes.contains($0) } }
        func says(_ words: String...) -> Bool { words.contains { text.contains($0) } }

        let isRefusal = [400, 404, 413, 422, 500, 501].contains(status) || status == 200
        let tooLong = TooLong(
            text, parts: parts, isCoded: isCoded("exceed_context_size_error", "context_length_exceeded"))
        let refused = isRefusal ? Self.refusedFields(message, text: text, codes: codes, parts: parts, fields) : []
        let isAboutModel =
            isCoded("model_not_found", "model_not_exist") || says("no such model", "unknown model", "invalid model")
            || says("model") && says("not found", "does not exist", "not exist", "not a valid model")

        if let tooLong, isRefusal {
            kind = .contextTooLong(prompt: tooLong.prompt, context: tooLong.context)
        } else if isCoded("insufficient_quota") || says("insufficient_quota")
            || says("exceeded your current quota") && retryAfter == nil && !says("retry in")
        {
            kind = .quotaUsedUp
        } else if status == 401 {
            kind = .unauthorized
        } else if status == 402 {
            kind = .paymentRequired
        } else if status == 429 || isCoded("rate_limit_exceeded", "rate_limit_error") {
            kind = .rateLimited(retryAfter: retryAfter)
        } else if [200, 500, 502, 503, 504].contains(status), page == nil, Self.speaksOfLoading(text) {
            kind = .loading
        } else if status == 403 {
            kind = .forbidden
        } else if isRefusal, page == nil, let rule = TemplateRefusal.rule(in: text) {
            kind = .refusedTurns(rule)
        } else if !refused.isEmpty {
            kind = .unsupportedFields(refused)
        } else if isRefusal, page == nil, isAboutModel {
            kind = .unknownModel
        } else if status == 404 || status == 405 {
            kind = .notFound(url: url)
        } else if let page {
            kind = .proxyPage(title: page)
        } else if 400..<500 ~= status, status != 408 {
            kind = .invalidRequest
        } else if status >= 500 || status == 408 || parts.isFailure {
            kind = .serverError
        } else {
            kind = .other
        }
    }

    static func speaksOfLoading(_ text: String) -> Bool {
        let text = text.lowercased()
        guard text.contains("model") || text.contains("server") else { return false }
        return ["loading", "unloaded", "not loaded", "being loaded", "starting up"].contains { text.contains($0) }
    }

    /// True if a server has too much to do, or is loading: it may be better in a moment.
    static func speaksOfLoad(_ text: String) -> Bool {
        let words = [
            "overload", "at capacity", "server is busy", "server busy", "too many requests", "try again later",
        ]
        return speaksOfLoading(text) || words.contains { text.lowercased().contains($0) }
    }

    /// The fields of the request that a refusal names.
    private static func refusedFields(
        _ message: String, text: String, codes: [String], parts: FailureParts, _ fields: [String]
    ) -> [String] {
        let sent = Set(fields).subtracting(neverRefused)
        var refused = Set(parts.extraFields).intersection(sent)
        let words = [
            "unsupported", "not supported", "unexpected", "unknown", "unrecognized", "unrecognised", "extra inputs",
            "extra fields", "not permitted", "not allowed", "does not support", "doesn't support", "additional propert",
            "instead",
        ]
        let isCoded = ["unsupported_parameter", "unknown_parameter", "unsupported_value"].contains {
            codes.contains($0)
        }
        if isCoded || words.contains(where: { text.contains($0) }) {
            if let param = parts.param?.split(separator: ".").first.map(String.init), sent.contains(param) {
                refused.insert(param)
            } else if refused.isEmpty {
                refused.formUnion(namedFields(message, sent))
            }
        }
        return refused.sorted()
    }

    /// The fields that a message names. One that is also a word of English counts only in quotes or behind a colon.
    private static func namedFields(_ message: String, _ fields: Set<String>) -> [String] {
        fields.filter { field in
            let text = message.prefix(4000)
            return text.ranges(of: field).contains { range in
                let before = range.lowerBound > text.startIndex ? text[text.index(before: range.lowerBound)] : " "
                let after = range.upperBound < text.endIndex ? text[range.upperBound] : " "
                guard !isOfName(before), !isOfName(after) else { return false }
                if field.contains("_") || "'\"`".contains(before) && "'\"`".contains(after) { return true }
                return text[..<range.lowerBound].hasSuffix(": ")
            }
        }
    }

    private static func isOfName(_ character: Character) -> Bool {
        character == "_" || character.isLetter || character.isNumber
    }
}

/// A request that is longer than the model's context.
private struct TooLong {
    var prompt: Int?
    var context: Int?

    init?(_ text: String, parts: FailureParts, isCoded: Bool) {
        let place = text.firstRange(of: "context")
        let numbers = text.matches(of: /[0-9]+(?:,[0-9]{3})*/).compactMap { match in
            Int32(match.0.replacing(",", with: "")).map { (value: Int($0), start: match.range.lowerBound) }
        }
        guard isCoded || parts.contextTokens != nil || place != nil && Self.speaksOfLength(text, numbers.count)
        else { return nil }
        let context = numbers.first { number in place.map { number.start > $0.lowerBound } ?? false }
        self.context = parts.contextTokens ?? context?.value
        let other =
            numbers.first { number in
                context.map { number.start > $0.start && number.value != $0.value } ?? false
            } ?? numbers.first { number in context.map { number.value != $0.value } ?? false }
        prompt = parts.promptTokens ?? other?.value
    }

    /// With two numbers fewer words are needed. "Context deadline exceeded" is how programs in Go say that time is up.
    private static func speaksOfLength(_ text: String, _ numberCount: Int) -> Bool {
        let words = ["exceed", "too long", "longer than"]
        let fewerWords = ["context length", "context window", "maximum context", "overflow", "too large"]
        return !text.contains("deadline") && words.contains { text.contains($0) }
            || numberCount >= 2 && fewerWords.contains { text.contains($0) }
    }
}
