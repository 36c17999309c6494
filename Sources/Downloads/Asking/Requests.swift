// Sends requests to servers of models, follows their redirections by hand, and tries again if a failure may pass.
// - At most five redirections, none twice, none from https to http.
// - A token goes only to the origin that it is for, so each step of a way asks for it anew.

import Foundation
import Transfer

/// A failure that may pass: the request is worth another try.
struct PassingFailure: Error {
    var error: DownloadError
    /// How long the server wants to be left alone, in seconds.
    var seconds: Int?
    /// How many tries in a row it is worth.
    var tries = 6
}

/// A way of redirections.
struct RedirectTrail {
    private static let most = 5

    private(set) var address: WebAddress
    private(set) var steps = 0
    private var seen: Set<String>

    init(_ address: WebAddress) {
        self.address = address
        seen = [address.text]
    }

    static func isRedirect(_ status: Int) -> Bool { [301, 302, 303, 307, 308].contains(status) }

    /// Goes where an answer leads.
    mutating func follow(_ head: HTTPHead) throws {
        guard let location = head["Location"], let next = address.following(location) else {
            throw DownloadError.invalidRedirect(host: address.host)
        }
        if address.isSecure, !next.isSecure { throw DownloadError.redirectedToHTTP(host: address.host) }
        steps += 1
        guard steps <= Self.most, seen.insert(next.text).inserted else {
            throw DownloadError.redirectedInCircles(host: address.host)
        }
        address = next
    }
}

/// What one call of a `ModelDownloads` asks of servers.
struct Requests {
    /// The longest answer that is kept in memory, in bytes.
    private static let longestAnswer = 16 << 20
    /// The longest wait that a server may ask for: a little more than the Hub's window of five minutes.
    private static let longestWait = 310

    let environment: DownloadEnvironment
    let isStopped: () -> Bool

    /// An answer that is complete, whatever its status.
    struct Answer {
        var head: HTTPHead
        var body: [UInt8]
        var address: WebAddress
    }

    func request(_ address: WebAddress, method: String = "GET", _ headers: [HTTPHeader]) -> HTTPRequest {
        var request = HTTPRequest(
            method, address.text, headers: [HTTPHeader("Accept-Encoding", "identity")] + headers)
        let clocks = environment.clocks
        request.clocks = HTTPClocks(connect: clocks.connect, firstByte: clocks.silence, idle: clocks.silence)
        return request
    }

    /// Asks for something short, and tries again while a failure may pass.
    /// - Parameter headers: those of a request to this address.
    func fetch(
        _ address: WebAddress, method: String = "GET", headers: (WebAddress) -> [HTTPHeader]
    ) throws -> Answer {
        var failures = 0
        while true {
            do {
                return try attempt(address, method, headers)
            } catch let failure as PassingFailure {
                failures += 1
                try wait(after: failure, failures: failures)
            }
        }
    }

    private func attempt(_ address: WebAddress, _ method: String, _ headers: (WebAddress) -> [HTTPHeader]) throws
        -> Answer
    {
        var trail = RedirectTrail(address)
        while true {
            let request = request(trail.address, method: method, headers(trail.address))
            let (head, body) = try passing {
                try HTTPClient().fetch(request, limit: Self.longestAnswer, isStopped: isStopped)
            }
            if RedirectTrail.isRedirect(head.status) {
                try trail.follow(head)
                continue
            }
            if let failure = Self.passingFailure(head, trail.address) { throw failure }
            return Answer(head: head, body: body, address: trail.address)
        }
    }

    /// Turns the errors of a transfer into ours.
    func passing<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as TransferError {
            switch error {
            case .stopped: throw DownloadError.stopped
            case .invalidAddress, .untrusted, .handshakeFailed, .cannotReadCertificates, .cannotReachProxy,
                .missingLibrary:
                throw DownloadError.transfer("\(error)", tries: 1)
            case .unknownHost, .cannotConnect:
                throw PassingFailure(error: .transfer("\(error)", tries: 1), tries: 3)
            case .connectTimedOut, .firstByteTimedOut, .idleTimedOut, .emptyAnswer, .cutOff, .other:
                throw PassingFailure(error: .transfer("\(error)", tries: 1))
            }
        }
    }

    /// What a status means that may be another one soon.
    static func passingFailure(_ head: HTTPHead, _ address: WebAddress) -> PassingFailure? {
        let seconds = WaitingTime.seconds(rateLimit: head["RateLimit"], retryAfter: head["Retry-After"])
        switch head.status {
        case 429:
            return PassingFailure(
                error: .tooManyRequests(host: address.host, seconds: seconds ?? 300), seconds: seconds)
        case 408, 500, 502, 503, 504:
            let message = ServerMessage.short(head["X-Error-Message"] ?? "")
            let error = DownloadError.server(host: address.host, status: head.status, message: message)
            return PassingFailure(error: error, seconds: seconds)
        default: return nil
        }
    }

    /// Waits before the next try: as long as the server says, else 1, 2, 4, 8, 16 seconds.
    /// - Parameter failures: how many tries in a row brought nothing, this one included.
    /// - Throws: the failure if there have been enough, or if the server wants too long a wait.
    func wait(after failure: PassingFailure, failures: Int) throws {
        guard failures < failure.tries, (failure.seconds ?? 0) <= Self.longestWait else {
            if case .transfer(let sentence, _) = failure.error {
                throw DownloadError.transfer(sentence, tries: failures)
            }
            throw failure.error
        }
        let seconds = Double(failure.seconds ?? 1 << min(max(0, failures - 1), 4)) * environment.clocks.pace
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if isStopped() { throw DownloadError.stopped }
            usleep(useconds_t(min(20_000, max(1, seconds * 250_000))))
        }
    }
}
