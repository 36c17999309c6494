import Foundation
import ScriptedServer
import Synchronization
import Testing
import Transfer

@Suite("Answers over HTTP") struct AnswerTests {
    @Test func `a request is sent as it was made, and its answer comes back whole`() throws {
        let server = try ScriptedServer { request, reply in
            reply.answer("201 Created", ["X-Seen: \(request.method) \(request.path)"], request.bodyText + "!")
        }
        defer { server.close() }
        let request = HTTPRequest(
            "POST", server.url + "/v1/x?y=1", headers: [HTTPHeader("Accept-Encoding", "identity")],
            body: Array("{}".utf8))
        let (head, body) = try HTTPClient().fetch(request)
        #expect(head.status == 201)
        #expect(head["x-seen"] == "POST /v1/x?y=1")
        #expect(String(decoding: body, as: UTF8.self) == "{}!")
        let seen = try #require(server.requests.first)
        #expect(seen.header("accept-encoding") == "identity")
        #expect(seen.header("expect") == nil)
    }

    @Test func `a stopped request closes its connection`() throws {
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            #expect(reply.waitUntilGone())
        }
        defer { server.close() }
        #expect(throws: TransferError.stopped) {
            var hasHead = false
            let reader = HTTPClient.Reader(head: { _ in hasHead = true }, body: { _ in })
            try HTTPClient().send(HTTPRequest("GET", server.url), isStopped: { hasHead }, reader: reader)
        }
    }

    @Test func `silence ends a request when its clock says so`() throws {
        let server = try ScriptedServer { request, reply in
            if request.path == "/late" { reply.beginEvents() }
            reply.pause(5)
        }
        defer { server.close() }
        var request = HTTPRequest("GET", server.url + "/late")
        request.clocks = HTTPClocks(connect: 1, firstByte: 0.2, idle: 0.3)
        #expect(throws: TransferError.idleTimedOut(host: "127.0.0.1", seconds: 0.3)) { try HTTPClient().fetch(request) }
        request.url = server.url + "/never"
        request.clocks.connect = 0.1
        #expect(throws: TransferError.firstByteTimedOut(host: "127.0.0.1", seconds: 0.2)) {
            try HTTPClient().fetch(request)
        }
    }

    @Test func `digests are those of the standards`() {
        let digest = Digest(.sha256)
        digest.add("abc")
        #expect(digest.finish() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let older = Digest(.sha1)
        older.add("abc")
        #expect(older.finish() == "a9993e364706816aba3e25717850c26c9cd0d89d")
    }

    @Test func `threads that send their first requests at the same moment all get answers`() throws {
        let server = try ScriptedServer { request, reply in reply.answer("200 OK", [], request.path) }
        defer { server.close() }
        let url = server.url
        let answers = Mutex<Set<String>>([])
        let threads = DispatchGroup()
        for number in 1...8 {
            threads.enter()
            Thread.detachNewThread {
                defer { threads.leave() }
                let body = (try? HTTPClient().fetch(HTTPRequest("GET", url + "/\(number)")).body) ?? []
                _ = answers.withLock { $0.insert(String(decoding: body, as: UTF8.self)) }
            }
        }
        threads.wait()
        #expect(answers.withLock { $0 } == Set((1...8).map { "/\($0)" }))
    }

    @Test func `a library that is not there is named, with the reason and the package`() {
        let error = TransferError.missingLibrary(
            name: "libcurl", use: "sends requests", package: "libcurl4",
            reason: "libcurl.so.4: cannot open shared object file: No such file or directory")
        #expect(
            "\(error)"
                == "libcurl, which sends requests, cannot be loaded (libcurl.so.4: cannot open shared object file: No such "
                + "file or directory). Install it and start this program again; Debian's package is libcurl4.")
    }
}
