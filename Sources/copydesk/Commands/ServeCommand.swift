import ArgumentParser
import Files
import Foundation
import Generation
import Models
import Serving

/// Answers other programs in the manner of OpenAI's API.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Let other programs use a model, by OpenAI's API.",
        discussion: """
            copydesk serve
            copydesk serve -m qwen2.5-coder-0.5b-q4 --port 9000
            COPYDESK_KEY=… copydesk serve --host 0.0.0.0 --key-env COPYDESK_KEY

            Editors, chat programs and scripts take http://127.0.0.1:8080/v1 as their base URL; any key will do unless \
            --key-env sets one. The server has chat completions, completions and the list of models. It answers one \
            request after another, and programs on other machines only with --host. Of config.yaml it uses the model and \
            its sampling options. Nothing that it reads or writes is kept, in the store or elsewhere. Ctrl-C ends it.
            """)

    @OptionGroup var shared: SharedOptions
    @Option(
        parsing: .unconditional, help: "The port to listen at; 0 takes a free one.", transform: NumberArgument.whole)
    var port = 8080
    @Option(
        help: ArgumentHelp(
            "Listen at this address of the machine, 0.0.0.0 for all (default: 127.0.0.1). Others need --key-env.",
            valueName: "address"))
    var host: String?
    @Option(
        help: ArgumentHelp(
            "The environment variable with the key that clients have to send.", valueName: "variable"))
    var keyEnv: String?

    func validate() throws {
        guard UInt16(exactly: port) != nil else {
            throw ValidationError("--port takes a number from 0 to \(UInt16.max), and \(port) is not one.")
        }
        if let host, host.isEmpty { throw ValidationError("--host takes an address, such as 0.0.0.0.") }
    }

    func run() throws {
        let settings = ServerSettings(host: host, port: UInt16(exactly: port) ?? 0, key: try key())
        // What clients send is theirs: not even the state of their prompts goes to the disk.
        let generators = Generators(
            library: shared.modelLibrary, endpoints: shared.endpointBook(), threadCount: shared.threadCount,
            prefixFolder: nil, activity: ActivityFile(path: shared.paths.writing))
        let stopSignal = StopSignal()
        let interrupts = InterruptWatch(stopSignal: stopSignal)
        defer { interrupts.cancel() }
        let server = try ModelServer(settings, models: models(generators), stopping: stopSignal)
        let name = try shared.namingSettings { try server.openModel() }
        Console.printError("Listening on \(server.url) · model \(name)")
        server.run()
        throw Interrupted()
    }

    private func models(_ generators: Generators) -> ServedModels {
        let asked = shared.model
        let library = shared.modelLibrary
        let served = library.name(of: asked)
        return ServedModels(served: served, names: { library.usableNames }) { [shared] name in
            let path = name == served ? asked : name
            let generator = try generators.open(path)
            let sampling = shared.samplingSettings(forModel: path, author: generator.authorSampling)
            let maxTokens = sampling.settled.contains { $0.name == "max_tokens" } ? sampling.options.maxTokens : nil
            return ServedModel(generator: generator, sampling: sampling.options, maxTokens: maxTokens)
        }
    }

    /// The key that clients have to send; `nil` if none is asked for.
    private func key() throws -> String? {
        guard let keyEnv else { return nil }
        guard let key = ProcessInfo.processInfo.environment[keyEnv], !key.isEmpty else {
            throw ValidationError("The environment variable \(keyEnv) is not set or empty. Put the key into it.")
        }
        return key
    }
}

extension ServingError: HintedError {
    var hint: String? {
        switch self {
        case .portTaken, .portForbidden: "--port N chooses it."
        case .unknownHost: "--host takes it."
        case .needsKey: "--key-env VARIABLE names an environment variable with the key."
        case .cannotListen: nil
        }
    }
}
