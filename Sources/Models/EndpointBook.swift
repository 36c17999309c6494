// The servers by name, and the keys to them.

import Generation

/// The servers that the settings name.
public struct EndpointBook: Sendable {
    public let endpoints: [EndpointSettings]
    /// The key of a server; `nil` if it needs none or has none. It is asked for when a model is opened, and not kept. It
    /// throws if the keys cannot be read: then nothing is sent without one.
    public let key: @Sendable (EndpointSettings) throws -> String?

    public init(
        endpoints: [EndpointSettings] = [], key: @escaping @Sendable (EndpointSettings) throws -> String? = { _ in nil }
    ) {
        self.endpoints = endpoints
        self.key = key
    }

    public var names: [String] { endpoints.map(\.name) }

    /// The server and the model of `ENDPOINT/MODEL`; `nil` if the first part is no server's name. The model's name may hold
    /// slashes, and is empty if there is none.
    public func find(_ name: String) -> (endpoint: EndpointSettings, model: String)? {
        guard let parts = EndpointName(name, among: names),
            let endpoint = endpoints.first(where: { $0.name == parts.endpoint })
        else { return nil }
        return (endpoint, parts.model)
    }
}

/// The two parts of `ENDPOINT/MODEL`.
struct EndpointName: Equatable {
    var endpoint: String
    var model: String

    /// - Returns: `nil` if the name does not begin with a server's name and a slash, as a path never does that begins with
    ///   `/`, `./` or `../`.
    init?(_ name: String, among endpoints: some Sequence<String>) {
        guard let slash = name.firstIndex(of: "/") else { return nil }
        endpoint = String(name[..<slash])
        guard !["", ".", "..", "~"].contains(endpoint), endpoints.contains(endpoint) else { return nil }
        model = String(name[name.index(after: slash)...])
    }
}
