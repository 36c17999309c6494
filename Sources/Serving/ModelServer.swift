// Listens, and gives each connection a thread of its own.
// - A thread a connection is simple and quick enough here: one request writes at a time, and the others wait.
// - When the server ends, requests that are written are cut, each client is told, and all threads end.

import Foundation
import Generation
import Synchronization

/// A server of the models of this machine, in the manner of OpenAI's API.
public final class ModelServer: Sendable {
    /// More connections than these are closed at once.
    private static let mostConnections = 256
    /// How long the end waits for the answers that are being cut, in seconds.
    private static let endSeconds = 5.0

    /// Where clients find it: `http://127.0.0.1:8080/v1`.
    public let url: String
    /// The port that it listens at.
    public let port: UInt16
    private let listener: Listener
    private let context: SessionContext
    private let connections = Mutex(0)

    /// Begins to listen; `run` answers.
    /// - Parameter stopping: ends the server when it is raised.
    /// - Throws: `ServingError`.
    public init(_ settings: ServerSettings, models: ServedModels, stopping: StopSignal) throws {
        if !settings.isLoopback, (settings.key ?? "").isEmpty {
            throw ServingError.needsKey(host: settings.host ?? "")
        }
        listener = try Listener(host: settings.host, port: settings.port)
        port = listener.port
        let host = settings.host ?? "127.0.0.1"
        url = "http://\(host.contains(":") && !host.hasPrefix("[") ? "[\(host)]" : host):\(listener.port)/v1"
        context = SessionContext(
            settings: settings, shelf: ModelShelf(models),
            lists: ModelLists(models: models, created: Int(Date().timeIntervalSince1970)), stopping: stopping)
    }

    /// Opens the served model, so that the first request need not wait for it.
    /// - Returns: its name.
    /// - Throws: an error whose `description` is a sentence if it cannot be used.
    public func openModel() throws -> String {
        try context.shelf.served().generator.identity.name
    }

    /// Answers on threads of their own until `stopping` is raised; the calling thread waits.
    public func run() {
        while !context.stopping.isRaised {
            guard let descriptor = listener.accept() else { continue }
            let isFull = connections.withLock { count in
                if count >= Self.mostConnections { return true }
                count += 1
                return false
            }
            if isFull {
                close(descriptor)
            } else {
                serve(descriptor)
            }
        }
        let end = ContinuousClock.now + .seconds(Self.endSeconds)
        while connections.withLock({ $0 }) > 0, ContinuousClock.now < end { usleep(10_000) }
    }

    private func serve(_ descriptor: Int32) {
        let thread = Thread { [context, self] in
            ClientSession(context: context, socket: ClientSocket(descriptor, stopping: context.stopping)).run()
            connections.withLock { $0 -= 1 }
        }
        // The default of Foundation's threads is too small for deep JSON in debug builds.
        thread.stackSize = 4 << 20
        thread.start()
    }
}
