// Training runs in processes of their own: started, seen, held by a draft, stopped, resumed.

import Foundation
import Testing

/// A home with a tokenizer of the 256 bytes, a few rows, and a recipe for a tiny model.
private struct TrainingHome {
    let home: Home

    init() throws {
        home = try Home()
        let lines = (0..<24).map { "{\"text\": \"row \($0) of \($0 * $0) small rows\"}" }
        try home.write(lines.joined(separator: "\n"), to: "rows.jsonl")
        let made = try home.run(
            "tokenizer", "train", "rows.jsonl", "--vocab", "257", "--special", "<|endoftext|>", "-O", "tokenizer.json")
        try #require(made.status == 0, "\(made.error)")
    }

    /// - Parameter steps: the number of updates.
    func writeRecipe(steps: Int, batch: Int = 4, more: String = "") throws {
        try home.write(
            """
            model: {hidden_size: 32, num_hidden_layers: 1, num_attention_heads: 2, num_key_value_heads: 1, \
            max_position_embeddings: 64}
            tokenizer: tokenizer.json
            data: rows.jsonl
            batch: \(batch)
            max_steps: \(steps)
            \(more)
            """, to: "recipe.yaml")
    }

    func status(_ folder: String = "out") throws -> [String: Any] {
        try home.run("train", "status", folder, "--json").json
    }

    /// Asks how the run stands until something holds.
    /// - Throws: if that never comes, which only a hung run does.
    func wait(
        _ folder: String = "out", for what: String, _ holds: ([String: Any]) -> Bool
    ) throws -> [String: Any] {
        let end = ContinuousClock.now + .seconds(600)
        while true {
            let status = try status(folder)
            if holds(status) { return status }
            try #require(ContinuousClock.now < end, "no run that \(what): \(status)")
            usleep(50_000)
        }
    }

    func state(_ status: [String: Any]) -> String { status["state"] as? String ?? "" }
    func step(_ status: [String: Any]) -> Int { status["step"] as? Int ?? -1 }
}

/// The tests wait for processes, so they run on a thread of their own.
func onThread(_ body: @escaping @Sendable () throws -> Void) async throws {
    try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
    }
}

@Suite struct `A run in the background` {
    /// More updates than any machine makes during a test.
    private static let endless = 50_000_000

    @Test func `goes on when its command has ended, is listed, and stops with a checkpoint to go on from`() async throws
    {
        try await onThread {
            let training = try TrainingHome()
            let home = training.home
            try training.writeRecipe(steps: Self.endless, more: "log_steps: 10")
            let started = try home.run("train", "recipe.yaml", "-O", "out", "--background")
            try #require(started.status == 0, "\(started.error)")
            #expect(started.output.hasPrefix("The run goes on in the background in process "))
            #expect(started.output.contains("copydesk train stop out"))
            #expect(started.error.contains("24 rows with"), "\(started.error)")
            let going = try training.wait(for: "has made updates") { training.step($0) > 0 }
            #expect(["running", "paused"].contains(training.state(going)))

            // Its process leads a session of its own, with the lowest priority, and holds no terminal.
            let words = try #require(started.output.firstMatch(of: #/in process (\d+)/#))
            let facts = try String(contentsOfFile: "/proc/\(words.1)/stat", encoding: .utf8)
            let fields = facts.split(separator: ")").last?.split(separator: " ").map(String.init) ?? []
            try #require(fields.count > 16)
            #expect(fields[3] == String(words.1) && fields[16] == "19" && fields[4] == "0", "\(facts)")

            let again = try home.run("train", "recipe.yaml", "-O", "out", "--background", "--resume")
            #expect(again.status == 1 && again.error.contains("Another process trains in"), "\(again.error)")

            let listed = try home.run("train", "status", "--json").objects("runs")
            #expect(listed.map { $0["folder"] as? String } == [home.path("out")])

            let stopped = try home.run("train", "stop", "out", "--json")
            try #require(stopped.status == 0, "\(stopped.error)")
            let end = try stopped.json
            #expect(training.state(end) == "stopped")
            #expect((end["checkpoints"] as? [Int])?.last ?? 0 >= training.step(going))
            let output = try String(contentsOfFile: home.path("out/output.txt"), encoding: .utf8)
            #expect(output.contains("checkpoint") && !output.contains("\u{1B}"))
            let nothing = try home.run("train", "stop", "out")
            #expect(
                nothing.status == 1
                    && nothing.error.contains("The run in out is not going on, so there is nothing to stop."))
        }
    }

    @Test func `says here what is wrong, and starts nothing`() async throws {
        try await onThread {
            let training = try TrainingHome()
            let home = training.home
            try training.writeRecipe(steps: 3, batch: 25)
            let nothing = try home.run("train", "recipe.yaml", "-O", "out", "--background")
            #expect(
                nothing.status == 1 && nothing.output == "" && nothing.error.contains("fewer than the 25 of a batch"))
            #expect(!FileManager.default.fileExists(atPath: home.path("out")))
            let missing = try home.run("train", "none.yaml", "-O", "out", "--background")
            #expect(missing.status == 1 && missing.error.contains("none.yaml"), "\(missing.error)")
            #expect(try home.run("train", "status", "--json").objects("runs").isEmpty)
            try home.write("mine", to: "taken/notes.txt")
            try training.writeRecipe(steps: 3)
            let taken = try home.run("train", "recipe.yaml", "-O", "taken", "--background")
            #expect(taken.status == 1 && taken.error.contains("has files that are not of a training run"))
        }
    }

    @Test func `ends by itself with its results and its words in a file`() async throws {
        try await onThread {
            let training = try TrainingHome()
            try training.writeRecipe(steps: 3)
            let started = try training.home.run("train", "recipe.yaml", "-O", "out", "--background", "--json")
            try #require(started.status == 0, "\(started.error)")
            #expect(try started.json["steps"] as? Int == 3)
            _ = try training.wait(for: "is finished") { training.state($0) == "finished" }
            #expect(FileManager.default.fileExists(atPath: training.home.path("out/final.gguf")))
        }
    }

    @Test func `waits while a draft is written, goes on after it, and can be stopped while it waits`() async throws {
        try await onThread {
            let training = try TrainingHome()
            let home = training.home
            try training.writeRecipe(steps: Self.endless, more: "log_steps: 1")
            // What a command does that writes with a local model, for as long as the test wants.
            func hold() throws -> Int32 {
                try FileManager.default.createDirectory(
                    atPath: home.path("data"), withIntermediateDirectories: true)
                let descriptor = open(home.path("data/writing.lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
                var range = flock()
                range.l_type = Int16(F_RDLCK)
                try #require(descriptor >= 0 && fcntl(descriptor, 37, &range) == 0)
                return descriptor
            }
            let first = try hold()
            let started = try home.run("train", "recipe.yaml", "-O", "out", "--background")
            try #require(started.status == 0, "\(started.error)")
            let paused = try training.wait(for: "is paused") { training.state($0) == "paused" }
            #expect(training.step(paused) == 0, "no update is made before the draft is written")
            #expect(try home.run("train", "status", "out").output.contains("paused while a draft is written"))
            close(first)
            let going = try training.wait(for: "goes on") { training.step($0) > 0 }
            let second = try hold()
            let stopped = try home.run("train", "stop", "out", "--json")
            try #require(stopped.status == 0, "\(stopped.error)")
            #expect(training.state(try stopped.json) == "stopped")
            #expect((try stopped.json["checkpoints"] as? [Int])?.last ?? 0 >= training.step(going))
            close(second)
        }
    }
}
