// The models that a server lists, of the answer to `GET /models`.
// - Only the names must be there. Everything else is read if it can be.

import Generation

/// What a server says about its models.
public struct ModelListing: Sendable, Hashable {
    public struct Model: Sendable, Hashable {
        /// As requests name it; it may be a path.
        public var name: String
        /// Tokens that one request may use, prompt and answer together; `nil` if the server does not tell.
        public var contextLength: Int?
        /// `nil` if the server does not tell. One that is not loaded may be loaded by the first request.
        public var isLoaded: Bool?

        public init(name: String, contextLength: Int? = nil, isLoaded: Bool? = nil) {
            self.name = name
            self.contextLength = contextLength
            self.isLoaded = isLoaded
        }
    }

    /// In the server's order, each name once.
    public var models: [Model]
    /// True if llama.cpp's server answers.
    public var isLlamaCpp: Bool

    /// The most models that are read; some services list hundreds.
    public static let mostModels = 10_000
    private static let longestName = 1000

    /// Reads the body of an answer.
    /// - Throws: `ModelListingError` if it is no list of models.
    public init(parsing body: [UInt8]) throws(ModelListingError) {
        guard let value = ServerJSON.value(body) else { throw .notJSON(beginning: Self.beginning(of: body)) }
        let lists = [value["data"], value["models"], value].compactMap { $0?.items }
        guard let items = lists.first(where: { !$0.isEmpty }) ?? lists.first else {
            throw .notAList(beginning: Self.beginning(of: body))
        }
        var names: Set<String> = []
        models = items.prefix(Self.mostModels).compactMap(Self.model).filter { names.insert($0.name).inserted }
        isLlamaCpp = items.contains { $0["owned_by"]?.text == "llamacpp" }
    }

    private static func model(_ value: JSONValue) -> Model? {
        let found = value.text ?? ["id", "model", "name"].lazy.compactMap { value[$0]?.text }.first
        // A name with control characters could not be typed, and is sent to a terminal.
        guard let name = found, !name.isEmpty, name.utf8.count <= longestName, CleanText.line(name, most: 2000) == name
        else { return nil }
        let lengths = [
            value["meta"]?["n_ctx"], value["max_model_len"], value["loaded_context_length"], value["context_length"],
            value["max_context_length"],
        ]
        let state = value["status"]?["value"]?.text ?? value["status"]?.text ?? value["state"]?.text
        return Model(
            name: name, contextLength: lengths.lazy.compactMap { $0?.count }.first { $0 > 0 }, isLoaded: isLoaded(state)
        )
    }

    private static func isLoaded(_ state: String?) -> Bool? {
        switch state {
        case "loaded": true
        case "unloaded", "not-loaded", "loading": false
        default: nil
        }
    }

    private static func beginning(of body: [UInt8]) -> String {
        CleanText.line(HTMLPage(body)?.title ?? String(decoding: body.prefix(400), as: UTF8.self), most: 100)
    }
}

/// Why an answer is no list of models.
public enum ModelListingError: Error, Sendable, Hashable, CustomStringConvertible {
    case notJSON(beginning: String)
    case notAList(beginning: String)

    public var description: String {
        switch self {
        case .notJSON(let beginning):
            "The list of models of this server is no JSON\(Self.quoted(beginning)). "
                + "Check that the address is one of a server for language models."
        case .notAList(let beginning):
            "This server answers, but with no list of models\(Self.quoted(beginning)). "
                + "A model can be used by its name all the same."
        }
    }

    private static func quoted(_ text: String) -> String { text.isEmpty ? "" : ": '\(text)'" }
}
