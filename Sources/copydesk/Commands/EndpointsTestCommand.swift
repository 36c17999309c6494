import ArgumentParser
import Endpoints
import Foundation
import Generation

/// Tries a server step by step.
struct EndpointsTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Try a server: its address, its key, its models, and one token of text.",
        discussion: """
            Exit status 1 if no text can be written with it. JSON: {"endpoint", "url", "server", "models", "model", \
            "firstTokenSeconds", "usable", "steps": [{"name", "ok", "sentence"}, …]}; "ok" is null for a step that was not \
            tried.
            """)

    @OptionGroup var shared: SharedOptions
    @Argument(help: "The server's name, or ENDPOINT/MODEL to write with this model.") var name: String
    @Flag(help: "Print JSON.") var json = false

    struct Report: Encodable {
        var check: EndpointCheck

        private enum Key: CodingKey { case endpoint, url, server, models, model, firstTokenSeconds, usable, steps }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(check.endpoint, forKey: .endpoint)
            try container.encode(check.url, forKey: .url)
            try container.encode(check.server, forKey: .server)
            try container.encode(check.models, forKey: .models)
            try container.encode(check.model, forKey: .model)
            try container.encode(check.firstTokenSeconds, forKey: .firstTokenSeconds)
            try container.encode(check.isUsable, forKey: .usable)
            try container.encode(check.steps.map(Step.init), forKey: .steps)
        }
    }

    struct Step: Encodable {
        var step: EndpointCheck.Step

        init(_ step: EndpointCheck.Step) { self.step = step }

        private enum Key: CodingKey { case name, ok, sentence }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(step.name, forKey: .name)
            try container.encode(step.ok, forKey: .ok)
            try container.encode(step.sentence, forKey: .sentence)
        }
    }

    func run() throws {
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        let endpoint = try shared.endpoint(named: parts.first ?? name)
        let stopSignal = StopSignal()
        let interrupts = InterruptWatch(stopSignal: stopSignal)
        defer { interrupts.cancel() }
        let key = try shared.keyLookup.key(endpoint)
        Console.showProgress("asking \(endpoint.name)")
        let check = EndpointCheck.run(endpoint, key: key, model: parts.count > 1 ? parts[1] : nil) {
            stopSignal.isRaised
        }
        Console.clearProgress()
        if stopSignal.isRaised { throw Interrupted() }
        if json {
            try Console.printJSON(Report(check: check))
        } else {
            try Console.print("\(check.endpoint): \(check.url)" + (check.server.map { ", \($0)" } ?? ""))
            for step in check.steps {
                let mark = step.ok.map { $0 ? "✓" : "✗" } ?? "–"
                try Console.print("\(mark) \(Self.label(of: step.name)): \(step.sentence)")
            }
            if !check.isUsable, let hint = hint(check, endpoint) { Console.printError("copydesk: \(hint)") }
        }
        if !check.isUsable { throw ExitCode(ExitStatus.failed) }
    }

    private static func label(of name: EndpointCheck.StepName) -> String {
        switch name {
        case .reachable: "address"
        case .key: "key"
        case .models: "models"
        case .generation: "writing"
        }
    }

    /// The command that helps with the first step that failed.
    private func hint(_ check: EndpointCheck, _ endpoint: EndpointSettings) -> String? {
        let failed = check.steps.first { $0.ok == false && $0.name != .models } ?? check.steps.first { $0.ok == false }
        switch failed?.name {
        case .key:
            let source = endpoint.keyVariable.map { "The key comes from $\($0) or keys.json. " } ?? ""
            return source + "Set it with: copydesk keys set \(endpoint.name)"
        case nil where check.model == nil: return "Name a model: copydesk endpoints test \(endpoint.name)/MODEL"
        case .reachable, .models, .generation, nil: return nil
        }
    }
}
