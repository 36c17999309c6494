// The models of all servers, asked at the same time, each for some seconds at most.

import Dispatch
import Endpoints
import Foundation
import Generation
import Models
import Synchronization

/// What one server says about its models.
struct EndpointAnswers: Sendable {
    var endpoint: EndpointSettings
    /// Named ENDPOINT/MODEL.
    var models: [ModelDescription] = []
    /// The names of the models that are not loaded.
    var unloaded: Set<String> = []
    /// Why it does not tell; a sentence.
    var problem: String?

    /// In the order of the servers.
    static func ask(_ endpoints: [EndpointSettings], _ keys: KeyLookup) -> [EndpointAnswers] {
        let answers = Mutex<[Int: EndpointAnswers]>([:])
        let done = DispatchSemaphore(value: 0)
        // A thread each: they wait for the network and need no core.
        for (index, endpoint) in endpoints.enumerated() {
            Thread.detachNewThread {
                let answer = ask(endpoint, keys)
                answers.withLock { $0[index] = answer }
                done.signal()
            }
        }
        for _ in endpoints { done.wait() }
        return answers.withLock { answers in endpoints.indices.compactMap { answers[$0] } }
    }

    private static func ask(_ endpoint: EndpointSettings, _ keys: KeyLookup) -> EndpointAnswers {
        var answer = EndpointAnswers(endpoint: endpoint)
        do {
            let listing = try EndpointModels.list(endpoint, key: try keys.key(endpoint))
            for model in listing.models {
                var description = ModelDescription(
                    name: "\(endpoint.name)/\(model.name)", path: nil, origin: .endpoint)
                description.contextLength = model.contextLength
                answer.models.append(description)
                if model.isLoaded == false { answer.unloaded.insert(description.name) }
            }
        } catch {
            answer.problem = Console.sentence(of: error)
        }
        return answer
    }

    /// `on http://127.0.0.1:8080/v1, context 4096, not loaded yet`
    func line(of model: ModelDescription) -> String {
        var parts = ["on \(endpoint.url)"]
        if let length = model.contextLength { parts.append("context \(length)") }
        if unloaded.contains(model.name) { parts.append("not loaded yet") }
        return parts.joined(separator: ", ")
    }
}
