// The models that clients may ask for, by their names.
// - Only names of the list are opened, never a path: a client must not make this program read any file it likes.
// - The served model stays open; of the others the last one does.

import Generation
import Synchronization

/// An open model with its own defaults.
public struct ServedModel: Sendable {
    public var generator: any TextGenerator
    /// The options of the model's author and of the user's settings; those of a request are laid over them.
    public var sampling: SamplingOptions
    /// The most tokens of a text if the request does not say; `nil`: as many as the model's context takes.
    public var maxTokens: Int?

    public init(generator: any TextGenerator, sampling: SamplingOptions, maxTokens: Int? = nil) {
        self.generator = generator
        self.sampling = sampling
        self.maxTokens = maxTokens
    }

    var mostTokens: Int {
        min(max(maxTokens ?? generator.capabilities.contextLength ?? sampling.maxTokens, 1), 1_000_000)
    }
}

/// The models of this machine, as the server sees them.
public struct ServedModels: Sendable {
    /// The name of the model that answers requests without one.
    public var served: String
    /// The names of all models that a client may ask for; asked anew for each list.
    public var names: @Sendable () -> [String]
    /// Opens a model of `names`, or the served one. May take seconds.
    public var open: @Sendable (String) throws -> ServedModel

    public init(
        served: String, names: @escaping @Sendable () -> [String],
        open: @escaping @Sendable (String) throws -> ServedModel
    ) {
        self.served = served
        self.names = names
        self.open = open
    }

    /// The served model first.
    var all: [String] { [served] + names().filter { $0 != served } }

    /// - Throws: `APIError` 404 for a name that is not in the list.
    func check(_ name: String) throws(APIError) {
        let all = all
        guard !all.contains(name) else { return }
        let near = NearestName.to(name, among: all).map { " Did you mean '\($0)'?" } ?? ""
        throw APIError(
            404, "There is no model '\(name.prefix(200))' here.\(near) The models are: \(all.joined(separator: ", ")).",
            param: "model", code: "model_not_found")
    }
}

/// The open models.
final class ModelShelf: Sendable {
    let models: ServedModels
    private struct Open {
        var served: ServedModel?
        var other: (name: String, model: ServedModel)?
    }
    private let open = Mutex(Open())

    init(_ models: ServedModels) { self.models = models }

    /// The model of a name, opened if need be.
    /// - Throws: `APIError` 404 for an unknown name; 500 if the model cannot be opened.
    func model(named name: String) throws -> ServedModel {
        if name == models.served { return try reporting(name, served) }
        try models.check(name)
        return try reporting(name) {
            try open.withLock { open in
                if let other = open.other, other.name == name { return other.model }
                // The memory of the other one is needed first.
                open.other = nil
                let model = try models.open(name)
                open.other = (name, model)
                return model
            }
        }
    }

    /// The served model.
    /// - Throws: what opening it throws.
    func served() throws -> ServedModel {
        try open.withLock { open in
            if let model = open.served { return model }
            let model = try models.open(models.served)
            open.served = model
            return model
        }
    }

    private func reporting(_ name: String, _ open: () throws -> ServedModel) throws -> ServedModel {
        do {
            return try open()
        } catch {
            throw APIError(500, "The model '\(name)' cannot be opened. \(ErrorText.of(error))")
        }
    }
}
