// All templates: the built-in ones and the user's.
// - Names are unique. A user's template replaces the built-in one of the same name, unless it is broken.
// - A file that cannot be read or is invalid is listed as broken, and the others still work.

import Generation
import Jinja

/// The templates to choose from, grouped, and the files that are not valid templates.
public struct TemplateLibrary: Sendable, Hashable {
    public let families: [TemplateFamily]
    /// Sorted by path.
    public let broken: [BrokenTemplate]

    /// The built-in templates alone.
    public static let builtIn = TemplateLibrary(own: [], broken: [])

    /// The built-in templates and those of a user's folder, which may not exist. Reads the folder each time.
    public init(userFolder: String?) {
        let entries = userFolder.map { TemplateFolder(path: $0).entries() } ?? []
        self = entries.isEmpty ? .builtIn : RoomyThread.run { TemplateLibrary(entries) }
    }

    /// One template, as `template(named:)` finds it in the whole library. Of the built-in ones only that one is parsed.
    /// - Throws: as `template(named:)`.
    public static func template(named name: String, userFolder: String?) throws(TemplateError) -> PromptTemplate {
        let short = name.split(separator: "/").last.map(String.init) ?? name
        let own = userFolder.map { TemplateFolder(path: $0).entries() } ?? []
        if !own.contains(where: { TemplateReader.shortName(of: $0.path) == short }),
            let template = BuiltInTemplates.template(named: name)
        {
            return template
        }
        return try TemplateLibrary(userFolder: userFolder).template(named: name)
    }

    private init(_ entries: [TemplateFolder.Entry]) {
        var own: [PromptTemplate] = []
        var broken: [BrokenTemplate] = []
        var files: [String: String] = [:]
        for entry in entries {
            let name = TemplateReader.shortName(of: entry.path)
            func note(_ reason: String) {
                let problem = TemplateProblem(file: entry.path, line: 0, column: 0, reason: reason)
                broken.append(BrokenTemplate(name: name, first: problem))
            }
            let bytes: [UInt8]
            switch entry.content {
            case .failure(let problem):
                note(problem.reason)
                continue
            case .success(let content):
                bytes = content
            }
            if let other = files[name] {
                note("'\(other)' has the same name, and each template needs its own. Rename one of the two files.")
                continue
            }
            do {
                own.append(
                    try PromptTemplate(
                        bytes: bytes, file: entry.path, origin: .file(entry.path), defaultFamily: entry.family))
                files[name] = entry.path
            } catch {
                guard let first = error.problems.first else { continue }
                broken.append(BrokenTemplate(name: name, first: first, others: Array(error.problems.dropFirst())))
            }
        }
        self.init(own: own, broken: broken)
    }

    private init(own: [PromptTemplate], broken: [BrokenTemplate]) {
        let names = Set(own.map(\.name))
        families = TemplateFamily.group(BuiltInTemplates.all.filter { !names.contains($0.name) } + own)
        self.broken = broken
    }

    /// In the order of lists.
    public var templates: [PromptTemplate] { families.flatMap(\.templates) }

    /// The template of this name, such as `slogan` or `ad-copy/slogan`.
    /// - Throws: `TemplateError` with the nearest name, or with the first problem if the user's file is broken.
    public func template(named name: String) throws(TemplateError) -> PromptTemplate {
        let parts = name.split(separator: "/", maxSplits: 1)
        let short = parts.last.map(String.init) ?? name
        let family = parts.count == 2 ? parts.first.map(String.init) : nil
        if let found = templates.first(where: { $0.name == short && (family == nil || $0.family == family) }) {
            return found
        }
        if let problem = broken.first(where: { $0.name == short })?.problems.first { throw .brokenTemplate(problem) }
        throw .unknownTemplate(name, nearest: NearestName.to(short, among: templates.map(\.name)))
    }
}

extension TemplateLibrary {
    /// The persona of a conversation for which none was chosen.
    public static let assistantName = "assistant"

    /// The templates that hold conversations, in the order of lists.
    public var personas: [PromptTemplate] { templates.filter(\.isPersona) }

    /// The persona of this name, such as `editor` or `chat/editor`.
    ///
    /// If a user's template that writes drafts has the name of a built-in persona, the persona is still found.
    /// - Throws: `TemplateError` as `template(named:)` does, with the nearest name of a persona.
    public func persona(named name: String) throws(TemplateError) -> PromptTemplate {
        let found: PromptTemplate
        do {
            found = try template(named: name)
        } catch {
            guard case .unknownTemplate = error else { throw error }
            throw .unknownPersona(name, nearest: nearestPersona(to: name))
        }
        if found.isPersona { return found }
        if let builtIn = BuiltInTemplates.template(named: name), builtIn.isPersona { return builtIn }
        throw .notAPersona(name, nearest: nearestPersona(to: name))
    }

    /// One persona, as `persona(named:)` finds it in the whole library. Of the built-in ones only that one is parsed.
    /// - Throws: as `persona(named:)`.
    public static func persona(named name: String, userFolder: String?) throws(TemplateError) -> PromptTemplate {
        if let found = try? template(named: name, userFolder: userFolder), found.isPersona { return found }
        return try TemplateLibrary(userFolder: userFolder).persona(named: name)
    }

    private func nearestPersona(to name: String) -> String? {
        let short = name.split(separator: "/").last.map(String.init) ?? name
        return NearestName.to(short, among: personas.map(\.name))
    }
}
