// The headers that downloads depend on, each read from its text. Whatever the text is, the result is a value or nil.

/// The parts of an answer's bytes: `bytes 100-199/200`.
struct ContentRange: Equatable {
    /// The first byte; `nil` if there is none (`bytes */200`).
    var start: Int?
    /// `nil` if the server does not know it.
    var total: Int?

    init?(_ text: String) {
        let words = text.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
        let halves = words[1].split(separator: "/", omittingEmptySubsequences: false)
        guard halves.count == 2 else { return nil }
        if halves[1] != "*" {
            guard let total = HeaderNumber.count(halves[1]) else { return nil }
            self.total = total
        }
        guard halves[0] != "*" else { return }
        let ends = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let start = HeaderNumber.count(ends[0]), let end = HeaderNumber.count(ends[1]),
            start <= end
        else { return nil }
        self.start = start
    }
}

enum HeaderNumber {
    /// A whole number of decimal digits and nothing else.
    static func count(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(text)
    }
}

/// The name that a server gives to the content of a file.
struct EntityTag: Equatable {
    /// Without `W/` and quotes.
    var value: String
    /// As it has to be sent back.
    var text: String
    var isWeak: Bool

    init?(_ text: String) {
        let isWeak = text.hasPrefix("W/") || text.hasPrefix("w/")
        var value = text.dropFirst(isWeak ? 2 : 0)
        if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") { value = value.dropFirst().dropLast() }
        guard !value.isEmpty, value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        (self.value, self.text, self.isWeak) = (String(value), text, isWeak)
    }
}

/// How long a server wants to be left alone, in seconds.
enum WaitingTime {
    /// From `RateLimit: "api";r=0;t=12`, else from `Retry-After: 12`; one second more than said, because the window may
    /// end within the second.
    static func seconds(rateLimit: String?, retryAfter: String?) -> Int? {
        let parameters = (rateLimit ?? "").split { $0 == ";" || $0 == "," }.map { $0.filter { $0 != " " } }
        let times = parameters.filter { $0.hasPrefix("t=") }.compactMap { HeaderNumber.count($0.dropFirst(2)) }
        let retry = retryAfter.map { $0.filter { $0 != " " } }.flatMap { HeaderNumber.count($0) }
        guard let seconds = times.max() ?? retry else { return nil }
        return seconds.addingReportingOverflow(1).overflow ? seconds : seconds + 1
    }
}

/// The address of the next page: `<https://…>; rel="next"`.
enum NextPage {
    static func address(in link: String) -> String? {
        // An address may hold commas and semicolons, so the brackets are looked for, and not the commas.
        var rest = Substring(link)
        while let open = rest.firstIndex(of: "<") {
            let inner = rest[rest.index(after: open)...]
            guard let close = inner.firstIndex(of: ">") else { return nil }
            let address = inner[..<close]
            let parameters = inner[inner.index(after: close)...].prefix { $0 != "<" }
            if parameters.split(whereSeparator: { $0 == ";" || $0 == "," }).contains(where: isNext) {
                return String(address)
            }
            rest = inner[inner.index(after: close)...]
        }
        return nil
    }

    private static func isNext(_ parameter: Substring) -> Bool {
        let text = parameter.lowercased().filter { $0 != " " && $0 != "\"" && $0 != "\t" }
        return text == "rel=next"
    }
}

/// Where a registry gives a token: `Bearer realm="https://…",service="…",scope="…"`.
struct BearerChallenge: Equatable {
    var realm: String
    var service: String?
    var scope: String?

    init?(_ text: String) {
        guard text.lowercased().hasPrefix("bearer ") else { return nil }
        var values: [String: String] = [:]
        var rest = text.dropFirst("bearer ".count)
        while let equals = rest.firstIndex(of: "=") {
            let name = rest[..<equals].lowercased().filter { $0 != " " && $0 != "," }
            rest = rest[rest.index(after: equals)...]
            let isQuoted = rest.hasPrefix("\"")
            if isQuoted { rest = rest.dropFirst() }
            let value = rest.prefix { isQuoted ? $0 != "\"" : $0 != "," }
            rest = rest[value.endIndex...].dropFirst()
            values[name] = String(value)
        }
        guard let realm = values["realm"], !realm.isEmpty else { return nil }
        (self.realm, service, scope) = (realm, values["service"], values["scope"])
    }
}

/// What a server says about an error, for a sentence of ours.
enum ServerMessage {
    /// One line without control characters, at most 200 characters.
    static func short(_ text: String) -> String {
        let line = text.unicodeScalars.map { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) ? " " : Character($0) }
        return String(String(line).split(separator: " ").joined(separator: " ").prefix(200))
    }
}
