// Servers of the tests: one that writes drafts, and homes that know it.

import Foundation
import ScriptedServer

/// A server that speaks as llama-server does.
enum ServerScript {
    /// Lists models, and answers each request with the pieces that `pieces` gives for it.
    /// - Parameter end: the reason that ends an answer; `nil` breaks it off without one.
    static func writer(
        models: [String] = ["tiny", "owner/big"], key: String? = nil, end: String? = "stop",
        _ pieces: @escaping @Sendable (ScriptedRequest) -> [String]
    ) throws -> ScriptedServer {
        try ScriptedServer { request, reply in
            if let key, request.header("authorization") != "Bearer \(key)" {
                return reply.answer("401 Unauthorized", body: #"{"error":{"message":"Invalid API Key","code":401}}"#)
            }
            if request.path.hasSuffix("/models") {
                let list = models.map { #"{"id":"\#($0)","object":"model"}"# }.joined(separator: ",")
                return reply.answer(body: #"{"object":"list","data":[\#(list)]}"#)
            }
            let isChat = request.path.hasSuffix("/chat/completions")
            reply.beginEvents()
            for piece in pieces(request) { reply.event(event(piece, nil, isChat: isChat)) }
            guard let end else { return }
            reply.event(event("", end, isChat: isChat))
            reply.event("[DONE]")
        }
    }

    private static func event(_ text: String, _ reason: String?, isChat: Bool) -> String {
        let quoted = String(decoding: (try? JSONEncoder().encode(text)) ?? Data(), as: UTF8.self)
        let reason = reason.map { "\"\($0)\"" } ?? "null"
        let piece = isChat ? "\"delta\":{\"content\":\(quoted)}" : "\"text\":\(quoted)"
        return "{\"model\":\"tiny-answered\",\"choices\":[{\"index\":0,\(piece),\"finish_reason\":\(reason)}]}"
    }
}

extension ScriptedReply {
    /// A whole answer of JSON.
    func answer(_ status: String = "200 OK", _ headers: [String] = [], body: String) {
        answer(status, type: "application/json", headers, body)
    }
}

extension Home {
    /// Adds a server to the settings as `local`.
    func add(_ server: ScriptedServer, _ more: String = "") throws {
        try write(
            "endpoints: [{name: local, url: \"\(server.url)/v1\"\(more)}]\n", to: "config/config.yaml")
    }

    /// All that the program keeps: settings, keys and the store with its log.
    func keptBytes(except names: String...) throws -> [UInt8] {
        var bytes: [UInt8] = []
        let files = FileManager.default.enumerator(atPath: folder.path)
        while let file = files?.nextObject() as? String {
            guard !names.contains(where: { file.hasSuffix($0) }) else { continue }
            if let data = FileManager.default.contents(atPath: path(file)) { bytes += data }
        }
        return bytes
    }
}
