import Foundation
import Inference
import Testing

@testable import Models

@Suite struct `Models that Hugging Face's tools and llama.cpp left` {
    private let trees = ModelTrees()

    @Test func `a file of a snapshot is listed, opens in place, and nothing is written`() throws {
        try trees.hubFile(TinyModel.gguf(), "acme/tea-GGUF", "tea-Q8_0.gguf")
        let before = try trees.state()
        let library = trees.library()
        #expect(library.listed == ["tea-Q8_0"])
        let model = try #require(library.list().last)
        #expect(model.origin == .huggingFace && model.architecture == "llama" && (model.bytes ?? 0) > 512)
        let opened = try library.open("tea-Q8_0")
        #expect(opened.name == "tea-Q8_0" && opened.file.tensorNames == ["part1.weight"])
        #expect(opened.file.path.hasPrefix(trees.hub) && opened.origin == .huggingFace)
        #expect(try trees.state() == before)
        #expect(ModelLibrary(folder: trees.own).listed == [])
    }

    @Test(arguments: [
        (["HF_HUB_CACHE": "a", "HUGGINGFACE_HUB_CACHE": "b", "HF_HOME": "c", "XDG_CACHE_HOME": "d"], "a"),
        (["HUGGINGFACE_HUB_CACHE": "b", "HF_HOME": "c", "XDG_CACHE_HOME": "d"], "b"),
        (["HF_HOME": "c", "XDG_CACHE_HOME": "d"], "c/hub"), (["XDG_CACHE_HOME": "d"], "d/huggingface/hub"),
        (["HF_HUB_CACHE": ""], ".cache/huggingface/hub"), ([:], ".cache/huggingface/hub"),
    ])
    func `the first variable that is set names the cache`(variables: [String: String], folder: String) throws {
        let places = ["a", "b", "c/hub", "d/huggingface/hub", ".cache/huggingface/hub"]
        for (index, place) in places.enumerated() {
            try trees.hubFile(
                TinyModel.gguf(), "acme/tea", "from\(index).gguf", root: "\(trees.home)/\(place)")
        }
        let environment = variables.mapValues { $0.isEmpty ? "" : "\(trees.home)/\($0)" }
        let index = try #require(places.firstIndex(of: folder))
        #expect(trees.library(environment: environment).listed == ["from\(index)"])
    }

    @Test func `a tilde in a variable is the home folder`() throws {
        try trees.hubFile(TinyModel.gguf(), "acme/tea", "tea.gguf", root: trees.home + "/x/hub")
        #expect(trees.library(environment: ["HF_HOME": "~/x/"]).listed == ["tea"])
    }

    @Test func `a link to a partial download, or to nothing, is not listed, and said`() throws {
        try trees.hubFile(TinyModel.gguf(), "acme/a", "a.gguf", blob: trees.hash("a") + ".0123abcd.incomplete")
        try trees.hubFile(TinyModel.gguf(), "acme/b", "b.gguf", blob: trees.hash("b") + ".downloadInProgress")
        try trees.link("\(trees.hub)/models--acme--c/snapshots/\(ModelTrees.commit)/c.gguf", to: "../../blobs/gone")
        try trees.hubFile(TinyModel.gguf(), "acme/d", "d.gguf")
        #expect(trees.library().listed == ["d"])
        let finding = try #require(trees.outside().findings.first)
        #expect(finding.count == 1 && finding.leftOut.count == 3)
        #expect(finding.leftOut[0].problem.hasSuffix("a.gguf leads to a download that is not complete."))
        #expect(finding.leftOut[2].problem.hasSuffix("c.gguf leads to a file that is not there."))
    }

    @Test func `a file that is cut short is not listed, whatever its name says`() throws {
        try trees.hubFile(Array(TinyModel.gguf().dropLast(8)), "acme/a", "a.gguf")
        try trees.hubFile(Array(TinyModel.gguf().prefix(40)), "acme/b", "b.gguf")
        try trees.hubFile([UInt8](repeating: 0, count: 600), "acme/c", "c.gguf")
        #expect(trees.library().listed == [])
        #expect(throws: ModelLibraryError.self) { try trees.library().open("a") }
        let finding = try #require(trees.outside().findings.first)
        #expect(finding.count == 0 && finding.bytes == 0 && finding.leftOut.count == 3)
        #expect(finding.leftOut[0].problem.contains("The file is cut short"))
    }

    @Test func `a split model is one entry, if all its parts are there`() throws {
        for number in 1...2 {
            try trees.hubFile(
                TinyModel.gguf(split: (number, 2)), "acme/big", "Q4/big-0000\(number)-of-00002.gguf")
        }
        try trees.hubFile(TinyModel.gguf(split: (1, 2)), "acme/half", "half-00001-of-00002.gguf")
        let library = trees.library()
        #expect(library.listed == ["big-00001-of-00002"])
        #expect(try library.open("big").file.tensorNames.sorted() == ["part1.weight", "part2.weight"])
        #expect(try library.list().last?.bytes == 2 * TinyModel.gguf(split: (1, 2)).count)
    }

    @Test func `a snapshot of safetensors is listed by its repository's name, if it is all there`() throws {
        func put(_ repository: String, _ files: [(String, [UInt8])]) throws {
            for (name, bytes) in files { try trees.hubFile(bytes, repository, name) }
        }
        let config = ("config.json", Array(TinyModel.config.utf8))
        let tokenizer = ("tokenizer.json", Array("{}".utf8))
        let index = Array(#"{"weight_map":{"a":"m-1.safetensors","b":"m-2.safetensors"}}"#.utf8)
        try put("acme/whole", [config, tokenizer, ("model.safetensors", TinyModel.safetensors())])
        try put("acme/short", [config, tokenizer, ("model.safetensors", TinyModel.safetensors(extra: -1))])
        try put("acme/long", [config, tokenizer, ("model.safetensors", TinyModel.safetensors(extra: 1))])
        try put("acme/wordless", [config, ("model.safetensors", TinyModel.safetensors())])
        try put("acme/configs", [config, tokenizer])
        try put(
            "acme/shards",
            [
                config, tokenizer, ("model.safetensors.index.json", index),
                ("m-1.safetensors", TinyModel.safetensors("a")),
            ])
        #expect(trees.library().listed == ["whole"])
        #expect(trees.library().origin(of: "whole") == .huggingFace)
        let leftOut = try #require(trees.outside().findings.first).leftOut.map(\.problem)
        #expect(leftOut.count == 4, "\(leftOut)")
        #expect(leftOut.contains { $0.contains("has no m-2.safetensors") })
        #expect(leftOut.contains { $0.contains("the file goes on after the last tensor (bytes too many: 1)") })
    }

    @Test func `two revisions of a file are two models, and of the same file one`() throws {
        let other = String(repeating: "f", count: 40)
        try trees.hubFile(TinyModel.gguf(1), "acme/tea", "tea.gguf", commit: other)
        try trees.hubFile(TinyModel.gguf(2), "acme/tea", "tea.gguf")
        try trees.hubFile(TinyModel.gguf(3), "acme/tea", "mug.gguf")
        let folder = "\(trees.hub)/models--acme--tea"
        try trees.link("\(folder)/snapshots/\(other)/mug.gguf", to: "../\(ModelTrees.commit)/mug.gguf")
        try trees.write(other, to: "\(folder)/refs/main")
        let library = trees.library()
        #expect(library.listed.sorted() == ["acme--tea", "mug", "tea"])
        // The one that refs/main names has the plain name.
        #expect(try library.open("tea").file.path.contains(other))
    }

    @Test func `LLAMA_CACHE comes first; files from addresses lie in it directly`() throws {
        let cache = trees.home + "/llama"
        try trees.hubFile(TinyModel.gguf(1), "acme/tea", "tea.gguf", root: cache)
        try trees.write(TinyModel.gguf(2), to: cache + "/acme_mug.gguf")
        try trees.write("etag", to: cache + "/acme_mug.gguf.etag")
        try trees.write(TinyModel.gguf(3), to: cache + "/half.gguf.downloadInProgress")
        try trees.write(TinyModel.gguf(4), to: ".cache/llama.cpp/older.gguf")
        try trees.hubFile(TinyModel.gguf(5), "acme/other", "tea.gguf")
        let library = trees.library(environment: ["LLAMA_CACHE": cache])
        #expect(library.listed == ["tea", "acme_mug", "acme--tea", "older"])
        #expect(library.list().dropFirst().map(\.origin) == [.llamaCpp, .llamaCpp, .huggingFace, .llamaCpp])
        #expect(trees.library().listed == ["tea", "older"])
    }

    @Test func `projectors, adapters, importance matrices and vocabularies are no models`() throws {
        try trees.hubFile(TinyModel.gguf(), "acme/a", "mmproj-tea.gguf")
        try trees.hubFile(TinyModel.gguf(type: "mmproj", architecture: "clip"), "acme/a", "sight.gguf")
        try trees.hubFile(TinyModel.adapter(), "acme/a", "lora.gguf")
        try trees.hubFile(TinyModel.gguf(type: "imatrix", architecture: nil), "acme/a", "imatrix.gguf")
        try trees.hubFile(TinyModel.gguf(hasTensors: false), "acme/a", "vocab.gguf")
        try trees.hubFile(TinyModel.gguf(architecture: "whisper"), "acme/a", "whisper.gguf")
        try trees.hubFile(TinyModel.gguf(type: "model"), "acme/a", "tea.gguf")
        #expect(trees.library().listed == ["tea"])
        let sentences = try #require(trees.outside().findings.first).leftOut.map(\.problem)
        #expect(sentences.count == 5)
        #expect(sentences.contains { $0.contains("is an adapter") } && sentences.contains { $0.contains("'whisper'") })
        // In the own folder, such a file is named with the reason.
        try trees.write(TinyModel.gguf(type: "imatrix", architecture: nil), to: "own/matrix.gguf")
        let own = trees.library().list().first { $0.name == "matrix" }
        #expect(own?.problem?.contains("is an importance matrix") == true)
    }

    @Test func `a file is found by the sum in its name`() throws {
        let sum = trees.hash("acme/teatea.gguf" + ModelTrees.commit)
        try trees.hubFile(TinyModel.gguf(), "acme/tea", "tea.gguf")
        try trees.ollamaModel(TinyModel.gguf(), "h/library/tea/1b")
        #expect(trees.outside().path(sha256: sum)?.hasSuffix("/blobs/\(sum)") == true)
        #expect(trees.outside().path(sha256: trees.hash("h/library/tea/1b"))?.hasPrefix(trees.ollama) == true)
        #expect(trees.outside().path(sha256: trees.hash("none")) == nil)
        #expect(trees.outside().path(sha256: "../../etc/passwd") == nil)
    }
}

@Suite struct `Models that Ollama and LM Studio left` {
    private let trees = ModelTrees()

    @Test func `a manifest's blob is listed by model and tag, whatever the host and the folder of manifests`() throws {
        try trees.ollamaModel(TinyModel.gguf(1), "registry.ollama.ai/library/llama3.2/1b")
        try trees.ollamaModel(TinyModel.gguf(2), "hf.co/acme/tea-GGUF/Q8_0")
        try trees.ollamaModel(TinyModel.gguf(3), "ollama.com/library/mug/latest", manifests: "manifest-v2")
        let library = trees.library()
        #expect(library.listed.sorted() == ["llama3.2:1b", "mug:latest", "tea-GGUF:Q8_0"])
        #expect(library.list().allSatisfy { $0.origin == .ollama || $0.origin == .builtIn })
        #expect(try library.open("llama3.2:1b").name == "llama3.2:1b")
        #expect(try library.open("mug").name == "mug:latest")
    }

    @Test func `a manifest that is a link counts, and one blob of many names is one model`() throws {
        let path = "registry.ollama.ai/library/tea/1b"
        try trees.ollamaModel(TinyModel.gguf(), path)
        for name in ["registry.ollama.ai/library/tea/latest", "ollama.com/library/tea/1b"] {
            try trees.link(
                "\(trees.ollama)/manifest-v2/\(name)", to: "\(trees.ollama)/manifests/\(path)")
        }
        let library = trees.library()
        #expect(library.listed == ["tea:1b"])
        #expect(library.list().last?.otherNames == ["tea:latest", "tea"])
        #expect(try library.open("tea:latest").name == "tea:1b")
        #expect(trees.outside().findings.first?.count == 1)
    }

    @Test func `what is not complete is left out with the reason`() throws {
        let tiny = try TinyModel.gguf()
        try trees.ollamaModel(tiny, "r/library/size/1b", size: tiny.count + 1)
        try trees.ollamaModel(tiny, "r/library/part/1b", blobName: "sha256-\(trees.hash("r/library/part/1b"))-partial")
        try trees.ollamaModel([UInt8](repeating: 0, count: 900), "r/library/sparse/1b")
        try trees.ollamaModel(
            tiny, "r/library/adapted/1b",
            moreLayers: #",{"mediaType":"application/vnd.ollama.image.adapter","digest":"sha256:00","size":1}"#)
        try trees.write("{", to: "\(trees.ollama)/manifests/r/library/broken/1b")
        try trees.write(
            #"{"layers":[{"mediaType":"application/vnd.ollama.image.model","digest":"sha256:../../../etc/passwd","size":1}]}"#,
            to: "\(trees.ollama)/manifests/r/library/evil/1b")
        try trees.write(
            #"{"layers":[{"mediaType":"application/vnd.ollama.image.tensor","digest":"sha256:00","size":1}]}"#,
            to: "\(trees.ollama)/manifests/r/library/tensors/1b")
        #expect(trees.library().listed == [])
        let finding = try #require(trees.outside().findings.first)
        #expect(finding.program == "Ollama" && finding.leftOut.count == 6, "\(finding.leftOut)")
        #expect(finding.leftOut.contains { $0.problem.hasPrefix("size:1b is not complete: ") })
    }

    @Test func `its three places all count`() throws {
        try trees.ollamaModel(TinyModel.gguf(1), "r/library/a/1b", root: trees.home + "/elsewhere")
        try trees.ollamaModel(TinyModel.gguf(2), "r/library/b/1b")
        try trees.ollamaModel(TinyModel.gguf(3), "r/library/c/1b", root: trees.home + "/service/models")
        let environment = ["OLLAMA_MODELS": trees.home + "/elsewhere"]
        #expect(trees.library(environment: environment).listed == ["a:1b", "b:1b", "c:1b"])
        #expect(trees.outside(environment).findings.map(\.count) == [1, 1, 1])
    }

    @Test(.enabled(if: getuid() != 0, "the superuser reads every folder"))
    func `a folder that may not be read is said, and the rest is listed`() throws {
        try trees.ollamaModel(TinyModel.gguf(1), "r/library/a/1b")
        try trees.ollamaModel(TinyModel.gguf(2), "r/library/b/1b", root: trees.home + "/service/models")
        #expect(chmod(trees.home + "/service/models", 0) == 0)
        defer { chmod(trees.home + "/service/models", 0o700) }
        #expect(trees.library().listed == ["a:1b"])
        let problem = trees.outside().findings.last?.problem
        #expect(
            problem
                == "\(trees.home)/service/models may not be read by you. Ask its owner for the right to read it, if you "
                + "want its models.")
    }

    @Test func `a file in the place of a folder is said, and each reason has its sentence`() throws {
        let path = try trees.write("x", to: "models")
        let findings = trees.outside(["OLLAMA_MODELS": path]).findings
        #expect(findings.map(\.problem) == ["\(path) is not a folder."])
        #expect(trees.library(environment: ["OLLAMA_MODELS": path]).listed == [])
        #expect(UnreadableFolder(path: "/x", code: EACCES).sentence.hasPrefix("/x may not be read by you."))
        #expect(UnreadableFolder(path: "/x", code: EIO).sentence == "/x cannot be read: Input/output error.")
    }

    @Test func `a folder that only a variable names is missed, others are not`() {
        #expect(trees.outside().findings.isEmpty)
        let finding = trees.outside(["OLLAMA_MODELS": "/nowhere/models"]).findings
        #expect(
            finding.map(\.problem) == [
                "OLLAMA_MODELS of the environment names /nowhere/models, and there is no such folder. Make it, or change the variable."
            ])
    }

    @Test func `LM Studio's models lie exactly two folders deep`() throws {
        for root in [".lmstudio/models", ".cache/lm-studio/models"] {
            let id = UInt8(root.count)
            try trees.write(TinyModel.gguf(id), to: "\(root)/acme/tea-GGUF/tea\(id).gguf")
            try trees.write(TinyModel.gguf(), to: "\(root)/acme/tea-GGUF/mmproj-tea.gguf")
            try trees.write(TinyModel.gguf(), to: "\(root)/acme/tea-GGUF/downloading_mug.gguf")
            try trees.write(TinyModel.gguf(), to: "\(root)/acme/tea-GGUF/pot.gguf.part")
            try trees.write(TinyModel.gguf(), to: "\(root)/acme/one.gguf")
            try trees.write(TinyModel.gguf(), to: "\(root)/acme/tea-GGUF/deep/three.gguf")
            try trees.write(
                TinyModel.gguf(split: (1, 2)), to: "\(root)/acme/tea-GGUF/big-00001-of-00002.gguf")
        }
        #expect(trees.library().listed == ["tea16", "tea23"])
        #expect(trees.library().origin(of: "tea16") == .lmStudio)
    }

    @Test func `a finding goes through JSON unchanged`() throws {
        try trees.ollamaModel(TinyModel.gguf(), "r/library/a/1b")
        try trees.ollamaModel(TinyModel.gguf(), "r/library/b/1b", size: 1)
        let findings = trees.outside().findings
        #expect(findings.first?.leftOut.count == 1)
        let data = try JSONEncoder().encode(findings)
        #expect(try JSONDecoder().decode([OutsideFinding].self, from: data) == findings)
    }
}
