import Foundation
import Generation
import ScriptedServer
import Testing
import Transfer

@testable import Downloads

/// The first and the second request for the bytes of a file, each answered in its own way; later ones as usual.
private func twist(_ answers: [Int: @Sendable (ScriptedRequest, ScriptedReply, [UInt8]) -> Void]) -> Twist {
    { request, reply, bytes, time in
        guard let answer = answers[time] else { return false }
        answer(request, reply, bytes)
        return true
    }
}

@Suite struct `A file that comes from a Hub` {
    private let name = "tiny-Q4_K_M.gguf"
    private let bytes = model(300_000)

    private func hub(_ change: (inout FakeHub.State) -> Void = { _ in }) throws -> FakeHub {
        try FakeHub([(name, bytes)], change)
    }

    @Test func `is given its name with the right bytes, and remembered with its source`() throws {
        let (hub, place) = (try hub(), try Place())
        let pulled = try place.downloads(hub).get("a/b")
        #expect(pulled == PulledModel(name: "tiny-Q4_K_M", paths: ["\(place.folder)/\(name)"], wasThere: false))
        #expect(place.bytes(name) == bytes)
        #expect(place.names == [ModelManifest.fileName, name])
        let origin = try #require(ModelManifest(folder: place.folder).files[name])
        #expect(
            origin
                == ModelOrigin(reference: "a/b", commit: FakeHub.commit, sha256: sha256(bytes), bytes: bytes.count))
    }

    // H1
    @Test func `costs a token only the Hub, never the host of the bytes`() throws {
        let (hub, place) = (try hub(), try Place())
        try place.downloads(["HF_ENDPOINT": hub.hub.url, "HF_TOKEN": "hf_secret"]).get("a/b")
        #expect(hub.hub.requests.count == 3)
        #expect(hub.hub.requests.allSatisfy { $0.header("authorization") == "Bearer hf_secret" })
        #expect(hub.gets.count == 1)
        #expect(hub.gets.allSatisfy { $0.header("authorization") == nil })
        #expect(hub.gets.allSatisfy { $0.header("accept-encoding") == "identity" })
    }

    // H2
    @Test func `goes on where it was cut`() throws {
        let hub = try hub { $0.onBytes = twist([1: { $1.giveBeginning(100_000, of: $2) }]) }
        let place = try Place()
        try place.downloads(hub).get("a/b")
        #expect(place.bytes(name) == bytes)
        #expect(hub.gets.map { $0.header("range") } == [nil, "bytes=100000-"])
        #expect(hub.gets.map { $0.header("if-range") } == [nil, "\"host-300000\""])
    }

    // H3
    @Test func `begins again if the host answers a range with the whole file`() throws {
        let hub = try hub {
            $0.onBytes = twist([
                1: { $1.giveBeginning(100_000, of: $2) },
                2: { _, reply, bytes in
                    reply.send("HTTP/1.1 200 OK\r\nContent-Length: \(bytes.count)\r\n\r\n")
                    reply.send(bytes)
                },
            ])
        }
        let place = try Place()
        try place.downloads(hub).get("a/b")
        #expect(place.bytes(name) == bytes)
    }

    // H4
    @Test(arguments: ["bytes 5-299999/300000", "bytes 100000-299999/300001", "bytes */300000", "nonsense", ""])
    func `is refused if another part comes than the one asked for`(range: String) throws {
        let hub = try hub {
            $0.onBytes = twist([
                1: { $1.giveBeginning(100_000, of: $2) },
                2: { _, reply, bytes in
                    reply.send("HTTP/1.1 206 Partial Content\r\nContent-Range: \(range)\r\n\r\n")
                    reply.send(Array(bytes[100_000...]))
                },
            ])
        }
        let place = try Place()
        let found = range.isEmpty ? "no Content-Range" : range
        #expect(throws: DownloadError.wrongRange(host: "127.0.0.1", found: found)) {
            try place.downloads(hub).get("a/b")
        }
        #expect(place.models.allSatisfy { $0.hasPrefix(".partial") })
        #expect(place.downloads(hub).unfinished.map(\.bytesThere) == [100_000])
    }

    // H5
    @Test func `begins again if the host has nothing at the range`() throws {
        let hub = try hub {
            $0.onBytes = twist([
                1: { $1.giveBeginning(100_000, of: $2) },
                2: { _, reply, _ in
                    reply.send("HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n\r\n")
                },
            ])
        }
        let place = try Place()
        try place.downloads(hub).get("a/b")
        #expect(place.bytes(name) == bytes)
        #expect(hub.gets.map { $0.header("range") } == [nil, "bytes=100000-", nil])
    }

    // H6
    @Test(arguments: [1, 2])
    func `comes once more if a byte of it is wrong, and is refused the second time`(wrongTimes: Int) throws {
        let hub = try hub {
            $0.onBytes = { _, reply, bytes, time in
                guard time <= wrongTimes else { return false }
                var wrong = bytes
                wrong[200_000] ^= 1
                reply.send("HTTP/1.1 200 OK\r\nContent-Length: \(bytes.count)\r\n\r\n")
                reply.send(wrong)
                return true
            }
        }
        let place = try Place()
        if wrongTimes == 1 {
            try place.downloads(hub).get("a/b")
            #expect(place.bytes(name) == bytes)
        } else {
            var wrong = bytes
            wrong[200_000] ^= 1
            let error = #expect(throws: DownloadError.self) { try place.downloads(hub).get("a/b") }
            let sentence = try #require(error).description
            #expect(sentence.contains(sha256(bytes)) && sentence.contains(sha256(wrong)), "\(sentence)")
            #expect(place.names == nil, "nothing is left of it")
        }
        #expect(hub.gets.count == 2)
    }

    // H7
    @Test func `goes on if it ended before the length that the host announced, or announced too little`() throws {
        let hub = try hub {
            $0.onBytes = twist([
                1: { $1.giveBeginning(1000, of: $2) },
                2: { _, reply, bytes in
                    reply.send(
                        "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 1000-299999/300000\r\nContent-Length: 500\r\n\r\n"
                    )
                    reply.send(Array(bytes[1000..<1500]))
                },
            ])
        }
        let place = try Place()
        try place.downloads(hub).get("a/b")
        #expect(place.bytes(name) == bytes)
        #expect(hub.gets.map { $0.header("range") } == [nil, "bytes=1000-", "bytes=1500-"])
    }

    // H8
    @Test func `comes from the beginning if the host's tag of it changed between two runs`() throws {
        let hub = try hub { $0.onBytes = twist([1: { $1.giveBeginning(100_000, of: $2, tag: "\"old\"") }]) }
        let place = try Place()
        try stop(place.downloads(hub), after: 100_000)
        try place.downloads(hub).get("a/b")
        #expect(hub.gets.last?.header("if-range") == "\"old\"")
        #expect(place.bytes(name) == bytes)
        #expect(place.names == [ModelManifest.fileName, name])
    }

    // H8
    @Test func `is refused if the Hub names another checksum, size or commit than its list`() throws {
        for (header, words) in [
            ("X-Linked-Etag: \"\(String(repeating: "a", count: 64))\"", "its checksum is another one"),
            ("X-Linked-Size: 7", "it has 7 bytes now"),
            ("X-Repo-Commit: \(String(repeating: "b", count: 40))", "it is of another commit"),
        ] {
            let hub = try hub()
            let bytesHost = hub.bytesHost.url
            hub.state.change {
                $0.onHub = { request, reply, _, _ in
                    guard request.path.contains("/resolve/") else { return false }
                    let commit = header.hasPrefix("X-Repo") ? [] : ["X-Repo-Commit: \(FakeHub.commit)"]
                    reply.answer("302 Found", commit + [header, "Location: \(bytesHost)/blob/x"], body: "")
                    return true
                }
            }
            let place = try Place()
            let error = #expect(throws: DownloadError.self) { try place.downloads(hub).get("a/b") }
            #expect(try #require(error).description.contains(words), "\(String(describing: error))")
            #expect(place.names == nil, "nothing is left of it")
            #expect(hub.gets.isEmpty)
        }
    }

    // H10
    @Test(arguments: [["RateLimit: \"resolvers\";r=0;t=1"], ["Retry-After: 1"]])
    func `waits if there were too many requests, as long as the server says`(headers: [String]) throws {
        let hub = try hub {
            $0.onHub = { request, reply, _, time in
                guard request.path.contains("/resolve/"), time == 1 else { return false }
                reply.answer("429 Too Many Requests", headers, body: "")
                return true
            }
        }
        let place = try Place()
        var downloads = place.downloads(hub)
        var environment = downloads.environment
        environment.clocks.pace = 0.1
        downloads = ModelDownloads(folder: place.folder, environment: environment, check: Place.isModel)
        let start = ContinuousClock.now
        try downloads.get("a/b")
        // One second more than said, at a tenth of the pace.
        #expect(ContinuousClock.now - start >= .seconds(0.2))
        #expect(place.bytes(name) == bytes)
    }

    @Test func `is given up if the server wants a wait that is too long`() throws {
        let hub = try hub {
            $0.onHub = { _, reply, _, _ in
                reply.answer("429 Too Many Requests", ["Retry-After: 4000"], body: "")
                return true
            }
        }
        let place = try Place()
        #expect(throws: DownloadError.tooManyRequests(host: "127.0.0.1", seconds: 4001)) {
            try place.downloads(hub).get("a/b")
        }
        #expect(hub.hub.requests.count == 1)
    }

    // H11
    @Test(arguments: [500, 502, 503, 504, 408])
    func `is asked for again if the host of the bytes fails for a moment`(status: Int) throws {
        let hub = try hub { $0.onBytes = twist([1: { _, reply, _ in reply.answer("\(status) Sorry", body: "") }]) }
        let place = try Place()
        try place.downloads(hub).get("a/b")
        #expect(place.bytes(name) == bytes)
    }

    @Test func `is given up after six tries in a row that brought nothing, and kept as far as it came`() throws {
        let hub = try hub {
            $0.onBytes = { _, reply, bytes, time in
                // Each of the first two brings something, so they do not count.
                if time <= 2 {
                    reply.giveBeginning(time == 1 ? 1000 : 2000, of: bytes)
                } else {
                    reply.answer("503 Busy", body: "")
                }
                return true
            }
        }
        let place = try Place()
        let downloads = place.downloads(hub)
        #expect(throws: DownloadError.server(host: "127.0.0.1", status: 503, message: "")) { try downloads.get("a/b") }
        #expect(hub.gets.count == 2 + 5)
        #expect(downloads.unfinished.map(\.bytesThere) == [2000])
    }

    // H12
    @Test func `is refused if nobody says which commit it is of`() throws {
        let hub = try hub()
        let bytesHost = hub.bytesHost.url
        hub.state.change {
            $0.onHub = { request, reply, _, _ in
                guard request.path.contains("/resolve/") else { return false }
                reply.answer("302 Found", ["Location: \(bytesHost)/blob/tiny-Q4_K_M.gguf"], body: "")
                return true
            }
        }
        let place = try Place()
        let error = #expect(throws: DownloadError.self) { try place.downloads(hub).get("a/b") }
        #expect(try #require(error).description.contains("X-Repo-Commit"))
        #expect(place.names == nil)
        #expect(hub.gets.isEmpty)
    }

    // H13
    @Test func `comes by the plain way if the Hub also offers another one`() throws {
        let hub = try hub {
            $0.resolveHeaders = [
                "X-Xet-Hash: abc",
                "Link: <https://nowhere.invalid/auth>; rel=\"xet-auth\", <https://nowhere.invalid/r>; rel=\"xet-reconstruction-info\"",
            ]
        }
        let place = try Place()
        try place.downloads(hub).get("a/b")
        #expect(place.bytes(name) == bytes)
        #expect(hub.gets.count == 1)
    }

    // H16
    @Test func `is asked of the Hub anew for each try, because its addresses are valid once`() throws {
        let used = Locked<Set<String>>([])
        let hub = try hub {
            $0.onBytes = { request, reply, bytes, time in
                guard used.change({ $0.insert(request.path).inserted }) else {
                    reply.answer("403 Forbidden", body: "")
                    return true
                }
                guard time < 4 else { return false }
                if time == 2 { reply.answer("403 Forbidden", body: "") } else { reply.giveBeginning(5000, of: bytes) }
                return true
            }
        }
        let place = try Place()
        try place.downloads(hub).get("a/b")
        #expect(place.bytes(name) == bytes)
        #expect(hub.gets.count == 4 && used.value.count == 4)
    }

    // H17
    @Test func `goes on if the host falls silent`() throws {
        let hub = try hub {
            $0.onBytes = twist([
                1: { _, reply, bytes in
                    reply.giveBeginning(1000, of: bytes)
                    reply.pause(300)
                }
            ])
        }
        let place = try Place()
        let start = ContinuousClock.now
        try place.downloads(hub).get("a/b")
        #expect(ContinuousClock.now - start < .seconds(60))
        #expect(place.bytes(name) == bytes)
        #expect(hub.gets.last?.header("range") == "bytes=1000-")
    }

    // H18
    @Test func `comes to one of two processes at once, and the other one says so`() throws {
        let hub = try hub {
            $0.onBytes = twist([
                1: { _, reply, bytes in
                    reply.giveBeginning(1000, of: bytes)
                    reply.pause(3)
                }
            ])
        }
        let place = try Place()
        let (first, second) = (place.downloads(hub), place.downloads(hub))
        let plan = try first.plan(ModelReference("a/b"))
        let outcome = Locked<String?>(nil)
        let (isOver, isStopped) = (DispatchSemaphore(value: 0), Locked(false))
        Thread.detachNewThread {
            do {
                _ = try first.pull(plan, isStopped: { isStopped.value })
                outcome.change { $0 = "done" }
            } catch { outcome.change { $0 = "\(error)" } }
            isOver.signal()
        }
        while second.unfinished.first?.bytesThere != 1000 { usleep(2000) }
        #expect(second.unfinished.first?.isRunning == true)
        #expect(throws: DownloadError.running(name: "tiny-Q4_K_M")) { try second.get("a/b") }
        let pull = try #require(second.unfinished.first)
        #expect(throws: DownloadError.running(name: "tiny-Q4_K_M")) { try second.discard(pull) }
        isStopped.change { $0 = true }
        isOver.wait()
        #expect(outcome.value == "Stopped.")
        try second.get("a/b")
        #expect(place.bytes(name) == bytes)
    }

    // H19
    @Test func `is not followed from https to http, in circles, or to no address`() throws {
        var trail = RedirectTrail(try #require(WebAddress("https://a.example/x")))
        let head = { (location: String) in HTTPHead(status: 302, headers: [HTTPHeader("Location", location)]) }
        try trail.follow(head("/y"))
        #expect(trail.address.text == "https://a.example/y")
        #expect(throws: DownloadError.redirectedToHTTP(host: "a.example")) {
            try trail.follow(head("http://b.example/"))
        }
        #expect(throws: DownloadError.redirectedInCircles(host: "a.example")) { try trail.follow(head("/x")) }
        for location in ["ftp://b.example/x", "file:///etc/passwd", "https://"] {
            #expect(throws: DownloadError.invalidRedirect(host: "a.example"), "\(location)") {
                try trail.follow(head(location))
            }
        }

        let hub = try hub {
            $0.onHub = { request, reply, _, _ in
                guard request.path.contains("/resolve/") else { return false }
                let next = "\(request.path)x"
                reply.answer("302 Found", ["X-Repo-Commit: \(FakeHub.commit)", "Location: \(next)"], body: "")
                return true
            }
        }
        let place = try Place()
        #expect(throws: DownloadError.redirectedInCircles(host: "127.0.0.1")) { try place.downloads(hub).get("a/b") }
        #expect(hub.hub.requests.count == 2 + 6, "five redirections are followed")
        #expect(place.names == nil)
    }

    @Test func `is refused if it is longer than announced`() throws {
        let hub = try hub {
            $0.onBytes = { _, reply, bytes, _ in
                reply.send("HTTP/1.1 200 OK\r\n\r\n")
                reply.send(bytes + [1])
                return true
            }
        }
        let place = try Place()
        #expect(throws: DownloadError.tooLong(file: name, bytes: bytes.count)) { try place.downloads(hub).get("a/b") }
        #expect(place.names == nil)
    }

    @Test func `is removed if it is no model`() throws {
        let hub = try FakeHub([("x.gguf", [UInt8](repeating: 7, count: 1000))])
        let place = try Place()
        #expect(throws: DownloadError.refused(name: "x", reason: "It is no model.")) {
            try place.downloads(hub).get("a/b")
        }
        #expect(place.names == nil)
    }

    @Test func `goes on after a stop, as another process would, and the sum covers both parts`() throws {
        let hub = try hub { $0.onBytes = twist([1: { $1.giveBeginning(100_000, of: $2) }]) }
        let place = try Place()
        try stop(place.downloads(hub), after: 100_000)
        let left = try #require(place.downloads(hub).unfinished.first)
        #expect(left.reference == "a/b" && left.name == "tiny-Q4_K_M" && !left.isRunning)
        #expect(left.bytesThere == 100_000 && left.totalBytes == 300_000)
        let plan = try place.downloads(hub).plan(ModelReference("a/b"))
        #expect(plan.bytesThere == 100_000 && plan.neededBytes == 210_000)
        var phases: [JobProgress.Phase] = []
        _ = try place.downloads(hub).pull(plan, report: { if phases.last != $0.phase { phases.append($0.phase) } })
        #expect(phases == [.verifying, .downloading])
        #expect(hub.gets.last?.header("range") == "bytes=100000-")
        #expect(place.bytes(name) == bytes)
        #expect(place.names == [ModelManifest.fileName, name])
    }

    @Test func `is right even if the bytes of the earlier part were damaged`() throws {
        let hub = try hub { $0.onBytes = twist([1: { $1.giveBeginning(100_000, of: $2) }]) }
        let place = try Place()
        try stop(place.downloads(hub), after: 100_000)
        try place.put(".partial/\(sha256(bytes)).part", [UInt8](repeating: 0, count: 100_000))
        try place.downloads(hub).get("a/b")
        #expect(place.bytes(name) == bytes)
        #expect(hub.gets.map { $0.header("range") } == [nil, "bytes=100000-", nil])
    }

    @Test func `leaves nothing if what is left of it is discarded`() throws {
        let hub = try hub { $0.onBytes = twist([1: { $1.giveBeginning(100_000, of: $2) }]) }
        let place = try Place()
        let downloads = place.downloads(hub)
        try stop(downloads, after: 100_000)
        try downloads.discard(#require(downloads.unfinished.first))
        #expect(place.names ?? [] == [])
        #expect(downloads.unfinished == [])
    }

    @Test func `leaves nothing if it is stopped before its first byte`() throws {
        let hub = try hub {
            $0.onBytes = { _, reply, _, _ in
                reply.pause(5); return true
            }
        }
        let place = try Place()
        let downloads = place.downloads(hub)
        let plan = try downloads.plan(ModelReference("a/b"))
        #expect(throws: DownloadError.stopped) {
            _ = try downloads.pull(plan, isStopped: { !hub.gets.isEmpty })
        }
        #expect(place.names == nil)
    }

    @Test func `reports its bytes, its rate and the time left, and not too often`() throws {
        let hub = try hub {
            $0.onBytes = { _, reply, bytes, _ in
                reply.send("HTTP/1.1 200 OK\r\nContent-Length: \(bytes.count)\r\n\r\n")
                for start in stride(from: 0, to: bytes.count, by: 10_000) {
                    reply.send(Array(bytes[start..<start + 10_000]))
                    reply.pause(0.02)
                }
                return true
            }
        }
        let place = try Place()
        var reports: [JobProgress] = []
        let start = ContinuousClock.now
        try place.downloads(hub).get("a/b", report: { reports.append($0) })
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        #expect(reports.count >= 3 && Double(reports.count) <= seconds * 10 + 3)
        #expect(reports.allSatisfy { $0.phase == .downloading && $0.unit == .bytes && $0.total == bytes.count })
        #expect(zip(reports, reports.dropFirst()).allSatisfy { $0.done <= $1.done })
        #expect(reports.last?.done == bytes.count)
        #expect(reports.contains { ($0.perSecond ?? 0) > 50_000 && ($0.secondsLeft ?? -1) > 0 })
    }

    /// Stops a pull when so many bytes are there.
    private func stop(_ downloads: ModelDownloads, after count: Int) throws {
        #expect(throws: DownloadError.stopped) {
            try downloads.get("a/b", isStopped: { downloads.unfinished.first?.bytesThere == count })
        }
        #expect(downloads.unfinished.first?.bytesThere == count)
    }
}
