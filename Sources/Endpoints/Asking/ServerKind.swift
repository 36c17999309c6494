// Which kind of server answers at an endpoint, as far as it changes what is asked of it.

import Generation

enum ServerKind {
    /// How long a server may take to say what it is, in seconds.
    private static let seconds = 1.0

    /// Learns if llama.cpp's server answers, if that is not known and was not asked yet. Its list of models tells it.
    ///
    /// A seed gives the same text there only if the request says that no part of the prompt may come from its cache, and
    /// it can count a prompt's tokens.
    static func learn(
        _ endpoint: EndpointSettings, model: String, key: String?, isStopped: @escaping () -> Bool = { false }
    ) {
        guard let address = try? ServerAddress(endpoint) else { return }
        let isKnown = DialectMemory.update(address, model: model) { knowledge in
            defer { knowledge.wasAskedItsKind = true }
            return knowledge.wasAskedItsKind || knowledge.dialect.isLlamaCpp
        }
        guard !isKnown else { return }
        var endpoint = endpoint
        endpoint.timeouts.connect = seconds
        endpoint.timeouts.firstByte = seconds
        endpoint.timeouts.idle = seconds
        let listing = try? EndpointModels.list(endpoint, key: key, isStopped: isStopped)
        guard listing?.isLlamaCpp == true else { return }
        DialectMemory.update(address, model: model) { $0.dialect.isLlamaCpp = true }
    }
}
