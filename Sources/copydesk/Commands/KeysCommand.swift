import ArgumentParser
import Endpoints
import Foundation
import Generation
import Settings

/// The keys of the servers.
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Set, list and remove the keys of servers.",
        discussion: """
            copydesk keys set openai                 asks for the key and does not show it
            pass show openai | copydesk keys set openai

            Keys stand in keys.json of the config folder, which its owner alone may read. They are sent to the address of \
            their endpoint and nowhere else, and no command shows them. If the variable of --key-env is set, its key counts.
            """,
        subcommands: [Set.self, List.self, Remove.self],
        defaultSubcommand: List.self)

    struct Set: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set",
            abstract: "Keep the key of a server: asked for on the terminal, or read from standard input.")

        @OptionGroup var shared: SharedOptions
        @Argument(help: "The server's name, as `endpoints list` shows it.") var name: String
        // Taken so that the parser's own sentence does not repeat it.
        @Argument(parsing: .allUnrecognized, help: .hidden) var key: [String] = []

        func validate() throws {
            guard key.isEmpty else {
                throw ValidationError(
                    "A key is no argument, because other users and the history of the shell could see it. "
                        + "Give the name alone; then the key is asked for, or read from standard input.")
            }
        }

        func run() throws {
            let endpoint = try shared.endpoint(named: name)
            let key: String
            if Console.inputIsTerminal {
                guard let answer = Question.secret("Key of \(endpoint.name): ") else {
                    throw Failure("No key was given, so nothing was stored.")
                }
                key = answer
            } else {
                key = try Console.readInput()
            }
            try shared.keyFile.set(key, for: endpoint.name, origin: ServerAddress(endpoint.url).origin)
            if let variable = endpoint.keyVariable, ProcessInfo.processInfo.environment[variable]?.isEmpty == false {
                Console.printError("copydesk: $\(variable) is set too, and comes before keys.json.")
            }
            if let warning = shared.keyFile.warning { Console.printError("copydesk: \(warning)") }
            Console.printError("The key of \(endpoint.name) is kept in \(shared.keyFile.path).")
        }
    }

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the names that have a key, and where it is. Keys are never shown.",
            discussion: """
                JSON: {"keys": [{"name", "from", "isEndpoint"}, …]}, with "environment" or "keys.json".
                """)

        @OptionGroup var shared: SharedOptions
        @Flag(help: "Print JSON.") var json = false

        struct Report: Encodable {
            struct Key: Encodable {
                var name: String
                var from: String
                var isEndpoint: Bool
            }

            var keys: [Key]
        }

        func run() throws {
            let endpoints = shared.endpoints
            var origins = shared.keyOrigins(of: endpoints)
            for name in try shared.keyFile.names() where origins[name] == nil { origins[name] = .file }
            let rows = origins.sorted { $0.key < $1.key }.map { name, origin in
                Report.Key(
                    name: name, from: origin.rawValue, isEndpoint: endpoints.contains { $0.name == name })
            }
            if json { return try Console.printJSON(Report(keys: rows)) }
            if rows.isEmpty { return Console.printError("No keys are kept. Keep one with: copydesk keys set NAME") }
            for row in rows {
                let note = row.isEndpoint ? "" : ", of no endpoint"
                try Console.print("\(row.name)  (\(row.from)\(note))")
            }
        }
    }

    struct Remove: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove the key of a server from keys.json.")

        @OptionGroup var shared: SharedOptions
        @Argument(help: "The server's name.") var name: String

        func run() throws {
            guard try shared.keyFile.remove(name) else {
                let names = try shared.keyFile.names()
                let known = names.isEmpty ? "It holds none." : "It holds those of: \(names.joined(separator: ", "))."
                throw Failure("keys.json holds no key of '\(name)'. \(known)")
            }
        }
    }
}
