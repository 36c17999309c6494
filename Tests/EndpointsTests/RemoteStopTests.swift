import Endpoints
import Foundation
import Generation
import ScriptedServer
import Testing

@Suite struct `A stopped generation of a server` {
    @Test func `keeps its text and closes the connection`() async throws {
        let gone = RequestCounter()
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            reply.event(textChunk("Some text"))
            if reply.waitUntilGone() { _ = gone.next() }
        }
        defer { server.close() }
        let signal = StopSignal()
        let drafts = writeHere(remoteGenerator(server), remoteRequest(3), stopSignal: signal) { event in
            if case .text = event { signal.raise() }
        }
        #expect(drafts.texts == [0: "Some text"])
        #expect(drafts.reasons == [0: .stopped, 1: .stopped, 2: .stopped])
        #expect(drafts.error == nil && drafts.notices == [])
        guard case .finished? = drafts.events.last else {
            Issue.record("the end is missing")
            return
        }
        #expect(try await gone.reaches(1))
        #expect(server.requests.count == 1)
    }

    @Test func `before any text is no error`() throws {
        let server = try ScriptedServer { _, reply in reply.waitUntilGone() }
        defer { server.close() }
        let signal = StopSignal()
        let drafts = writeHere(remoteGenerator(server), remoteRequest(2), stopSignal: signal) { event in
            if case .waiting(_?) = event { signal.raise() }
        }
        #expect(drafts.reasons == [0: .stopped, 1: .stopped] && drafts.error == nil)
    }

    @Test func `that nobody reads any more ends its request`() async throws {
        let gone = RequestCounter()
        let server = try ScriptedServer { _, reply in
            reply.beginEvents()
            reply.event(textChunk("Some text"))
            if reply.waitUntilGone() { _ = gone.next() }
        }
        defer { server.close() }
        let generator = remoteGenerator(server)
        let task = Task {
            for try await event in generator.generate(remoteRequest(), stopSignal: StopSignal()) {
                if case .text = event { return }
            }
        }
        try await task.value
        #expect(try await gone.reaches(1))
    }
}

@Suite struct `An encrypted connection` {
    /// A server that speaks TLS with a certificate of its own, by Python.
    private final class SecureServer {
        let process = Process()
        let folder: URL
        let port: Int
        var certificate: String { folder.appending(path: "cert.pem").path }

        init?() throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "copydesk-tls-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let openssl = Process()
            openssl.executableURL = URL(filePath: "/usr/bin/env")
            openssl.arguments = [
                "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout",
                folder.appending(path: "key.pem").path, "-out", folder.appending(path: "cert.pem").path, "-subj",
                "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            ]
            openssl.standardError = FileHandle.nullDevice
            openssl.standardOutput = FileHandle.nullDevice
            try openssl.run()
            openssl.waitUntilExit()
            guard openssl.terminationStatus == 0 else { return nil }
            let script = """
                import http.server, ssl
                class H(http.server.BaseHTTPRequestHandler):
                    def do_POST(self):
                        self.rfile.read(int(self.headers["Content-Length"]))
                        self.send_response(200)
                        self.send_header("Content-Type", "text/event-stream")
                        self.end_headers()
                        self.wfile.write(b'data: {"choices":[{"index":0,"delta":{"content":"Safe"},"finish_reason":"stop"}]}\\n\\n')
                    def log_message(self, *a): pass
                server = http.server.HTTPServer(("127.0.0.1", 0), H)
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                context.load_cert_chain("\(folder.path)/cert.pem", "\(folder.path)/key.pem")
                server.socket = context.wrap_socket(server.socket, server_side=True)
                print(server.server_port, flush=True)
                while True:
                    try: server.handle_request()
                    except Exception: pass
                """
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["python3", "-c", script]
            let pipe = Pipe()
            process.standardOutput = pipe
            process.standardError = FileHandle.nullDevice
            try process.run()
            let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
            guard let port = Int(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
                process.terminate()
                return nil
            }
            self.port = port
        }

        func close() {
            process.terminate()
            try? FileManager.default.removeItem(at: folder)
        }
    }

    private static func drafts(_ url: String, _ change: (inout EndpointSettings) -> Void = { _ in }) async
        -> RemoteDrafts
    {
        var endpoint = EndpointSettings(name: "local", url: url)
        endpoint.timeouts.connect = 0.7
        endpoint.timeouts.firstByte = 2
        change(&endpoint)
        return await write(
            RemoteGenerator(endpoint: endpoint, model: "m", key: nil, pace: RemotePace(second: 0.01)))
    }

    /// T37.
    @Test func `needs a certificate that is trusted`() async throws {
        guard let server = try SecureServer() else {
            print("Skipped: openssl or python3 is missing, so there is no server that speaks TLS.")
            return
        }
        defer { server.close() }
        let url = "https://127.0.0.1:\(server.port)/v1"
        #expect(await Self.drafts(url).error?.contains("is not trusted") == true)
        #expect(await Self.drafts(url) { $0.authorityFile = server.certificate }.text == "Safe")
        #expect(await Self.drafts(url) { $0.isInsecure = true }.text == "Safe")
        let missing = await Self.drafts(url) { $0.authorityFile = "/nowhere.pem" }
        #expect(missing.error?.contains("/nowhere.pem") == true)
        #expect(await Self.drafts("http://127.0.0.1:\(server.port)/v1").error?.contains("https://") == true)
    }

    /// T37: a plain server does not answer the handshake.
    @Test func `to a plain server ends with a hint`() async throws {
        let server = try ScriptedServer { _, reply in reply.pause(3) }
        defer { server.close() }
        let drafts = await Self.drafts("https://127.0.0.1:\(server.port)/v1")
        #expect(drafts.error?.contains("http://") == true, "\(drafts.error ?? "no error")")
    }
}

extension RequestCounter {
    /// Waits until so many were counted; false if that takes longer than half a minute.
    func reaches(_ count: Int) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(300)
        while value < count, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(5)) }
        return value >= count
    }
}
