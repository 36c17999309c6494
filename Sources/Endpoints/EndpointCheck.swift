// Finds out if an endpoint can be used: step by step, so that the first step that fails names the cause.
// - Each step has a sentence that can be shown as it is. The key is in none of them.

import Foundation
import Generation
import Transfer

/// What came of trying an endpoint.
public struct EndpointCheck: Sendable, Hashable, Codable {
    public enum StepName: String, Sendable, Hashable, Codable, CaseIterable {
        /// A server answers at the address.
        case reachable
        /// The server takes the key, or wants none.
        case key
        /// The server lists its models.
        case models
        /// A model writes a token.
        case generation
    }

    public struct Step: Sendable, Hashable, Codable {
        public var name: StepName
        /// `nil` if the step was not tried, because nothing can come of it.
        public var ok: Bool?
        /// What was found, and what to do if that is bad.
        public var sentence: String
    }

    public var endpoint: String
    /// The address as requests use it; as it was written if it cannot be used.
    public var url: String
    /// The kind of server, if it shows: `llama.cpp`, `uvicorn`.
    public var server: String?
    /// The names of its models, in its order.
    public var models: [String] = []
    /// The model that was tried.
    public var model: String?
    /// From the request to the first token, in seconds.
    public var firstTokenSeconds: Double?
    /// In the order of `StepName`.
    public var steps: [Step] = []

    /// True if drafts can be written.
    public var isUsable: Bool { steps.last?.name == .generation && steps.last?.ok == true }
}

extension EndpointCheck {
    /// Tries an endpoint, on the calling thread.
    /// - Parameters:
    ///   - key: `nil` if the server asks for none.
    ///   - model: the one to write with; `nil` takes one that the server lists.
    public static func run(
        _ endpoint: EndpointSettings, key: String?, model: String? = nil, pace: RemotePace = RemotePace(),
        isStopped: @escaping @Sendable () -> Bool = { false }
    ) -> EndpointCheck {
        var check = EndpointCheck(endpoint: endpoint.name, url: endpoint.url)
        do {
            let exchange = try ServerExchange(endpoint, key: key)
            check.url = exchange.address.base
            let listing = check.list(exchange, hasKey: key?.isEmpty == false, isStopped)
            if check.steps.contains(where: { $0.ok == false && $0.name != .models }) {
                check.skip(.generation)
            } else {
                check.generate(exchange, listing, model, pace, isStopped)
            }
        } catch {
            check.add(.reachable, false, "\(error)")
            StepName.allCases.dropFirst().forEach { check.skip($0) }
        }
        return check
    }

    private mutating func add(_ name: StepName, _ ok: Bool?, _ sentence: String) {
        steps.append(Step(name: name, ok: ok, sentence: sentence))
    }

    private mutating func skip(_ name: StepName) { add(name, nil, "Not tried, because of what comes before.") }

    /// Asks for the models.
    private mutating func list(
        _ exchange: ServerExchange, hasKey: Bool, _ isStopped: @escaping () -> Bool
    ) -> ModelListing? {
        let start = ContinuousClock.now
        do {
            let (head, body) = try exchange.fetch(
                exchange.address.models, isStopped: isStopped, head: { server = Self.kind(of: $0, exchange) })
            add(.reachable, true, "A server answers at \(url)\(Self.within(start)).")
            server = server ?? Self.kind(of: head, exchange)
            add(.key, true, hasKey ? "The key is taken." : "No key is asked for.")
            let listing = try ModelListing(parsing: body)
            if listing.isLlamaCpp { server = "llama.cpp" }
            models = listing.models.map(\.name)
            let count = models.count
            add(
                .models, true,
                count == 0
                    ? "The list of models is empty. A model can be used by its name all the same."
                    : "\(count == 1 ? "1 model" : "\(count) models"): \(Self.names(models)).")
            return listing
        } catch let failure as ServerFailure {
            takeRefusal(failure, start)
        } catch let error as ModelListingError {
            add(.models, false, "\(error)")
        } catch {
            add(.reachable, false, "\(error)")
            skip(.key)
            skip(.models)
        }
        return nil
    }

    /// A server that refuses to list its models may write drafts all the same, unless it is the key that it refuses.
    private mutating func takeRefusal(_ failure: ServerFailure, _ start: ContinuousClock.Instant) {
        switch failure.kind {
        case .proxyPage:
            add(.reachable, false, "\(failure)")
            skip(.key)
            skip(.models)
        case .unauthorized, .forbidden, .paymentRequired, .quotaUsedUp:
            add(.reachable, true, "A server answers at \(url)\(Self.within(start)).")
            add(.key, false, "\(failure)")
            skip(.models)
        default:
            add(.reachable, true, "A server answers at \(url)\(Self.within(start)).")
            add(.key, nil, "The answer does not show if the key is taken.")
            add(.models, false, "There is no list of models. \(failure)")
        }
    }

    /// Writes one token.
    private mutating func generate(
        _ exchange: ServerExchange, _ listing: ModelListing?, _ wanted: String?, _ pace: RemotePace,
        _ isStopped: @escaping @Sendable () -> Bool
    ) {
        let listed = listing?.models ?? []
        guard let name = wanted ?? (listed.first { $0.isLoaded == true } ?? listed.first)?.name else {
            return add(.generation, nil, "Not tried, because no model is known. Name one to try it.")
        }
        model = name
        var request = GenerationRequest(prompt: .chat([Message(.user, "Hi")]), seed: 1)
        request.sampling.maxTokens = 1
        request.sampling.temperature = 0
        let asking = ServerAsking(
            endpoint: exchange.endpoint, model: name, exchange: exchange, pace: pace, request: request,
            waits: WaitReport(report: { _ in }), isStopped: isStopped, notify: { _ in })
        let start = ContinuousClock.now
        var first: Double?
        do {
            let written = try asking.ask([0], seed: 1) { _ in
                if first == nil { first = (ContinuousClock.now - start) / .seconds(1) }
            }
            let seconds = first ?? (ContinuousClock.now - start) / .seconds(1)
            firstTokenSeconds = seconds
            guard let report = written.first?.report else { throw RemoteError.nothing(endpoint: endpoint) }
            let answered = report.answeredModel.flatMap { $0 == name ? nil : " It answers as '\($0)'." } ?? ""
            let ending = written.first?.reason == .cutOff ? " Its answer ended without a reason." : ""
            add(
                .generation, true,
                "\(name) wrote its first token after \(Self.text(seconds)).\(answered)\(ending)")
        } catch {
            add(.generation, false, "\(error)")
        }
    }

    /// The kind of server as its head shows it.
    private static func kind(of head: HTTPHead, _ exchange: ServerExchange) -> String? {
        guard let text = head["server"], case let line = exchange.shown(text, most: 60), !line.isEmpty else {
            return nil
        }
        return line
    }

    private static func names(_ names: [String]) -> String {
        let shown = names.prefix(5).map { CleanText.line($0, most: 60) }.joined(separator: ", ")
        return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
    }

    private static func within(_ start: ContinuousClock.Instant) -> String {
        " (after \(text((ContinuousClock.now - start) / .seconds(1))))"
    }

    private static func text(_ seconds: Double) -> String {
        if seconds < 1 { return "\(max(1, Int((seconds * 1000).rounded()))) ms" }
        return "\((min(seconds, 1e6) * 10).rounded() / 10) s"
    }
}
