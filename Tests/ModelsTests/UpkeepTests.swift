import Foundation
import Generation
import Inference
import Testing

@testable import Models

@Suite struct `Taking a model into the models folder` {
    private let trees = ModelTrees()
    private var source: String { trees.home + "/from/tea.gguf" }

    private func ownFiles() -> [String] {
        (FileManager.default.enumerator(atPath: trees.own)?.compactMap { $0 as? String } ?? []).sorted()
    }

    private func sentence(_ work: () throws -> Void) -> String {
        do {
            try work()
            return "it worked"
        } catch { return "\(error)" }
    }

    @Test(arguments: ImportMode.allCases)
    func `a file is copied, linked or moved, and the folder holds nothing else`(mode: ImportMode) throws {
        let bytes = try TinyModel.gguf()
        try trees.write(bytes, to: source)
        var reports: [JobProgress] = []
        let entry = try trees.library().importModel(source, mode: mode, report: { reports.append($0) })
        #expect(entry.name == "tea" && entry.origin == .own && entry.path == trees.own + "/tea.gguf")
        #expect(ownFiles() == ["tea.gguf"])
        #expect(try trees.library().open("tea").file.tensorNames == ["part1.weight"])
        #expect(FileManager.default.fileExists(atPath: source) == (mode != .move))
        #expect((FolderReading.target(ofLink: entry.path) == FolderReading.resolved(source)) == (mode == .link))
        if mode == .copy {
            #expect(reports.last?.done == bytes.count && reports.last?.total == bytes.count)
            #expect(reports.last?.unit == .bytes)
        }
    }

    @Test(arguments: ImportMode.allCases)
    func `all parts of a split model come along, whichever is named`(mode: ImportMode) throws {
        for number in 1...2 {
            try trees.write(TinyModel.gguf(split: (number, 2)), to: "from/big-0000\(number)-of-00002.gguf")
        }
        let entry = try trees.library().importModel(trees.home + "/from/big-00002-of-00002.gguf", mode: mode)
        #expect(entry.name == "big-00001-of-00002")
        #expect(ownFiles() == ["big-00001-of-00002.gguf", "big-00002-of-00002.gguf"])
        #expect(try trees.library().open("big").file.tensorNames.count == 2)
    }

    @Test(arguments: ImportMode.allCases)
    func `a model folder comes with its texts and without what does not belong to it`(mode: ImportMode) throws {
        try trees.write(TinyModel.config, to: "from/pot/config.json")
        try trees.write("{}", to: "from/pot/tokenizer.json")
        try trees.write("Apache", to: "from/pot/LICENSE")
        try trees.write("old", to: "from/pot/pytorch_model.bin")
        try trees.write(TinyModel.safetensors(), to: "from/pot/model.safetensors")
        #expect(try trees.library().importModel(trees.home + "/from/pot/", mode: mode).name == "pot")
        #expect(try trees.library().open("pot").file.tensorNames.isEmpty == false)
        #expect(FileManager.default.fileExists(atPath: trees.own + "/pot/LICENSE"))
        if mode == .copy { #expect(!ownFiles().contains("pot/pytorch_model.bin")) }
        #expect(!ownFiles().contains { $0.hasPrefix(".partial") })
    }

    @Test func `a model of another program is copied under its name there, and never moved`() throws {
        try trees.ollamaModel(TinyModel.gguf(1), "r/library/tea/1b")
        try trees.hubFile(TinyModel.gguf(2), "acme/mug", "mug.gguf")
        let before = try trees.state()
        let library = trees.library()
        let blob = try library.open("tea:1b").file.path
        #expect(
            sentence { try library.importModel("tea:1b", mode: .move) }
                == "\(blob) belongs to Ollama, which would miss it. Copy it, or link to it.")
        #expect(try trees.state() == before)
        #expect(try library.importModel(blob).name == "tea-1b")
        #expect(try library.importModel("mug", mode: .link).name == "mug")
        #expect(library.listed.sorted() == ["mug", "tea-1b", "tea:1b"])
        #expect(try trees.state().isSuperset(of: before))
    }

    @Test func `what is no complete model is refused before anything is written`() throws {
        let half = try trees.write(Array(TinyModel.gguf().dropLast(1)), to: "from/half.gguf")
        let adapter = try trees.write(TinyModel.gguf(type: "adapter"), to: "from/lora.gguf")
        let alone = try trees.write(TinyModel.gguf(split: (1, 2)), to: "from/big-00001-of-00002.gguf")
        let library = trees.library()
        #expect(sentence { try library.importModel(half) }.contains("The file is cut short"))
        #expect(sentence { try library.importModel(adapter) }.contains("is an adapter"))
        #expect(sentence { try library.importModel(alone) }.contains("part 2 of 2 of this model is missing"))
        #expect(
            sentence { try library.importModel(trees.home + "/nothing") }.contains("there is no such file or folder"))
        #expect(!FileManager.default.fileExists(atPath: trees.own))
    }

    @Test func `a name that is taken is refused unless it may be replaced`() throws {
        try trees.write(TinyModel.gguf(1), to: "own/tea.gguf")
        let new = try TinyModel.gguf(2)
        try trees.write(new, to: source)
        let library = trees.library()
        #expect(
            sentence { try library.importModel(source) }
                == "There is a model 'tea' already, in \(trees.own)/tea.gguf. Remove it first, or give this one another name."
        )
        #expect(FileManager.default.contents(atPath: trees.own + "/tea.gguf") == Data(try TinyModel.gguf(1)))
        // One that is stopped leaves the old one.
        #expect(
            sentence { try library.importModel(source, replaces: true, isStopped: { true }) }.hasPrefix("Stopped: "))
        #expect(FileManager.default.contents(atPath: trees.own + "/tea.gguf") == Data(try TinyModel.gguf(1)))
        try library.importModel(source, replaces: true)
        #expect(FileManager.default.contents(atPath: trees.own + "/tea.gguf") == Data(new))
        #expect(ownFiles() == ["tea.gguf"])
        #expect(
            sentence { try library.importModel(trees.own + "/tea.gguf", mode: .move, replaces: true) }
                .hasSuffix("is in the models folder already. Nothing was done."))
        #expect(ownFiles() == ["tea.gguf"])
    }

    @Test func `one that is stopped on the way leaves nothing, and the source as it was`() throws {
        try trees.write(TinyModel.gguf(), to: source)
        for mode in [ImportMode.copy, .move] {
            var asked = 0
            let stopped = sentence {
                try trees.library().importModel(
                    source, mode: mode,
                    isStopped: {
                        asked += 1
                        return asked > (mode == .copy ? 2 : 0)
                    })
            }
            #expect(stopped.hasPrefix("Stopped: ") && ownFiles() == [])
            #expect(FileManager.default.contents(atPath: source) == Data(try TinyModel.gguf()))
        }
    }

    @Test func `what a process that died left is removed by the next import; an open one stays`() throws {
        try trees.write("x", to: "own/.partial/staging-1/tea.gguf")
        try trees.write("x", to: "own/.partial/staging-2/tea.gguf")
        try trees.write("x", to: "own/.partial/download.part")
        let other = open(trees.own + "/.partial/staging-2", O_RDONLY)
        #expect(flock(other, LOCK_EX) == 0)
        try trees.write(TinyModel.gguf(), to: source)
        try trees.library().importModel(source)
        close(other)
        #expect(
            ownFiles() == [
                ".partial", ".partial/download.part", ".partial/staging-2", ".partial/staging-2/tea.gguf", "tea.gguf",
            ])
    }

    @Test func `files of a download are checked under any names`() throws {
        let parts = try (1...2).map {
            try trees.write(TinyModel.gguf(split: ($0, 2)), to: "p/\(trees.hash("\($0)")).part")
        }
        try ModelFileCheck.check(paths: parts.reversed())
        #expect(throws: ModelFileError.self) { try ModelFileCheck.check(paths: [parts[0]]) }
        let tensors = try trees.write(TinyModel.safetensors(), to: "p/a.part")
        let config = try trees.write(TinyModel.config, to: "p/b.part")
        try ModelFileCheck.check(paths: [tensors, config])
        try trees.write(TinyModel.safetensors(extra: -1), to: tensors)
        #expect(throws: ModelFileError.self) { try ModelFileCheck.check(paths: [tensors, config]) }
        let text = try trees.write("<html>", to: "p/c.gguf")
        #expect(throws: ModelFileError.self) { try ModelFileCheck.check(paths: [text]) }
    }

    @Test func `a download is refused if this program cannot run it`() throws {
        let other = try trees.write(TinyModel.gguf(architecture: "zzz"), to: "p/d.gguf")
        let error = #expect(throws: (any Error).self) { try ModelFileCheck.check(paths: [other]) }
        #expect("\(String(describing: error))".contains("zzz"))
        try trees.write(TinyModel.safetensors(), to: "f/model.safetensors")
        try trees.write(TinyModel.config, to: "f/config.json")
        let folder = "\(trees.home)/f"
        #expect(throws: ModelFileError.missingFile(folder: folder, name: "tokenizer.json")) {
            try ModelFileCheck.check(paths: [folder])
        }
        try trees.write("{}", to: "f/tokenizer.json")
        try ModelFileCheck.check(paths: [folder])
        for broken in ["{", TinyModel.config.replacing("llama", with: "zzz")] {
            try trees.write(broken, to: "f/config.json")
            #expect(throws: (any Error).self) { try ModelFileCheck.check(paths: [folder]) }
        }
    }
}

@Suite struct `Removing a model` {
    private let trees = ModelTrees()

    private func sentence(_ name: String, _ library: ModelLibrary) -> String {
        do {
            return "removed \(try library.remove(name).name)"
        } catch { return "\(error)" }
    }

    @Test func `takes all its parts and its note, and nothing else`() throws {
        for number in 1...2 {
            try trees.write(TinyModel.gguf(split: (number, 2)), to: "own/big-0000\(number)-of-00002.gguf")
        }
        try trees.write(TinyModel.gguf(), to: "own/tea.gguf")
        try trees.write(TinyModel.config, to: "own/pot/config.json")
        try trees.write(
            #"{"files":{"big-00001-of-00002.gguf":{"bytes":1},"big-00002-of-00002.gguf":{"bytes":2},"#
                + #""pot/config.json":{"bytes":3},"tea.gguf":{"bytes":4,"reference":"a/b"}}}"#,
            to: "own/.copydesk-models.json")
        let library = trees.library()
        let removed = try library.remove("big")
        #expect(removed.name == "big-00001-of-00002" && removed.paths.count == 2)
        #expect(try removed.bytes == 2 * TinyModel.gguf(split: (1, 2)).count)
        try library.remove("pot")
        #expect(library.listed == ["tea"])
        let names = try FileManager.default.contentsOfDirectory(atPath: trees.own).sorted()
        #expect(names == [".copydesk-models.json", "tea.gguf"])
        let notes = try String(contentsOfFile: trees.own + "/.copydesk-models.json", encoding: .utf8)
        #expect(notes.contains("tea.gguf") && notes.contains("a/b") && !notes.contains("big") && !notes.contains("pot"))
    }

    @Test func `takes a link and leaves what it leads to`() throws {
        let path = try trees.write(TinyModel.gguf(), to: "from/tea.gguf")
        try trees.link("own/tea.gguf", to: path)
        try trees.write(TinyModel.config, to: "from/pot/config.json")
        try trees.link("own/pot", to: trees.home + "/from/pot")
        #expect(try trees.library().remove("tea").bytes == 0)
        try trees.library().remove("pot")
        #expect(trees.library().listed == [] && FileManager.default.fileExists(atPath: path))
        #expect(FileManager.default.fileExists(atPath: trees.home + "/from/pot/config.json"))
    }

    @Test func `is refused for what is not the user's own, with the place and whose it is`() throws {
        try trees.ollamaModel(TinyModel.gguf(1), "r/library/tea/1b")
        try trees.hubFile(TinyModel.gguf(2), "acme/mug", "mug.gguf")
        try trees.write(TinyModel.gguf(3), to: "more/pot.gguf")
        try trees.write(TinyModel.gguf(4), to: ".lmstudio/models/a/b/cup.gguf")
        let before = try trees.state()
        let library = trees.library(
            moreFolders: [trees.home + "/more"], aliases: ["fast": "pot"], endpointNames: ["local"])
        #expect(sentence("tea:1b", library).hasSuffix("and belongs to Ollama. Remove it with Ollama."))
        #expect(sentence("tea:1b", library).contains(trees.ollama + "/blobs/sha256-"))
        #expect(sentence("mug", library).contains("in the cache of the Hugging Face tools."))
        #expect(sentence("cup", library).contains("belongs to LM Studio"))
        #expect(
            sentence("pot", library)
                == "'pot' lies in \(trees.home)/more/pot.gguf, in a folder that your settings name. Delete it there, or take "
                + "the folder out of the settings.")
        #expect(sentence("built-in", library).contains("cannot be removed"))
        #expect(sentence("fast", library).hasPrefix("'fast' is an alias of 'pot'."))
        #expect(sentence("local/m", library).contains("of the server 'local'"))
        #expect(sentence("nothing", library).hasPrefix("There is no model 'nothing'."))
        #expect(sentence(trees.home + "/more/pot.gguf", library).contains("not in the models folder"))
        #expect(try trees.state() == before)
    }
}
