// Answers the requests of one connection, one after another, on its own thread.
// - Every request that can be read gets an answer in JSON, also a malformed one; then the connection ends.

import Generation

/// What all connections of a server share.
struct SessionContext: Sendable {
    let settings: ServerSettings
    let shelf: ModelShelf
    let turns = TurnQueue()
    let lists: ModelLists
    let stopping: StopSignal
}

struct ClientSession {
    /// More requests than these do not wait in line.
    private static let longestLine = 64

    let context: SessionContext
    let socket: ClientSocket

    /// Answers until the client goes, or the server ends.
    func run() {
        var reader = RequestReader(socket)
        var goesOn = true
        while goesOn {
            do {
                guard let head = try reader.head() else { return }
                goesOn = try answer(head, &reader)
            } catch let problem as HeadProblem {
                let reply = Reply(socket: socket, hasNoBody: false, isOld: false, closes: true)
                try? reply.send(problem.status, json: APIError(problem.status, problem.message).json)
                socket.drain()
                return
            } catch {
                return
            }
        }
    }

    /// - Returns: false if the connection ends with this answer.
    private func answer(_ head: RequestHead, _ reader: inout RequestReader) throws -> Bool {
        var reply = Reply(
            socket: socket, hasNoBody: head.method == "HEAD", isOld: head.isOld,
            closes: head.closes || context.stopping.isRaised)
        // A body that is not read yet would be taken for the next request.
        var isRead = head.body == .none
        do {
            let route = try checked(head)
            if head.method == "OPTIONS" {
                try readAll(head, &reader, &isRead)
                try reply.send(204, [("Allow", route.methods.joined(separator: ", "))], json: nil)
                return !reply.closes
            }
            try checkType(head, route)
            let body = try readAll(head, &reader, &isRead)
            switch route {
            case .health: try reply.send(200, json: ["status": "ok"])
            case .models: try reply.send(200, json: context.lists.list)
            case .model(let name): try reply.send(200, json: try context.lists.one(name))
            case .chat: try write(body, .chat, reply)
            case .completions: try write(body, .completion, reply)
            }
        } catch let error as APIError {
            reply.closes = reply.closes || !isRead
            try reply.send(
                error.status, error.headers.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, json: error.json)
            if !isRead { socket.drain() }
        }
        return !reply.closes
    }

    /// The checks that need no body: who asks, for what, and how.
    private func checked(_ head: RequestHead) throws(APIError) -> Route {
        if context.settings.isLoopback, let refusal = ServerOrigin.refusal(of: head) { throw refusal }
        let route = Route(head.path)
        if let key = context.settings.key, route != .health, !ServerOrigin.holds(key, head["authorization"]) {
            var error = APIError(
                401, "The key is missing or wrong. Send it as: Authorization: Bearer KEY.", code: "invalid_api_key")
            error.headers["WWW-Authenticate"] = "Bearer"
            throw error
        }
        guard let route else {
            throw APIError(
                404, "There is nothing at \(head.path.prefix(200)). This server has: \(Route.all).", code: "not_found")
        }
        guard route.methods.contains(head.method) else {
            var error = APIError(
                405,
                "\(head.path.prefix(200)) takes \(route.methods.joined(separator: ", ")), not \(head.method.prefix(20)).",
                code: "method_not_allowed")
            error.headers["Allow"] = route.methods.joined(separator: ", ")
            throw error
        }
        return route
    }

    private func checkType(_ head: RequestHead, _ route: Route) throws(APIError) {
        guard route == .chat || route == .completions else { return }
        let coding = head["content-encoding"]?.lowercased() ?? "identity"
        guard coding == "identity" else {
            throw APIError(415, "The body is coded as '\(coding.prefix(40))'. Send it as plain JSON.")
        }
        let type = (head["content-type"] ?? "application/json").lowercased().split(separator: ";").first ?? ""
        guard type.filter({ $0 != " " }) == "application/json" else {
            throw APIError(
                415, "The body is of the type '\(type.prefix(60))'. Send JSON with Content-Type: application/json.")
        }
    }

    @discardableResult
    private func readAll(
        _ head: RequestHead, _ reader: inout RequestReader, _ isRead: inout Bool
    ) throws -> [UInt8] {
        let limit = context.settings.bodyLimit
        do throws(BodyProblem) {
            let body = try reader.body(of: head, limit: limit)
            isRead = true
            return body
        } catch {
            switch error {
            case .tooLarge:
                throw APIError(
                    413, "The body is larger than \(limit) bytes. Shorten the request.", code: "body_too_large")
            case .malformed: throw APIError(400, "The chunks of the body are malformed.")
            case .ended(.silent): throw APIError(408, "The rest of the body did not come. Send the request again.")
            case .ended(let end): throw end
            }
        }
    }

    private func write(_ body: [UInt8], _ shape: AnswerShape, _ reply: Reply) throws {
        let fields = try RequestFields(body)
        let model = try context.shelf.model(named: try fields.text("model") ?? context.shelf.models.served)
        let asked = try AskedTexts(
            fields, shape, model: model, freshSeed: UInt64.random(in: 0...UInt64(UInt32.max)))
        guard context.turns.count < Self.longestLine else {
            throw APIError(503, "\(Self.longestLine) requests wait already. Send this one again later.", code: "busy")
        }
        let answering = Answering(
            asked, model: model.generator.identity, reply: reply, stopping: context.stopping,
            pingSeconds: context.settings.pingSeconds)
        try answering.run(by: model.generator, in: context.turns)
    }
}
