import ArgumentParser
import Drafting
import Export
import Foundation
import Generation
import Models
import Templates

/// The prompt templates: the built-in ones and the user's own.
struct TemplatesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "templates",
        abstract: "Show, check and test prompt templates.",
        subcommands: [List.self, Show.self, Check.self, Test.self, New.self, Path.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the templates by family.",
            discussion: "JSON: {\"templates\": [{\"name\", \"title\", \"family\", \"fields\", …}, …], \"broken\": […]}."
        )

        @OptionGroup var shared: SharedOptions
        @Flag(help: "Print JSON.") var json = false

        struct Report: Encodable {
            var templates: [TemplateReport]
            var broken: [BrokenTemplateReport]
        }

        func run() throws {
            let library = shared.templateLibrary
            if json {
                return try Console.printJSON(
                    Report(
                        templates: library.templates.map(TemplateReport.init),
                        broken: library.broken.map(BrokenTemplateReport.init)))
            }
            let width = library.templates.map(\.name.count).max() ?? 0
            for (index, family) in library.families.enumerated() {
                try Console.write(index == 0 ? "\(family.title)\n" : "\n\(family.title)\n")
                for template in family.templates {
                    let name = template.name + String(repeating: " ", count: width - template.name.count)
                    try Console.write("  \(name)  \(template.summary)\n")
                }
            }
            for broken in library.broken {
                Console.printError(broken.problems.map(\.description).joined(separator: "\n"))
            }
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a template: its fields, limits and text.",
            discussion: "JSON: {\"template\": {\"name\", \"title\", \"family\", \"fields\", …}}.")

        @OptionGroup var shared: SharedOptions
        @Argument(help: "A template by name.") var name: String
        @Flag(help: "Print JSON.") var json = false
        @Flag(help: "Print the file itself, as a start for your own.") var source = false

        struct Report: Encodable { var template: TemplateReport }

        func run() throws {
            let template = try shared.templateLibrary.template(named: name)
            if source { return try Console.write(template.source) }
            if json { return try Console.printJSON(Report(template: TemplateReport(template))) }
            try Console.write("\(template.title) (\(template.name))\n\(template.summary)\n\n")
            for field in template.fields {
                let marks =
                    field.isRequired
                    ? ", required" : field.defaultValue.isEmpty ? "" : ", default: \(field.defaultValue)"
                try Console.write("  -p \(field.name)=…  \(field.label)\(marks)\n      for example: \(field.example)\n")
            }
            if let limits = template.limits.summary { try Console.write("\nLimits: \(limits)\n") }
            if let persona = template.personaTexts { return try show(template, persona) }
            if !template.parts.isEmpty { try Console.write("\nParts:\n") }
            for part in template.parts {
                try Console.write("  \(part.name)\(part.limits.summary.map { ": \($0)" } ?? "")\n")
            }
            try showOptions(of: template)
            if let system = template.system { try Console.write("\nSystem prompt:\n\(system)\n") }
            try Console.write("\nPrompt:\n\(template.body)\n")
            for (index, example) in template.examples.enumerated() {
                let values = template.fields.compactMap { field in
                    example.values[field.name].flatMap { $0.isEmpty ? nil : "  \(field.name): \($0)\n" }
                }
                try Console.write("\nExample \(index + 1):\n\(values.joined())  output: \(example.output)\n")
            }
        }

        private func showOptions(of template: PromptTemplate) throws {
            let settings = template.sampling.applied(to: SamplingOptions()).changedSettings
            if !settings.isEmpty { try Console.write("\nOptions: \(settings.joined(separator: " "))\n") }
        }

        /// Shows the texts of a persona as its file has them, in the order in which a model reads them.
        private func show(_ template: PromptTemplate, _ persona: PersonaTexts) throws {
            try showOptions(of: template)
            if let rule = persona.contextRule { try Console.write("\nIf the context is full: \(rule.rawValue)\n") }
            let defaults = Persona.Speakers(assistant: template.title)
            let user = persona.speakers.user.isEmpty ? defaults.user : persona.speakers.user
            let assistant = persona.speakers.assistant.isEmpty ? defaults.assistant : persona.speakers.assistant
            try Console.write("\nSpeakers: \(user) and \(assistant)\n")
            let system = template.body.trimmingSuffix(while: \.isWhitespace)
            if !system.isEmpty { try Console.write("\nSystem prompt:\n\(system)\n") }
            if !persona.examples.isEmpty { try Console.write("\nExamples:\n") }
            for message in persona.examples { try Console.write("  \(message.role.rawValue): \(message.content)\n") }
            for greeting in persona.greetings { try Console.write("\nGreeting:\n\(greeting)\n") }
            if !persona.book.isEmpty { try Console.write("\nBook:\n") }
            for entry in persona.book {
                let keys = (entry.isConstant ? ["always"] : entry.keys) + (entry.isEnabled ? [] : ["not told"])
                try Console.write("  \(keys.joined(separator: ", ")): \(entry.content)\n")
            }
        }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Check your own templates: file, line, column and reason of every problem.",
            discussion: "Exit status 1 if there is one.")

        @OptionGroup var shared: SharedOptions
        @Argument(help: ArgumentHelp("Files to check (default: all in the templates folder).", valueName: "file"))
        var files: [String] = []

        func run() throws {
            let folder = shared.paths.templates
            let problems: [TemplateProblem]
            let count: Int
            if files.isEmpty {
                let library = shared.templateLibrary
                let own = library.templates.compactMap { template -> (PromptTemplate, String)? in
                    if case .file(let path) = template.origin { (template, path) } else { nil }
                }
                problems = library.broken.flatMap(\.problems) + own.flatMap { Self.problems(ofRulesIn: $0, file: $1) }
                count = library.templates.count { !$0.isBuiltIn } + library.broken.count
            } else {
                problems = files.flatMap(Self.problems(ofFile:))
                count = files.count
            }
            for problem in problems { try Console.write("\(problem)\n") }
            guard problems.isEmpty else { throw ExitCode(ExitStatus.failed) }
            try Console.print(
                count == 0
                    ? "There are no templates of your own in \(folder)." : "\(count) checked, nothing wrong.")
        }

        private static func problems(ofFile path: String) -> [TemplateProblem] {
            do {
                let bytes = Array(try TextFile.read(path, atMost: TextFile.largestBytes, "one megabyte"))
                let template = try PromptTemplate(
                    bytes: bytes, file: path, origin: .file(path), defaultFamily: TemplateFamily.ofFolder(holding: path)
                )
                return problems(ofRulesIn: template, file: path)
            } catch let error as InvalidTemplate {
                return error.problems
            } catch {
                return [TemplateProblem(file: path, line: 0, column: 0, reason: Console.sentence(of: error))]
            }
        }

        /// Problems that only a persona filled in with its examples shows, and those of a grammar, a schema, or rules that
        /// contradict each other, which only the inference core finds.
        private static func problems(ofRulesIn template: PromptTemplate, file: String) -> [TemplateProblem] {
            if template.isPersona {
                do {
                    _ = try template.persona()
                } catch {
                    return [TemplateProblem(file: file, line: 0, column: 0, reason: error.description)]
                }
            }
            let options = template.sampling.applied(to: SamplingOptions())
            guard let problem = RuleCheck.problem(of: options, template.limits) else { return [] }
            return [template.problem(ofOption: problem.option, problem.sentence, file: file)]
        }
    }

    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new",
            abstract: "Start a template or a persona of your own from a valid file.")

        @OptionGroup var shared: SharedOptions
        @Argument(help: "Its name, such as my-headline; the file is NAME.md.") var name: String
        @Flag(help: "Start a persona to chat with; the file explains each of its keys.") var persona = false

        func validate() throws {
            guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }) else {
                throw ValidationError("A template's name has letters, digits, - and _, and '\(name)' has others.")
            }
        }

        func run() throws {
            let folder = shared.paths.templates + (persona ? "/\(TemplateFamily.chat)" : "")
            if let other = ownFile {
                throw Failure("'\(other)' has this name already, and each template needs its own. Choose another name.")
            }
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let words = name.replacing("-", with: " ")
            let title = words.prefix(1).uppercased() + words.dropFirst()
            let path = "\(folder)/\(name).md"
            try ExportFile.write(
                persona ? TemplateStarter.personaText(title: title) : TemplateStarter.text(title: title), to: path)
            try Console.write(path + "\n")
            Console.printError("Edit it, then: copydesk templates check")
            if persona { Console.printError("Chat with it: copydesk chat --persona \(name)") }
        }

        /// The file in another folder that has the name already: only one of the two would be used.
        private var ownFile: String? {
            let library = shared.templateLibrary
            let paths = library.templates.compactMap { template -> String? in
                if template.name == name, case .file(let path) = template.origin { path } else { nil }
            }
            return paths.first ?? library.broken.first { $0.name == name }?.file
        }
    }

    struct Path: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "path", abstract: "Print the folder of your own templates.")

        @OptionGroup var shared: SharedOptions

        func run() throws { try Console.write(shared.paths.templates + "\n") }
    }
}
