import Foundation
import Generation
import Inference
import Testing

@testable import Models

@Suite struct `The list of models` {
    private let trees = ModelTrees()

    @Test func `own models come first, and a name that is taken gets its owner's before it`() throws {
        try trees.write(TinyModel.gguf(1), to: "own/tea.gguf")
        try trees.write(TinyModel.gguf(2), to: "more/tea.gguf")
        try trees.hubFile(TinyModel.gguf(3), "acme/x", "tea.gguf")
        try trees.hubFile(TinyModel.gguf(4), "acme/y", "tea.gguf")
        try trees.hubFile(TinyModel.gguf(5), "acme/z", "built-in.gguf")
        let library = trees.library(moreFolders: [trees.home + "/more"])
        #expect(library.listed == ["tea", "more--tea", "acme--tea", "acme--y--tea", "acme--built-in"])
        #expect(library.list().map(\.origin) == [.builtIn, .own, .folder, .huggingFace, .huggingFace, .huggingFace])
        #expect(try library.open("tea").file.path == trees.own + "/tea.gguf")
        #expect(library.names == ["built-in"] + library.listed)
        #expect(library.names.allSatisfy { !$0.contains("/") })
    }

    @Test func `links to one file are one entry, which opens by each of its names`() throws {
        try trees.hubFile(TinyModel.gguf(), "acme/x", "tea.gguf")
        try trees.link(
            "\(trees.hub)/models--acme--y/snapshots/c/leaf.gguf",
            to: "../../../models--acme--x/blobs/\(trees.hash("acme/xtea.gguf" + ModelTrees.commit))")
        let library = trees.library()
        #expect(library.listed == ["tea"])
        #expect(try library.open("leaf").name == "tea")
        // The user's own link has its own name, and the file is not listed twice.
        try trees.link("own/mine.gguf", to: library.open("tea").file.path)
        #expect(library.listed == ["mine"])
        #expect(library.origin(of: "mine") == .own)
    }

    @Test func `one of the user's own that cannot be used is listed with the reason; what is unfinished is not`() throws
    {
        try trees.write(Array(TinyModel.gguf().dropLast(8)), to: "own/half.gguf")
        try trees.write(TinyModel.gguf(), to: "own/.partial/coming.gguf")
        try trees.write(TinyModel.config, to: "own/.partial/folder/config.json")
        try trees.write(TinyModel.gguf(split: (1, 2)), to: "own/big-00001-of-00002.gguf")
        try trees.write(TinyModel.gguf(split: (2, 3)), to: "own/rest-00002-of-00003.gguf")
        let models = trees.library().list().dropFirst()
        #expect(models.map(\.name) == ["big-00001-of-00002", "half"])
        #expect(models.first?.problem?.contains("part 2 of 2 of this model is missing") == true)
        #expect(models.last?.problem?.contains("The file is cut short") == true)
    }

    @Test func `a download of the Hub into one of the user's folders is listed`() throws {
        let folder = trees.home + "/more/tea-GGUF"
        try trees.write(TinyModel.gguf(1), to: folder + "/tea.gguf")
        try trees.write("c\ne\n1", to: folder + "/.cache/huggingface/download/tea.gguf.metadata")
        try trees.write(TinyModel.gguf(2), to: folder + "/Q4/mug.gguf")
        try trees.write(
            TinyModel.gguf(3), to: folder + "/.cache/huggingface/download/B64=.\(trees.hash("x")).0123abcd.incomplete")
        try trees.write(TinyModel.gguf(4), to: trees.home + "/more/other/deep.gguf")
        let library = trees.library(moreFolders: [trees.home + "/more"])
        #expect(library.listed == ["mug", "tea"])
        #expect(library.origin(of: "tea") == .folder)
        // The folder of the settings may itself be the download, or a model.
        #expect(trees.library(moreFolders: [folder]).listed == ["mug", "tea"])
        try trees.write(TinyModel.config, to: "pot/config.json")
        try trees.write(TinyModel.safetensors(), to: "pot/model.safetensors")
        #expect(trees.library(moreFolders: [trees.home + "/pot"]).listed == ["pot"])
    }

    @Test func `a file that is locked or grows is said to be on its way, and is not opened`() throws {
        try trees.hubFile(TinyModel.gguf(), "acme/x", "tea.gguf")
        let blob = FolderReading.resolved("\(trees.hub)/models--acme--x/snapshots/\(ModelTrees.commit)/tea.gguf")
        try FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: blob)
        let library = trees.library()
        #expect(library.list().last?.problem == nil)
        let descriptor = open(blob, O_RDWR)
        #expect(flock(descriptor, LOCK_EX) == 0)
        let locked = try #require(library.list().last)
        #expect(locked.name == "tea" && locked.architecture == nil)
        #expect(locked.problem?.hasSuffix("bytes are there so far.") == true)
        #expect(locked.problem?.contains(": is being downloaded or copied; ") == true)
        close(descriptor)
        #expect(library.list().last?.problem == nil)

        // One that grows while the list is made.
        let whole = try TinyModel.gguf(7)
        try trees.write(Array(whole.prefix(100)), to: "own/growing.gguf", isFresh: true)
        let path = trees.own + "/growing.gguf"
        let writer = Thread {
            for byte in whole.dropFirst(100) {
                let file = FileHandle(forWritingAtPath: path)
                file?.seekToEndOfFile()
                file?.write(Data([byte]))
                try? file?.close()
                usleep(3000)
            }
        }
        writer.start()
        let growing = library.list().first { $0.name == "growing" }
        #expect(growing?.problem?.contains("is being downloaded or copied") == true, "\(growing?.problem ?? "none")")
        while !writer.isFinished { usleep(10_000) }
        #expect(library.list().first { $0.name == "growing" }?.problem == nil)
    }

    @Test func `heads are remembered in a file, until the model's file changes`() throws {
        let path = try trees.write(TinyModel.gguf(architecture: "llama"), to: "own/tea.gguf")
        let memory = trees.home + "/data/heads.json"
        func architecture() -> String? {
            trees.library(headersFile: memory).list().last?.architecture
        }
        #expect(architecture() == "llama")
        let text = try String(contentsOfFile: memory, encoding: .utf8)
        // A memory that lies is believed, so nothing was read again.
        try Data(text.replacingOccurrences(of: "\"llama\"", with: "\"gemma\"").utf8).write(to: URL(filePath: memory))
        #expect(architecture() == "gemma")
        try trees.write(TinyModel.gguf(architecture: "qwen2"), to: path)
        #expect(architecture() == "qwen2")
        for broken in ["", "{", #"{"version":"0","heads":{}}"#] {
            try Data(broken.utf8).write(to: URL(filePath: memory))
            #expect(architecture() == "qwen2")
        }
        // A place that cannot be written is no problem.
        #expect(trees.library(headersFile: "/dev/null/heads.json").list().last?.architecture == "qwen2")
    }
}

@Suite struct `Names of models` {
    private let trees = ModelTrees()

    private func generators(_ aliases: [String: String] = [:]) -> Generators {
        Generators(
            library: trees.library(aliases: aliases),
            endpoints: EndpointBook(
                endpoints: [EndpointSettings(name: "local", url: "http://127.0.0.1:1/v1")],
                key: { $0.name + "-key" }),
            threadCount: 1, prefixFolder: nil)
    }

    @Test(arguments: [("local/m", "m"), ("local/owner/model", "owner/model"), ("local/a/b:c.gguf", "a/b:c.gguf")])
    func `a first part that is a server's name means the server`(name: String, model: String) throws {
        let generators = generators(["fast": name])
        #expect(try generators.open(name).identity.name == name)
        #expect(try generators.open("fast").identity.name == name)
        #expect(generators.endpoints.find(name)?.model == model)
        #expect(generators.library.name(of: name) == name && generators.library.name(of: "fast") == name)
        #expect(generators.library.authorSampling(of: name) == SamplingOverrides())
        let error = #expect(throws: ModelLibraryError.self) { try generators.openLocal(name) }
        #expect(
            error?.description
                == "'\(name)' is a model of the server 'local', and nobody can look into it from here. "
                + "Name a model of this machine.")
    }

    @Test func `paths are always paths`() throws {
        let path = try trees.write(TinyModel.gguf(), to: "local/tea.gguf")
        for text in [path, trees.home + "/local/../local/tea.gguf"] {
            #expect(try generators().library.open(text).name == "tea")
            #expect(generators().library.name(of: text) == "tea")
        }
        for text in ["./local/x", "../local/x", "/local/x", "local.gguf"] {
            #expect(generators().endpoints.find(text) == nil)
            #expect(throws: ModelFileError.self) { try generators().library.open(text) }
        }
    }

    @Test func `an unknown name is refused with the models, the servers and the nearest`() throws {
        try trees.write(TinyModel.gguf(), to: "own/orca-mini.gguf")
        func sentence(_ name: String) -> String {
            do { return "\(try generators().open(name).identity.name) opened" } catch { return "\(error)" }
        }
        let end =
            "The models are: built-in, orca-mini. The servers are: local; a model of a server is SERVER/MODEL. "
            + "Name one of them, give the path of a GGUF file or of a model folder, or put it into \(trees.own)."
        #expect(sentence("orca-mino") == "There is no model 'orca-mino'. Did you mean 'orca-mini'? " + end)
        #expect(sentence("loca/owner/m") == "There is no model 'loca/owner/m'. Did you mean 'local/owner/m'? " + end)
        #expect(sentence("zebra/m") == "There is no model 'zebra/m'. " + end)
        #expect(sentence("local") == "'local' is a server. Name one of its models too, as in local/MODEL.")
        #expect(sentence("local/") == sentence("local"))
        let error = #expect(throws: ModelLibraryError.self) { try trees.library().open("zebra/m") }
        #expect(error?.description.contains("There is no server 'zebra' either: none is set up.") == true)
        for number in 0..<20 { try trees.write(TinyModel.gguf(), to: "own/m\(number).gguf") }
        #expect(sentence("zebra").hasPrefix("There is no model 'zebra'. There are 22 models. The servers"))
    }

    @Test func `an alias stands for a name, a path or another alias, and never for itself`() throws {
        let path = try trees.write(TinyModel.gguf(), to: "own/tea.gguf")
        let library = trees.library(aliases: [
            "a": "b", "b": "tea", "p": path, "x": "y", "y": "x", "me": "me", "built-in": "tea", "gone": "nothing",
        ])
        #expect(try library.open("a").name == "tea" && library.name(of: "a") == "tea")
        #expect(try library.open("p").name == "tea" && library.name(of: "p") == "tea")
        #expect(try library.open("built-in").origin == .builtIn)
        let error = #expect(throws: ModelLibraryError.self) { try library.open("x") }
        #expect(
            error?.description
                == "The aliases lead in a circle: 'x' → 'y' → 'x'. Let one of them name a model.")
        #expect(throws: ModelLibraryError.aliasLoop(names: ["me", "me"])) { try library.open("me") }
        #expect(throws: ModelLibraryError.self) { try library.open("gone") }
        #expect(library.listed == ["tea"])
    }
}
