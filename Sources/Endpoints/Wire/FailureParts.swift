// The parts of a failure in the shapes in which servers report it.

import Generation

/// What a server's JSON says about a failure.
struct FailureParts {
    /// As it came, not cleaned.
    var message = ""
    var code: String?
    var type: String?
    var param: String?
    /// Tokens of the request and of the context, in llama.cpp's own fields.
    var promptTokens: Int?
    var contextTokens: Int?
    /// The last names of the places that the server's validation names as superfluous.
    var extraFields: [String] = []
    /// In seconds.
    var retryAfter: Double?
    /// True if the JSON reports a failure at all.
    var isFailure = false

    init() {}

    /// - Parameter isFailure: true if the status says so, so that a bare message counts too.
    init(_ value: JSONValue, isFailure: Bool) {
        var value = value
        if case .array(let items) = value, let first = items.first { value = first }
        guard value.members != nil else {
            if let text = value.text, isFailure { (message, self.isFailure) = (text, true) }
            return
        }
        if let error = value.present("error"), Self.isSomething(error) {
            self.isFailure = true
            read(error)
            if message.isEmpty { message = Self.message(of: value) }
            if code == nil { code = Self.word(value["code"]) }
            return
        }
        let speaks = ["message", "detail", "errors", "msg"].contains { value.present($0) != nil }
        let isMarked = value["object"]?.text == "error" || value["type"]?.text == "error"
        let hasAnswer = value["choices"] != nil || value["usage"] != nil || value["index"] != nil
        guard isFailure || isMarked || speaks && !hasAnswer else { return }
        self.isFailure = true
        read(value)
    }

    private mutating func read(_ value: JSONValue) {
        if let text = value.text {
            message = text
            return
        }
        if let inner = value.present("error"), inner.members != nil { read(inner) }
        if message.isEmpty { message = Self.message(of: value) }
        code = code ?? Self.word(value["code"])
        type = type ?? Self.word(value["type"])
        param = param ?? Self.word(value["param"])
        promptTokens = promptTokens ?? value["n_prompt_tokens"]?.count
        contextTokens = contextTokens ?? value["n_ctx"]?.count
        if let seconds = value["retry_after"]?.double, seconds.isFinite, seconds >= 0 { retryAfter = seconds }
        readDetail(value["detail"]?.items ?? value["errors"]?.items ?? [])
    }

    /// The list of a validation: where, what, of which kind.
    private mutating func readDetail(_ items: [JSONValue]) {
        for item in items.prefix(100) {
            guard item["type"]?.text == "extra_forbidden", let name = item["loc"]?.items?.last?.text else { continue }
            extraFields.append(name)
        }
    }

    private static func message(of value: JSONValue) -> String {
        for name in ["message", "detail", "msg", "error_description", "title", "errors"] {
            guard let found = value.present(name) else { continue }
            if let text = found.text, !text.isEmpty { return text }
            if let items = found.items {
                let lines = items.prefix(20).compactMap(line(ofDetail:))
                if !lines.isEmpty { return lines.joined(separator: "; ") }
            }
            if found.members != nil, case let text = message(of: found), !text.isEmpty { return text }
        }
        return ""
    }

    private static func line(ofDetail item: JSONValue) -> String? {
        if let text = item.text { return text }
        guard let message = item["msg"]?.text ?? item["message"]?.text else { return nil }
        let place = (item["loc"]?.items ?? []).compactMap { $0.text ?? $0.int.map(String.init) }
            .filter { $0 != "body" }.joined(separator: ".")
        return place.isEmpty ? message : "\(place): \(message)"
    }

    /// A code may be a number.
    private static func word(_ value: JSONValue?) -> String? {
        value?.text.flatMap { $0.isEmpty ? nil : $0 } ?? value?.int.map(String.init)
    }

    /// False for `false`, "", {} and the like, which some servers send with every event.
    private static func isSomething(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool(false): false
        case .string(let bytes): !bytes.isEmpty
        case .object(let members): !members.isEmpty
        case .array(let items): !items.isEmpty
        case .number(let number): number != 0
        case .bool: true
        }
    }
}
