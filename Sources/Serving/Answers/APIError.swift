/// A refusal in OpenAI's shape: a status, and an object that says what is wrong with which field.
struct APIError: Error, Equatable {
    var status: Int
    /// A sentence or two: what is wrong, and what to do.
    var message: String
    /// `invalid_request_error` if the request is at fault, else `server_error`.
    var type: String
    /// The field of the request that is at fault.
    var param: String?
    /// A word for programs: `model_not_found`.
    var code: String?
    /// For `Allow` and `WWW-Authenticate`.
    var headers: [String: String] = [:]

    /// A request that is at fault.
    init(_ message: String, param: String? = nil, code: String? = nil) {
        self.init(400, message, param: param, code: code)
    }

    init(_ status: Int, _ message: String, param: String? = nil, code: String? = nil) {
        self.status = status
        self.message = message
        self.param = param
        self.code = code
        type = status >= 500 ? "server_error" : "invalid_request_error"
    }

    var json: AnswerValue {
        [
            "error": [
                "message": .string(message), "type": .string(type), "param": param.map(AnswerValue.string) ?? .null,
                "code": code.map(AnswerValue.string) ?? .null,
            ]
        ]
    }
}
