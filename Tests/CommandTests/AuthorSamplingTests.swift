// The sampling options of a model's author, as commands and the studio use them.

import Foundation
import Testing

/// The built-in model in a file with more keys.
private func model(with keys: [(name: String, type: UInt32, value: [UInt8])]) throws -> Data {
    func number(_ value: some FixedWidthInteger) -> [UInt8] {
        (0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
    func text(_ text: String) -> [UInt8] { number(UInt64(text.utf8.count)) + Array(text.utf8) }
    var added = keys.flatMap { text($0.name) + number($0.type) + $0.value }
    // A last key fills them up to 32 bytes, so that the weights stay where they are.
    let head = text("filler") + number(UInt32(8))
    let rest = (32 - (added.count + head.count + 8) % 32) % 32
    added += head + text(String(repeating: "x", count: rest))
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
    var bytes = Array(try Data(contentsOf: root.appending(path: "Sources/CEmbed/built-in.gguf")))
    let count = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[16 + $1]) << (8 * $1) }
    bytes.replaceSubrange(16..<24, with: number(count + UInt64(keys.count) + 1))
    bytes.insert(contentsOf: added, at: 24)
    return Data(bytes)
}

private func float(_ value: Float) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> ($0 * 8)) }
}

private func home() throws -> Home {
    let home = try Home()
    let folder = URL(filePath: home.path("data/models"))
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try model(with: [
        ("general.sampling.temp", 6, float(0.3)), ("general.sampling.top_k", 4, [5, 0, 0, 0]),
        ("general.sampling.top_p", 6, float(0.9)), ("general.sampling.penalty_repeat", 6, float(1.2)),
        ("general.sampling.min_p", 6, float(9)),
    ]).write(to: folder.appending(path: "authored.gguf"))
    return home
}

@Suite struct `The sampling that a model's author recommends` {
    @Test func `is used below the settings and the template, and said by inspect`() throws {
        let home = try home()
        try home.write("sampling: {top_k: 7}\n", to: "config/config.yaml")
        try home.write("---\nname: Mine\nsampling: {top_p: 0.5}\n---\nWrite.\n", to: "config/templates/mine.md")
        let run = try home.run("inspect", "prompt", "mine", "-m", "authored", "-o", "min_p=0.1")
        #expect(
            run.error == """
                temperature: 0.3 (model file)
                top_p: 0.5 (template)
                top_k: 7 (sampling in config.yaml)
                min_p: 0.1 (command line)
                repetition_penalty: 1.2 (model file)
                tidy: "on" (template)

                """)
        let origins = try home.run("inspect", "prompt", "mine", "-m", "authored", "--json").objects("options")
        #expect(origins.first?["origin"] as? String == "author")
    }

    @Test func `is kept with the drafts, and the built-in model has none`() throws {
        let home = try home()
        func options(_ model: String) throws -> [String: Any] {
            let run = try home.run(
                "generate", "--prompt", "Tea.", "-n", "1", "--seed", "1", "--json", "-o", "max_tokens=2", "-m", model)
            let generation = try #require(try run.json["generation"] as? [String: Any], "\(run.error)")
            return try #require(generation["options"] as? [String: Any])
        }
        let authored = try options("authored")
        #expect(authored["temperature"] as? Double == 0.3 && authored["top_k"] as? Int == 5)
        #expect(authored["repetition_penalty"] as? Double == 1.2 && authored["min_p"] as? Double == 0)
        #expect(try options("built-in")["temperature"] as? Double == 0.7)
    }

    @Test func `is printed by models show, which says what does not count`() throws {
        let home = try home()
        let run = try home.run("models", "show", "authored")
        #expect(
            run.status == 0
                && run.output.contains(
                    "sampling       temperature 0.3, top_p 0.9, top_k 5, repetition_penalty 1.2\n"),
            "\(run.output)")
        #expect(
            run.error
                == "copydesk: \(home.path("data/models/authored.gguf")): general.sampling.min_p is 9, and min_p takes a "
                + "number from 0 to 1. The value is passed over.\n")
        let json = try home.run("models", "show", "authored", "--json").json["model"] as? [String: Any]
        #expect((json?["sampling"] as? [String: Any])?["top_k"] as? Int == 5)
        #expect(try !home.run("models", "show", "built-in").output.contains("sampling"))
    }
}

@Suite(.enabled(if: tmuxPath != nil, "tmux is not installed"), .serialized)
struct `The author's sampling in the studio` {
    @Test func `is what a form begins with`() throws {
        let home = try home()
        try home.write("model: authored\n", to: "config/config.yaml")
        let studio = try StudioSession(home: home, rows: 30, columns: 150)
        try studio.wait(for: "authored")
        try studio.press("f")
        try studio.wait(for: "temp 0.3")
    }

    @Test func `comes to an open form with another model, and goes with it`() throws {
        let home = try home()
        let studio = try StudioSession(home: home, rows: 30, columns: 150)
        try studio.wait(for: "built-in")
        try studio.press("f")
        try studio.wait(for: "temp 0.7")
        for (model, temperature) in [("authored", "temp 0.3"), ("built-in", "temp 0.7")] {
            try studio.press("F2")
            try studio.wait(for: "Models")
            try studio.press(model == "authored" ? "Down" : "Up", "Enter")
            try studio.wait(for: temperature)
        }
    }
}
