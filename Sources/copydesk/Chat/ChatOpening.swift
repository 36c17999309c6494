// From the arguments of `chat` to the conversation that it holds.

import ArgumentParser
import Drafting
import Foundation
import Generation
import Models
import Store
import Templates

/// Which conversation is held, and how.
struct ChatOpening {
    let shared: SharedOptions
    var persona: String?
    var parameters: [String: String] = [:]
    var system: String?
    var variants: Int?
    var options = SamplingOverrides()
    var context: ContextRule?

    /// A new conversation; it is not in the store yet.
    /// - Parameter model: `nil` for the one of the arguments or the settings.
    /// - Throws: `TemplateError`; the errors of a model that cannot be opened.
    func newConversation(of generators: Generators, model: String? = nil) throws -> Conversation {
        let name = model ?? shared.model ?? ModelLibrary.builtInName
        let author = try shared.namingSettings { try shared.writingModel(name, of: generators).authorSampling }
        let template = try template()
        let filled = try fill(template)
        var sampling = shared.samplingSettings(forModel: name, author: author)
        sampling[.template] = template.sampling
        sampling[.commandLine] = options
        var settings = template.conversationSettings()
        settings.sampling = sampling.options
        var conversation = Conversation(
            persona: filled, fields: parameters, model: kept(model: name), settings: settings)
        change(&conversation)
        return conversation
    }

    /// A conversation of the store, with what the arguments change.
    /// - Throws: for a model that cannot be opened; the conversation keeps its own then.
    func conversation(id: Int64, in store: DraftStore, _ generators: Generators) throws -> Conversation {
        var conversation = try store.conversation(id: id)
        let before = conversation
        if let given = shared.givenModel {
            _ = try shared.namingSettings { try shared.writingModel(given, of: generators) }
            conversation.model = kept(model: given)
        }
        conversation.settings.sampling = options.applied(to: conversation.settings.sampling)
        change(&conversation)
        if conversation != before { try store.update(conversation) }
        return conversation
    }

    private func change(_ conversation: inout Conversation) {
        if let system { conversation.persona.system = system.isEmpty ? nil : system }
        if let variants { conversation.settings.variantCount = variants }
        if let context { conversation.settings.contextRule = context }
    }

    func template() throws -> PromptTemplate {
        do {
            return try TemplateLibrary.persona(
                named: persona ?? TemplateLibrary.assistantName, userFolder: shared.paths.templates)
        } catch {
            guard persona != nil else { throw error }
            let names = shared.templateLibrary.personas.map(\.name).joined(separator: ", ")
            throw Failure("\(Console.sentence(of: error)) The personas are: \(names).")
        }
    }

    /// Lines that say with what the fields were filled in that nobody gave, and how to give them.
    func filledFields(of template: PromptTemplate) -> [String] {
        let examples = template.valuesOfExamples(given: parameters)
        guard !examples.isEmpty else { return [] }
        let lines = examples.map { field, value in
            let flat = value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            return "  \(field.name): \(flat.count > 64 ? flat.prefix(63) + "…" : flat[...])"
        }
        let own = template.fields.map { "-p \($0.name)=…" }.joined(separator: " ")
        return ["It is filled in with examples:"] + lines
            + ["Your own: copydesk chat --persona \(ShellWord.of(template.name)) \(own)"]
    }

    /// The lines about the persona that the arguments name.
    func filledFields() -> [String] { (try? template()).map(filledFields) ?? [] }

    private func fill(_ template: PromptTemplate) throws -> Persona {
        do {
            return try template.persona(values: parameters)
        } catch {
            guard case .field(let field, _) = error else { throw error }
            throw Failure("\(error) Give it with -p \(field.name)=\(ShellWord.of(field.example)).")
        }
    }

    /// A model's name as a conversation keeps it: the path of a file holds from any folder.
    func kept(model name: String) -> String {
        let path = TextFile.absolute(name)
        guard FileManager.default.fileExists(atPath: path) else { return name }
        // A name without a slash is looked up among the models first.
        let library = shared.modelLibrary
        let isName = !name.contains("/") && (library.names.contains(name) || library.aliases[name] != nil)
        return isName ? name : path
    }
}
