import ArgumentParser
import Endpoints
import Foundation
import Generation
import Models
import Settings

/// The servers that write drafts.
struct EndpointsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "endpoints",
        abstract: "List, add, remove and test servers that write drafts.",
        discussion: """
            copydesk endpoints add local http://127.0.0.1:8080/v1
            copydesk endpoints add openai https://api.openai.com/v1 --key-env OPENAI_API_KEY
            copydesk endpoints test local
            copydesk generate --prompt "Hi" -m local/MODEL

            They stand in config.yaml, as `endpoints`; docs/servers.md explains them. Keys: copydesk keys.
            """,
        subcommands: [List.self, Add.self, Remove.self, EndpointsTestCommand.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the servers and where their keys come from.",
            discussion: """
                JSON: {"endpoints": [{"name", "url", "key", "key_env", …}, …]}; "key" is "environment", "keys.json" or \
                null, and never the key. Of headers and extra fields the names are shown alone.
                """)

        @OptionGroup var shared: SharedOptions
        @Flag(help: "Print JSON.") var json = false

        struct Report: Encodable {
            struct Item: Encodable {
                var endpoint: EndpointSettings
                var key: KeyOrigin?

                private enum Key: CodingKey { case key }

                func encode(to encoder: any Encoder) throws {
                    try EndpointFacts(endpoint).encode(to: encoder)
                    var container = encoder.container(keyedBy: Key.self)
                    try container.encode(key?.rawValue, forKey: .key)
                }
            }

            var endpoints: [Item]
        }

        func run() throws {
            let endpoints = shared.endpoints
            let keys = shared.keyOrigins(of: endpoints)
            if json {
                return try Console.printJSON(
                    Report(endpoints: endpoints.map { .init(endpoint: $0, key: keys[$0.name]) }))
            }
            if endpoints.isEmpty {
                return Console.printError(
                    "No endpoint is set up. Add one with: copydesk endpoints add local http://127.0.0.1:8080/v1")
            }
            let width = endpoints.map(\.name.count).max() ?? 0
            for endpoint in endpoints {
                let name = endpoint.name + String(repeating: " ", count: width - endpoint.name.count)
                try Console.print("\(name)  \(endpoint.url)  (\(Self.key(of: endpoint, keys[endpoint.name])))")
            }
        }

        /// Where the key comes from, in words.
        static func key(of endpoint: EndpointSettings, _ origin: KeyOrigin?) -> String {
            switch (origin, endpoint.keyVariable) {
            case (.environment, let variable?): "key from $\(variable)"
            case (.file?, _): "key from keys.json"
            case (_, let variable?): "no key: $\(variable) is not set"
            default: "no key"
            }
        }
    }

    struct Add: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Add a server to config.yaml.",
            discussion: "Comments and everything else in the file stay as they are.")

        @OptionGroup var shared: SharedOptions
        @Argument(help: "A name of your own: letters, digits, '-', '_' and '.'.") var name: String
        @Argument(help: "The address, as http://127.0.0.1:8080/v1.") var url: String
        @Option(help: ArgumentHelp("The environment variable that has the key.", valueName: "variable"))
        var keyEnv: String?
        @Option(help: ArgumentHelp("A PEM file with the authorities that count.", valueName: "file")) var caFile:
            String?
        @Flag(help: "Take any certificate. Then somebody in between can read and change everything.") var insecure =
            false
        @Option(
            help: ArgumentHelp("A header of each request; it stands in config.yaml.", valueName: "name=value"))
        var header: [KeyValue] = []
        @Option(
            parsing: .unconditional, help: "How many requests may be open at once.", transform: NumberArgument.whole)
        var parallel: Int?
        @Flag(help: "Ask for all variants in one request, as n.") var useN = false
        @Option(help: ArgumentHelp("How prompts are sent: auto, chat or completions.", valueName: "style"))
        var style: String?
        @Flag(help: "Use the environment's proxies for this machine too.") var proxyLoopback = false
        @Option(help: ArgumentHelp("How long to wait: \(TimeoutArguments.help)", valueName: "name=seconds"))
        var timeout: [KeyValue] = []

        func validate() throws {
            if let problem = EndpointRules.problem(ofName: name) ?? EndpointRules.problem(ofAddress: url)
                ?? keyEnv.flatMap(EndpointRules.problem(ofKeyVariable:))
                ?? header.lazy.compactMap({ EndpointRules.problem(ofHeader: $0.key, value: $0.value) }).first
            {
                throw ValidationError(problem.replacing("'key_env' takes", with: "--key-env takes"))
            }
            if let parallel, !(1...64).contains(parallel) {
                throw ValidationError("--parallel takes a number from 1 to 64, and \(parallel) is not one.")
            }
            if let style, EndpointSettings.Style(rawValue: style) == nil {
                throw ValidationError("--style is auto, chat or completions, and '\(style)' is none of them.")
            }
            _ = try endpoint()
        }

        private func endpoint() throws -> EndpointSettings {
            var endpoint = EndpointSettings(name: name, url: url)
            endpoint.keyVariable = keyEnv
            endpoint.authorityFile = caFile.map(TextFile.absolute)
            endpoint.isInsecure = insecure
            endpoint.headers = try header.dictionary(option: "--header")
            endpoint.parallelRequests = parallel ?? endpoint.parallelRequests
            endpoint.usesN = useN
            endpoint.style = style.flatMap(EndpointSettings.Style.init) ?? .auto
            endpoint.proxiesLoopback = proxyLoopback
            try TimeoutArguments.apply(timeout, to: &endpoint.timeouts)
            return endpoint
        }

        func run() throws {
            if shared.endpoints.contains(where: { $0.name == name }) {
                throw Failure(
                    "There is an endpoint '\(name)' already. Choose another name, or remove it first with: "
                        + "copydesk endpoints remove \(name)")
            }
            let endpoint = try endpoint()
            try SettingsFile.change(shared.paths.settings) { try $0.adding(endpoint) }
            if insecure {
                Console.printError(
                    "copydesk: Certificates of '\(name)' are not checked, so its key and texts can be read on the way.")
            }
            Console.printError("Try it with: copydesk endpoints test \(name)")
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove",
            abstract: "Remove a server from config.yaml. Its key stays; see: copydesk keys remove")

        @OptionGroup var shared: SharedOptions
        @Argument(help: "The server's name.") var name: String

        func run() throws {
            var isRemoved = false
            if shared.installation.settings.isThere {
                try SettingsFile.change(shared.paths.settings) { editor in
                    guard let text = try editor.removingEndpoint(named: name) else { return editor.source }
                    isRemoved = true
                    return text
                }
            }
            if !isRemoved { _ = try shared.endpoint(named: name) }
            if (try? shared.keyFile.names().contains(name)) == true {
                Console.printError(
                    "copydesk: Its key is still in keys.json. Remove it with: copydesk keys remove \(name)")
            }
        }
    }
}

/// Where the key of a server comes from.
enum KeyOrigin: String {
    case environment
    case file = "keys.json"
}

extension SharedOptions {
    /// Where the keys of servers come from, by the servers' names. A file of keys that cannot be read is said once.
    func keyOrigins(of endpoints: [EndpointSettings]) -> [String: KeyOrigin] {
        let lookup = keyLookup
        var origins: [String: KeyOrigin] = [:]
        var failure: String?
        for endpoint in endpoints {
            do {
                switch try lookup.find(endpoint)?.origin {
                case .variable: origins[endpoint.name] = .environment
                case .file: origins[endpoint.name] = .file
                case nil: break
                }
            } catch {
                failure = Console.sentence(of: error)
            }
        }
        if let problem = failure ?? keyFile.warning { Console.printError("copydesk: \(problem)") }
        return origins
    }
}
