// Runs the program as its users do: the built executable, in a folder of its own, with its own data and settings.

import Foundation
import Testing

/// The executable under test: it is built beside the test bundle.
let executable = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "copydesk")

/// The output of a run of the program.
struct Run {
    var status: Int32
    var output: String
    var error: String

    /// Standard output as a JSON object.
    var json: [String: Any] {
        get throws {
            let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
            return try #require(value as? [String: Any], "no JSON object: \(output) \(error)")
        }
    }

    /// An array of objects under a key of the JSON output.
    func objects(_ key: String) throws -> [[String: Any]] {
        try #require(try json[key] as? [[String: Any]], "no array '\(key)': \(output)")
    }
}

/// A home for the program that nothing else uses, removed with the value.
final class Home {
    let folder: URL
    var environment: [String: String]

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "copydesk-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        environment = ProcessInfo.processInfo.environment
        environment["COPYDESK_DATA"] = folder.appending(path: "data").path
        environment["COPYDESK_CONFIG"] = folder.appending(path: "config").path
        environment["LANG"] = "C.UTF-8"
        environment["TZ"] = "UTC"
        environment["NO_COLOR"] = nil
        // What other programs keep and where the network leads is the machine's; a test sets its own.
        environment["HOME"] = folder.appending(path: "home").path
        for name in [
            "HF_HOME", "HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME", "LLAMA_CACHE", "OLLAMA_MODELS",
            "HF_ENDPOINT", "HF_TOKEN", "HF_TOKEN_PATH", "HF_HUB_OFFLINE", "http_proxy", "https_proxy", "all_proxy",
        ] { environment[name] = nil }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String) -> String { folder.appending(path: name).path }

    func write(_ text: String, to name: String) throws {
        let file = folder.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func run(_ arguments: String..., input: String = "") throws -> Run { try run(arguments, input: input) }

    /// - Parameter meanwhile: called with the process while it runs.
    func run(_ arguments: String..., meanwhile: (Process) throws -> Void) throws -> Run {
        try run(arguments, meanwhile: meanwhile)
    }

    func run(
        _ arguments: [String], program: URL = executable, input: String = "",
        meanwhile: (Process) throws -> Void = { _ in }
    ) throws -> Run {
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = folder
        // Files, not pipes: no output can fill up while another is read.
        let names = ["in", "out", "err"].map { folder.appending(path: "run-\(UUID().uuidString).\($0)") }
        try Data(input.utf8).write(to: names[0])
        for name in names.dropFirst() { try Data().write(to: name) }
        process.standardInput = try FileHandle(forReadingFrom: names[0])
        process.standardOutput = try FileHandle(forWritingTo: names[1])
        process.standardError = try FileHandle(forWritingTo: names[2])
        try process.run()
        try meanwhile(process)
        process.waitUntilExit()
        defer { for name in names { try? FileManager.default.removeItem(at: name) } }
        return Run(
            status: process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus,
            output: String(decoding: try Data(contentsOf: names[1]), as: UTF8.self),
            error: String(decoding: try Data(contentsOf: names[2]), as: UTF8.self))
    }
}
