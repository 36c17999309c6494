// Reads the import lines of all sources and holds them against the rules of ARCHITECTURE.md.

import Foundation
import Testing

let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// The modules each target imports, by target; from `import X`, `@testable import X`, `public import X`.
private let importsByTarget: [String: Set<String>] = {
    var result: [String: Set<String>] = [:]
    let sources = repository.appending(path: "Sources")
    for target in (try? FileManager.default.contentsOfDirectory(atPath: sources.path)) ?? [] {
        let files = FileManager.default.enumerator(atPath: sources.appending(path: target).path)
        while let file = files?.nextObject() as? String {
            guard file.hasSuffix(".swift"),
                let text = try? String(contentsOf: sources.appending(path: "\(target)/\(file)"), encoding: .utf8)
            else { continue }
            for line in text.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard let place = words.firstIndex(of: "import"), place <= 2, place + 1 < words.count else { continue }
                guard words[..<place].allSatisfy({ $0.hasPrefix("@") || ["public", "internal"].contains($0) }) else {
                    continue
                }
                // `import struct Foundation.Date` names the module behind the kind.
                let kinds: Set<Substring> = ["struct", "class", "enum", "func", "protocol", "typealias", "var", "let"]
                let name =
                    kinds.contains(words[place + 1]) && place + 2 < words.count ? words[place + 2] : words[place + 1]
                result[target, default: []].insert(String(name.split(separator: ".")[0]))
            }
        }
    }
    return result
}()

private func importers(of module: String) -> Set<String> {
    Set(importsByTarget.filter { $0.value.contains(module) }.keys)
}

@Suite struct `Who may import whom` {
    @Test func `the sources are found at all`() {
        #expect(importsByTarget["copydesk"]?.contains("ArgumentParser") == true)
    }

    @Test(arguments: [
        ("CKernels", ["Tensors"]), ("CNcurses", ["Terminal"]), ("GRDB", ["Store"]), ("GRDBSQLite", ["Store"]),
        ("ArgumentParser", ["copydesk"]),
        ("Yams", ["Templates", "Settings", "Training", "YAMLReading"]),
        ("CEmbed", ["Models", "Templates", "Downloads"]),
        ("FoundationNetworking", []), ("copydesk", []), ("CTransfer", ["Transfer"]), ("CUnpack", ["Importing"]),
        ("Tensors", ["Inference", "Models", "Training"]), ("Inference", ["Models", "Training"]),
        ("Grammar", ["Inference", "Models", "Endpoints"]),
    ])
    func `a module that few may use is used by those alone`(module: String, allowed: [String]) {
        #expect(importers(of: module).subtracting(allowed) == [])
    }

    @Test(arguments: [
        ("Generation", []),
        ("Text", []),
        ("Files", []),
        ("Jinja", []),
        ("YAMLReading", ["Generation", "Yams"]),
        ("Templates", ["Generation", "Jinja", "CEmbed", "YAMLReading", "Yams"]),
        ("Settings", ["Generation", "YAMLReading", "Yams"]),
        ("Tensors", ["CKernels", "Files"]),
        ("Grammar", ["Generation"]),
        ("Inference", ["Tensors", "Files", "Generation", "Text", "Grammar", "Jinja"]),
        ("Training", ["Inference", "Tensors", "Generation", "Files", "YAMLReading", "Yams"]),
        ("Transfer", ["CTransfer"]),
        ("Endpoints", ["Transfer", "Generation", "Text", "Grammar", "Files"]),
        ("Downloads", ["Transfer", "Generation", "Files", "CEmbed"]),
        ("Serving", ["Generation", "Text"]),
        ("Models", ["Inference", "Grammar", "Tensors", "Generation", "CEmbed", "Endpoints", "Files"]),
        ("Store", ["Generation", "Files", "GRDB", "GRDBSQLite"]),
        ("Export", ["Generation", "Text", "Files"]),
        ("Drafting", ["Templates", "Generation", "Text", "Store", "Export", "Models"]),
        ("Chat", ["Generation", "Text", "Templates", "Store", "Drafting"]),
        ("Importing", ["CUnpack", "Generation", "Text"]),
        ("Studio", ["Generation", "Text"]),
        ("Terminal", ["CNcurses", "Studio"]),
    ])
    func `a target imports only the modules that ARCHITECTURE.md allows`(target: String, granted: [String]) {
        let system: Set = [
            "Foundation", "FoundationEssentials", "Glibc", "Musl", "Darwin", "Dispatch", "Synchronization", "Swift",
        ]
        #expect(importsByTarget[target, default: []].subtracting(granted).subtracting(system) == [])
    }

    @Test(arguments: ["Generation", "Text", "Grammar", "Studio"])
    func `pure modules import nothing that does input or output`(target: String) {
        let doers: Set = ["Foundation", "Glibc", "Dispatch", "FoundationNetworking", "GRDB", "CNcurses"]
        #expect(importsByTarget[target, default: []].intersection(doers) == [])
    }

    @Test func `only the inference core and the model library know that a generator is a local one`() throws {
        var namers: Set<String> = []
        let sources = repository.appending(path: "Sources")
        for target in try FileManager.default.contentsOfDirectory(atPath: sources.path) {
            let folder = sources.appending(path: target)
            let files = FileManager.default.enumerator(atPath: folder.path)
            while let file = files?.nextObject() as? String {
                guard file.hasSuffix(".swift") else { continue }
                let text = try String(contentsOf: folder.appending(path: file), encoding: .utf8)
                if text.contains("LocalGenerator") { namers.insert(target) }
            }
        }
        // A model in training writes samples.
        #expect(namers == ["Inference", "Models", "Training"])
    }

    @Test(arguments: ["Model", "Sampling"])
    func `the transformer, the cache and the sampler never see text`(folder: String) throws {
        let path = repository.appending(path: "Sources/Inference/\(folder)").path
        let files = try FileManager.default.contentsOfDirectory(atPath: path).filter { $0.hasSuffix(".swift") }
        #expect(!files.isEmpty)
        for file in files {
            let text = try String(contentsOf: URL(filePath: path).appending(path: file), encoding: .utf8)
            #expect(!text.contains("Tokenizer"), "\(file) names the tokenizer")
            #expect(!text.contains("JinjaTemplate"), "\(file) names a template")
        }
    }
}
