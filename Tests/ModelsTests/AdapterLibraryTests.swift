// Adapters in the library: their names, models with adapters as one name, and what is no adapter or no model.

import Foundation
import Generation
import Models
import Testing

@Suite struct AdapterLibraryTests {
    private static let fixtures = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "InferenceTests/Fixtures").standardized.path

    /// A folder of models: `desk`, and the adapters `style` (a folder), `terse` (a file).
    private func library(aliases: [String: String] = [:], endpoints: [String] = []) throws -> ModelLibrary {
        let folder = NSTemporaryDirectory() + "copydesk-library-\(UUID().uuidString)"
        let files = FileManager.default
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try files.copyItem(atPath: Self.fixtures + "/models/llama-wide-heads.gguf", toPath: folder + "/desk.gguf")
        try files.copyItem(atPath: Self.fixtures + "/adapters/llama", toPath: folder + "/style")
        try files.copyItem(
            atPath: Self.fixtures + "/adapters/written/llama-root/adapter.gguf", toPath: folder + "/terse.gguf")
        return ModelLibrary(folder: folder, aliases: aliases, endpointNames: endpoints)
    }

    private func logits(_ library: ModelLibrary, _ name: String) throws -> [Float] {
        try Generators(library: library, threadCount: 1, prefixFolder: nil).openLocal(name).logits(after: [3, 1, 4])
    }

    private func sentence(_ library: ModelLibrary, _ name: String) -> String {
        do {
            _ = try library.open(name)
            return "opened"
        } catch {
            return "\(error)"
        }
    }

    @Test func `an adapter is listed as one, with its rank and its model`() throws {
        let library = try library()
        defer { try? FileManager.default.removeItem(atPath: library.folder) }
        let list = library.list()
        let style = try #require(list.first { $0.name == "style" }),
            terse = try #require(list.first { $0.name == "terse" })
        #expect(style.summary == "adapter, 2.2K parameters, rank 3, for llama-wide-heads")
        #expect(terse.summary.hasPrefix("adapter, llama, ") && terse.summary.hasSuffix("rank 4, for llama-wide-heads"))
        #expect(style.problem == nil && !style.isUsable && style.adapter?.matrices == 14)
        #expect(library.adapterNames.sorted() == ["style", "terse"])
        #expect(library.usableNames.contains("desk") && !library.usableNames.contains("style"))
        #expect(try library.describe("style").summary == style.summary)
        #expect(try library.describe("desk + style").name == "desk + style")
        // The head is remembered, and says the same.
        #expect(library.list() == list)
    }

    @Test func `a model and its adapters have one name`() throws {
        let library = try library(aliases: ["mine": "desk + style:0.5", "short": "desk"])
        defer { try? FileManager.default.removeItem(atPath: library.folder) }
        let alone = try logits(library, "desk"), styled = try logits(library, "desk + style")
        #expect(alone != styled)
        #expect(try logits(library, "desk + style:0") == alone)
        #expect(try logits(library, "desk + style:1.0") == styled)
        let half = try logits(library, "desk + style:0.5")
        #expect(half != alone && half != styled)
        #expect(try logits(library, "mine") == half && logits(library, "short + style") == styled)
        #expect(try library.open("desk + style:1 + terse:0.25").name == "desk + style + terse:0.25")
        #expect(try library.open("mine + terse").name == "desk + style:0.5 + terse")
        #expect(library.name(of: "mine") == "desk + style:0.5" && library.baseName(of: "mine") == "desk")
        // By paths, and by the file of weights in a folder.
        let path = "\(library.folder)/desk.gguf + \(library.folder)/style/adapter_model.safetensors:0.5"
        #expect(try logits(library, path) == half)
        #expect(try library.open("desk + \(library.folder)/style/:0.5").name == "desk + style:0.5")
    }

    @Test func `a name that is whole is never cut`() throws {
        let library = try library()
        defer { try? FileManager.default.removeItem(atPath: library.folder) }
        try FileManager.default.moveItem(
            atPath: library.folder + "/desk.gguf", toPath: library.folder + "/salt + pepper:2.gguf")
        #expect(try library.open("salt + pepper:2").name == "salt + pepper:2")
        #expect(try library.open("salt + pepper:2 + style").name == "salt + pepper:2 + style")
    }

    @Test func `what is not there or does not fit gets a sentence`() throws {
        let library = try library(aliases: ["round": "round + style"], endpoints: ["server"])
        defer { try? FileManager.default.removeItem(atPath: library.folder) }
        #expect(
            sentence(library, "desk + stile")
                == "There is no adapter 'stile'. Did you mean 'style'? The adapters are: style, terse. "
                + "Give the path of a folder or of a GGUF file, or put it into \(library.folder).")
        for name in ["style", "terse", library.folder + "/style", library.folder + "/terse.gguf"] {
            #expect(sentence(library, name).contains("is an adapter, which changes another model"), "\(name)")
        }
        #expect(
            sentence(library, "desk + desk").contains("desk.gguf: is a model. Give a folder with adapter_config.json"))
        for scale in ["1e9", "nan", "inf"] {
            #expect(sentence(library, "desk + style:\(scale)").contains("a scale that is not from -100 to 100"))
        }
        #expect(sentence(library, "built-in + style").contains("belongs to no matrix") == false)
        #expect(sentence(library, "built-in + style").contains("Use it with the model that it was made for."))
        #expect(sentence(library, "round").contains("The aliases lead in a circle"))
        let generators = Generators(library: library, threadCount: 1, prefixFolder: nil)
        #expect(throws: (any Error).self) { try generators.open("server/m + style") }
    }
}
