import Foundation
import Testing

@testable import Templates

/// The built-in templates beside a user's folder.
struct LibraryTests {
    /// A folder of its own that is gone when the test is.
    final class Folder {
        let path: String

        init() throws {
            let url = URL(filePath: NSTemporaryDirectory()).appending(path: "templates-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            path = url.path(percentEncoded: false)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ name: String, _ text: String) throws {
            try write(name, Array(text.utf8))
        }

        func write(_ name: String, _ bytes: [UInt8]) throws {
            let url = URL(filePath: path).appending(path: name)
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: url)
        }

        func link(_ name: String, to target: String) throws {
            try FileManager.default.createSymbolicLink(atPath: path + "/" + name, withDestinationPath: target)
        }
    }

    static func sound(_ title: String, family: String? = nil) -> String {
        "---\nname: \(title)\n\(family.map { "family: \($0)\n" } ?? "")---\nWrite a poem.\n"
    }

    @Test func `the families come in their order, with titles`() {
        #expect(
            TemplateLibrary.builtIn.families.map(\.title)
                == ["Headlines", "Ad copy", "E-mails", "Stories", "Summaries", "Rewrite", "Translate", "Chat"])
        #expect(TemplateLibrary.builtIn.broken == [])
    }

    @Test func `a folder that is not there leaves the built-in templates`() {
        let library = TemplateLibrary(userFolder: "/nowhere/at/all")
        #expect(library == .builtIn)
        #expect(TemplateLibrary(userFolder: nil) == .builtIn)
    }

    @Test func `a user's families follow the built-in ones`() throws {
        let folder = try Folder()
        try folder.write("ode.md", Self.sound("Ode"))
        try folder.write("verse/haiku.md", Self.sound("Haiku"))
        try folder.write("verse/deep/sonnet.MD", Self.sound("Sonnet"))
        try folder.write("lead.md", Self.sound("A lead", family: "headlines"))
        try folder.write("notes.txt", "not a template")
        try folder.write(".hidden.md", "not a template")
        let library = TemplateLibrary(userFolder: folder.path)
        #expect(library.families.map(\.id).suffix(3) == ["chat", "verse", "own"])
        #expect(library.families.map(\.title).suffix(2) == ["Verse", "Your own"])
        #expect(library.families[8].templates.map(\.name) == ["haiku", "sonnet"])
        #expect(library.families[0].templates.first?.title == "A lead")
        #expect(library.broken == [])
        #expect(try library.template(named: "ode").origin == .file(folder.path + "/ode.md"))
        #expect(try library.template(named: "verse/haiku").title == "Haiku")
    }

    @Test func `a user's template replaces the built-in one of its name`() throws {
        let folder = try Folder()
        try folder.write("slogan.md", Self.sound("My slogan", family: "ad-copy"))
        let library = TemplateLibrary(userFolder: folder.path)
        #expect(try library.template(named: "slogan").title == "My slogan")
        #expect(library.templates.count == TemplateLibrary.builtIn.templates.count)
    }

    @Test func `a broken file is listed with its places and the others go on working`() throws {
        let folder = try Folder()
        try folder.write("slogan.md", "---\nname: Mine\nvariants: x\nlimit: 3\n---\nWrite.")
        try folder.write("ode.md", Self.sound("Ode"))
        let library = TemplateLibrary(userFolder: folder.path)
        #expect(library.broken.map(\.name) == ["slogan"])
        let broken = try #require(library.broken.first)
        #expect(broken.file == folder.path + "/slogan.md")
        #expect((broken.line, broken.column) == (3, 11))
        #expect(broken.reason == "variants takes a whole number from 1 to 64, and 'x' is not one.")
        #expect(broken.problems.count == 2)
        #expect(try library.template(named: "slogan").origin == .builtIn)
        #expect(try library.template(named: "ode").title == "Ode")
    }

    @Test func `two files of one name get a sentence that names both`() throws {
        let folder = try Folder()
        try folder.write("a/ode.md", Self.sound("Ode"))
        try folder.write("b/ode.md", Self.sound("Other ode"))
        let library = TemplateLibrary(userFolder: folder.path)
        #expect(
            library.broken.map(\.reason) == [
                "'\(folder.path)/a/ode.md' has the same name, and each template needs its own. Rename one of the two files."
            ])
        #expect(try library.template(named: "ode").title == "Ode")
    }

    @Test func `links that lead nowhere or in circles are listed or passed over`() throws {
        let folder = try Folder()
        try folder.link("dangling.md", to: "nothing.md")
        try folder.link("loop.md", to: "loop.md")
        try folder.link("round", to: ".")
        try folder.write("ode.md", Self.sound("Ode"))
        try folder.link("copy.md", to: "ode.md")
        let library = TemplateLibrary(userFolder: folder.path)
        #expect(
            library.broken.map(\.problems[0].description) == [
                "\(folder.path)/dangling.md: The symbolic link leads to nothing. Remove it, or point it to a file.",
                "\(folder.path)/loop.md: The symbolic link leads back to itself. Remove it, or point it to a file.",
            ])
        #expect(library.families.last?.templates.map(\.name) == ["copy", "ode"])
    }

    @Test func `a pipe, a file that is too large and one that is not text are listed`() throws {
        let folder = try Folder()
        #expect(mkfifo(folder.path + "/pipe.md", 0o600) == 0)
        try folder.write("large.md", [UInt8](repeating: 45, count: 262_145))
        try folder.write("binary.md", [0x2D, 0x2D, 0x2D, 0x0A, 0xFF, 0xFE])
        let library = TemplateLibrary(userFolder: folder.path)
        #expect(
            library.broken.map(\.problems[0].description) == [
                "\(folder.path)/binary.md:2:1: The text is not UTF-8 from here on. Save the file as UTF-8.",
                "\(folder.path)/large.md: The file has 262145 bytes, and a template may have 262144 at most. Shorten it.",
                "\(folder.path)/pipe.md: This is not a regular file, and a template must be one. Move it away.",
            ])
    }

    @Test(.enabled(if: getuid() != 0, "Whoever runs this reads every file."))
    func `a file that may not be read is listed`() throws {
        let folder = try Folder()
        try folder.write("secret.md", Self.sound("Secret"))
        #expect(chmod(folder.path + "/secret.md", 0) == 0)
        #expect(
            TemplateLibrary(userFolder: folder.path).broken.map(\.reason) == [
                "You may not read it. Change its permissions."
            ])
    }

    @Test func `a file in the folder's place is listed`() throws {
        let folder = try Folder()
        try folder.write("templates", "text")
        let path = folder.path + "/templates"
        #expect(
            TemplateLibrary(userFolder: path).broken.map(\.problems[0].description) == [
                "\(path): This should be a folder of templates, but it is a file. Move it away."
            ])
    }

    @Test func `one template alone is found as in the whole library`() throws {
        let library = TemplateLibrary(userFolder: nil)
        for template in library.templates.prefix(4) {
            for name in [template.name, "\(template.family)/\(template.name)"] {
                #expect(try TemplateLibrary.template(named: name, userFolder: nil) == library.template(named: name))
            }
        }
        for name in ["slogn", "slogan/slogan", ""] {
            let expected = #expect(throws: TemplateError.self) { try library.template(named: name) }
            let found = #expect(throws: TemplateError.self) {
                try TemplateLibrary.template(named: name, userFolder: nil)
            }
            #expect(found == expected)
        }
    }

    @Test func `an unknown name gets a sentence with the nearest one`() throws {
        func sentence(_ name: String) -> String {
            do {
                return try TemplateLibrary.builtIn.template(named: name).title
            } catch {
                return error.description
            }
        }
        #expect(sentence("slogna") == "There is no template 'slogna'. Did you mean 'slogan'?")
        #expect(sentence("ad-copy/slogan") == "Slogan")
        #expect(sentence("stories/slogan") == "There is no template 'stories/slogan'. Did you mean 'slogan'?")
        #expect(
            sentence("limerick generator")
                == "There is no template 'limerick generator'. Choose one from the list of templates.")
    }

    @Test func `asking for a broken template gives its first problem`() throws {
        let folder = try Folder()
        try folder.write("ode.md", "Write an ode.")
        let library = TemplateLibrary(userFolder: folder.path)
        let error = #expect(throws: TemplateError.self) { try library.template(named: "ode") }
        #expect(
            error?.description
                == "This template is broken: \(folder.path)/ode.md:1:1: A template starts with a line '---', and its name and fields follow. Put that line first."
        )
    }
}

struct StarterTests {
    @Test(arguments: [
        ("Ode to a pan", "Ode to a pan"), ("Say \"hi\": a game", "Say 'hi': a game"), ("a\\b", "ab"),
        ("two\nlines", "two lines"), ("# {x} - y", "# {x} - y"), ("日本語", "日本語"),
    ])
    func `a new template is valid and keeps its title`(title: String, kept: String) throws {
        let source = Array(TemplateStarter.text(title: title).utf8)
        let template = try PromptTemplate(bytes: source, file: "new.md", origin: .file("new.md"))
        let expected = [
            "Write a short text about the last lighthouse. Tone: warm."
        ]
        #expect([try template.fill(useExamples: true).messages.plainText] == expected)
        #expect(template.examples.count == 2 && template.title == kept)
    }

    @Test func `the first template of the guide works as it is printed there`() throws {
        let guide = try String(
            contentsOf: BuiltInTemplatesTests.root.appending(path: "docs/templates.md"), encoding: .utf8)
        let lines = guide.split(separator: "\n", omittingEmptySubsequences: false)
            .drop { !$0.hasPrefix("    ") }.prefix { $0.hasPrefix("    ") }.map { $0.dropFirst(4) }
        let template = try PromptTemplate(
            bytes: Array(lines.joined(separator: "\n").utf8), file: "garden-note.md", origin: .builtIn)
        #expect(
            try template.fill(values: ["news": "the hose is missing"]).messages.map(\.content)
                == ["Write a note for a notice board: the hose is missing. Tone: friendly."])
    }
}
