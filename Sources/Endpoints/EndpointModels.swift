// The models that an endpoint lists, asked for with little patience: a list of models waits for no server.

import Foundation
import Generation
import Transfer

public enum EndpointModels {
    /// For the connection, and for each further step of the answer, in seconds.
    private static let connectSeconds = 2.0
    private static let answerSeconds = 5.0

    /// Asks for the models, on the calling thread.
    /// - Parameter key: `nil` if the server asks for none.
    /// - Throws: `TransferError`, `ServerFailure`, `ModelListingError`, `ServerAddressError` or `RemoteError`.
    public static func list(
        _ endpoint: EndpointSettings, key: String?, isStopped: @escaping () -> Bool = { false }
    ) throws -> ModelListing {
        var endpoint = endpoint
        endpoint.timeouts.connect = shorter(endpoint.timeouts.connect, connectSeconds)
        endpoint.timeouts.firstByte = shorter(endpoint.timeouts.firstByte, answerSeconds)
        endpoint.timeouts.idle = shorter(endpoint.timeouts.idle, answerSeconds)
        let exchange = try ServerExchange(endpoint, key: key)
        let deadline = ContinuousClock.now + .seconds(connectSeconds + answerSeconds)
        var isLate = false
        do {
            let (_, body) = try exchange.fetch(
                exchange.address.models,
                isStopped: {
                    isLate = ContinuousClock.now > deadline
                    return isLate || isStopped()
                })
            return try ModelListing(parsing: body)
        } catch TransferError.stopped where isLate {
            throw TransferError.idleTimedOut(host: exchange.address.host, seconds: answerSeconds)
        }
    }

    /// 0 is no limit.
    private static func shorter(_ seconds: Double, _ most: Double) -> Double { seconds > 0 ? min(seconds, most) : most }
}
