// Makes a `ServerFailure` of what a server sent: of a status and a body, or of an event inside a stream.
// - The message is the first that is there of: error.message, error, detail, errors, message, plain text, a page's title.
// - What follows from the words of a message stands in `FailureWords`.

import Generation
import Transfer

/// Reads failures, with everything that the answer itself does not tell.
public struct FailureReader: Sendable {
    /// The address that was asked.
    public var url: String
    /// The model that was asked for.
    public var model: String
    /// The names of the fields of the request, so that a refused one is recognised.
    public var fields: [String]
    /// Takes the key out of messages.
    public var redaction: Redaction
    /// The status of the answer.
    public var status: Int

    public init(
        url: String = "", model: String = "", fields: [String] = [], redaction: Redaction = Redaction(key: nil),
        status: Int = 200
    ) {
        self.url = url
        self.model = model
        self.fields = fields
        self.redaction = redaction
        self.status = status
    }

    /// The failure of an answer whose status is not 2xx.
    /// - Parameter now: in seconds since 1970, for a Retry-After that is a date.
    public func failure(head: HTTPHead, body: [UInt8], now: Double) -> ServerFailure {
        var reader = self
        reader.status = head.status
        var parts = FailureParts()
        let value = ServerJSON.value(body)
        if let value { parts = FailureParts(value, isFailure: true) }
        if parts.message.isEmpty, value?.members == nil { parts.message = String(decoding: body, as: UTF8.self) }
        let retryAfter = RetryAfter.seconds(head, now: now) ?? parts.retryAfter
        return reader.failure(parts, page: HTMLPage(body), retryAfter: retryAfter)
    }

    /// The failure that an event or a choice reports; `nil` if it reports none.
    func failure(in value: JSONValue) -> ServerFailure? {
        let parts = FailureParts(value, isFailure: false)
        guard parts.isFailure else { return nil }
        var reader = self
        // Routers put the status of the server behind them into the event.
        if status == 200, let code = parts.code.flatMap({ Int($0) }), 400...599 ~= code { reader.status = code }
        return reader.failure(parts, page: nil, retryAfter: parts.retryAfter)
    }

    /// An answer that should be JSON and is not.
    func unreadable(_ body: [UInt8]) -> ServerFailure {
        if let value = ServerJSON.value(body) {
            let parts = FailureParts(value, isFailure: true)
            if !parts.message.isEmpty { return failure(parts, page: nil, retryAfter: parts.retryAfter) }
        }
        var parts = FailureParts()
        parts.message = String(decoding: body.prefix(4096), as: UTF8.self)
        return failure(parts, page: HTMLPage(body), retryAfter: nil)
    }

    private func failure(_ parts: FailureParts, page: HTMLPage?, retryAfter: Double?) -> ServerFailure {
        // First cleaned, because a control character could hide the key, and last shortened, because that could leave a
        // part of it.
        func clean(_ text: String, most: Int = CleanText.longestLine) -> String {
            CleanText.line(redaction(CleanText.text(text)), most: most)
        }
        let message = clean(page?.title ?? TemplateRefusal.words(of: parts.message))
        let known = FailureWords(
            status: status, message: redaction(CleanText.text(parts.message)), code: parts.code ?? "",
            type: parts.type ?? "",
            parts: parts, fields: fields, page: page.map { clean($0.title) }, url: url,
            retryAfter: retryAfter)
        return ServerFailure(
            known.kind, status: status, message: message, code: parts.code.map { clean($0, most: 100) },
            type: parts.type.map { clean($0, most: 100) },
            param: parts.param.map { clean($0, most: 100) }, retryAfter: retryAfter, server: Self.server(url),
            model: model)
    }

    private static func server(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return "" }
        return String(url[scheme.upperBound...].prefix { $0 != "/" })
    }
}

/// A page that came instead of JSON.
struct HTMLPage {
    /// As it came, not cleaned; empty if it has none.
    var title: String

    /// `nil` if the bytes are no page.
    init?(_ bytes: [UInt8]) {
        let text = String(decoding: bytes.prefix(64 << 10), as: UTF8.self)
        let beginning = text.drop(while: \.isWhitespace).prefix(300).lowercased()
        let marks = ["<!doctype html", "<html", "<head", "<title", "<body"]
        guard beginning.hasPrefix("<"), marks.contains(where: { beginning.contains($0) }) else { return nil }
        title = ""
        guard let open = text.firstMatch(of: /<title[^>]*>/.ignoresCase()),
            let close = text[open.range.upperBound...].firstMatch(of: /<\/title/.ignoresCase())
        else { return }
        title = String(text[open.range.upperBound..<close.range.lowerBound])
    }
}
