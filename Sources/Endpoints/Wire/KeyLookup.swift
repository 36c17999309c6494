import Generation

/// Finds the key of an endpoint: in the environment variable that its settings name, otherwise in the file of keys.
public struct KeyLookup: Sendable {
    /// Where a key came from, for people.
    public enum Origin: Sendable, Hashable {
        case variable(String)
        case file
    }

    private let environment: [String: String]
    private let file: KeyFile

    public init(environment: [String: String], file: KeyFile) {
        self.environment = environment
        self.file = file
    }

    /// The key of an endpoint and where it was found; `nil` if it has none.
    /// - Throws: `KeyFileError` if the file of keys is needed and cannot be read, or if its key was set for another origin.
    public func find(_ endpoint: EndpointSettings) throws -> (key: String, origin: Origin)? {
        if let variable = endpoint.keyVariable, let value = environment[variable] {
            let key = try KeyFile.checked(value, name: endpoint.name)
            if !key.isEmpty { return (key, .variable(variable)) }
        }
        guard let key = try file.key(endpoint.name) else { return nil }
        if let origin = try file.origin(endpoint.name), let address = try? ServerAddress(endpoint.url),
            address.origin != origin
        {
            throw KeyFileError.otherOrigin(name: endpoint.name, origin: origin, endpoint: address.origin)
        }
        return (key, .file)
    }

    /// The key of an endpoint; `nil` if it has none.
    public func key(_ endpoint: EndpointSettings) throws -> String? { try find(endpoint)?.key }
}
