// Why a model cannot be found by its name, and what to do about it.

import Generation

public enum ModelLibraryError: Error, Equatable, CustomStringConvertible {
    /// - Parameter endpoints: the names of the servers.
    case unknown(name: String, known: [String], endpoints: [String], folder: String)
    /// The name of a server with no model behind it.
    case noServerModel(endpoint: String)
    /// A model of a server, where only one of this machine will do.
    case onServer(name: String, endpoint: String)
    case aliasLoop(names: [String])
    /// An adapter where a model is wanted.
    case isAdapter(name: String)
    /// - Parameter known: the names of the library's adapters.
    case unknownAdapter(name: String, known: [String], folder: String)
    case adapterOnServer(name: String, endpoint: String)
    case badScale(adapter: String)

    public var description: String {
        switch self {
        case .unknown(let name, let known, let endpoints, let folder):
            Self.unknown(name, known, endpoints, folder)
        case .noServerModel(let endpoint):
            "'\(endpoint)' is a server. Name one of its models too, as in \(endpoint)/MODEL."
        case .onServer(let name, let endpoint):
            "'\(name)' is a model of the server '\(endpoint)', and nobody can look into it from here. "
                + "Name a model of this machine."
        case .isAdapter(let name):
            "'\(name)' is an adapter, which changes another model and writes nothing alone. "
                + "Name the model before it, as in MODEL + \(name)."
        case .unknownAdapter(let name, let known, let folder):
            Self.unknownAdapter(name, known, folder)
        case .adapterOnServer(let name, let endpoint):
            "'\(name)' is a model of the server '\(endpoint)', and no adapter can be put on it from here. "
                + "Name a model of this machine."
        case .badScale(let adapter):
            "'\(adapter)' gives an adapter a scale that is not from -100 to 100. Give a number such as 0.5 behind the colon."
        case .aliasLoop(let names):
            "The aliases lead in a circle: \(names.map { "'\($0)'" }.joined(separator: " → ")). "
                + "Let one of them name a model."
        }
    }

    /// Longer lists say less than the nearest name does.
    private static let mostNames = 12

    private static func unknown(
        _ name: String, _ known: [String], _ endpoints: [String], _ folder: String
    ) -> String {
        var sentence = "There is no model '\(name)'. "
        if let nearest = nearest(name, known, endpoints) { sentence += "Did you mean '\(nearest)'? " }
        if known.count <= mostNames {
            sentence += "The models are: \(known.joined(separator: ", ")). "
        } else {
            sentence += "There are \(known.count) models. "
        }
        if endpoints.isEmpty, let slash = name.firstIndex(of: "/") {
            sentence += "There is no server '\(name[..<slash])' either: none is set up. "
        } else if !endpoints.isEmpty {
            sentence += "The servers are: \(endpoints.joined(separator: ", ")); a model of a server is SERVER/MODEL. "
        }
        return sentence
            + "Name one of them, give the path of a GGUF file or of a model folder, or put it into \(folder)."
    }

    private static func unknownAdapter(_ name: String, _ known: [String], _ folder: String) -> String {
        var sentence = "There is no adapter '\(name)'. "
        if let nearest = NearestName.to(name, among: known) { sentence += "Did you mean '\(nearest)'? " }
        if !known.isEmpty, known.count <= mostNames {
            sentence += "The adapters are: \(known.joined(separator: ", ")). "
        }
        return sentence + "Give the path of a folder or of a GGUF file, or put it into \(folder)."
    }

    /// The name that was probably meant: a model's, or a server's before the same model.
    private static func nearest(_ name: String, _ known: [String], _ endpoints: [String]) -> String? {
        if let slash = name.firstIndex(of: "/"),
            let endpoint = NearestName.to(String(name[..<slash]), among: endpoints)
        {
            return endpoint + name[slash...]
        }
        return NearestName.to(name, among: known)
    }
}
