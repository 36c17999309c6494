// Reads which types the folders of Inference declare and name, and holds that against one table.
// - Data goes one way inside a module too: a folder names types of folders listed before it, and only of those granted.

import Foundation
import Testing

/// One folder of a module, and the folders whose types it may name.
struct FolderRule: Sendable {
    var folder: String
    /// A folder includes its subfolders.
    var granted: [String]

    static let inference: [FolderRule] = [
        .init(folder: "Architectures", granted: []),
        .init(folder: "Files", granted: ["Architectures"]),
        .init(folder: "Adapters", granted: ["Files"]),
        .init(folder: "Tokenizers/Expressions", granted: []),
        .init(folder: "Tokenizers/Cutting", granted: ["Tokenizers/Expressions"]),
        .init(folder: "Tokenizers/Normalizing", granted: ["Tokenizers/Expressions", "Tokenizers/Cutting"]),
        .init(
            folder: "Tokenizers/Vocabularies",
            granted: ["Files", "Tokenizers/Expressions", "Tokenizers/Cutting", "Tokenizers/Normalizing"]),
        .init(
            folder: "Tokenizers/Reading",
            granted: [
                "Files", "Tokenizers/Expressions", "Tokenizers/Cutting", "Tokenizers/Normalizing",
                "Tokenizers/Vocabularies",
            ]),
        .init(
            folder: "Tokenizers/Encoders",
            granted: [
                "Files", "Tokenizers/Expressions", "Tokenizers/Cutting", "Tokenizers/Normalizing",
                "Tokenizers/Vocabularies",
            ]),
        .init(folder: "Tokenizers", granted: ["Files", "Tokenizers"]),
        .init(folder: "Prompting", granted: ["Files", "Tokenizers"]),
        .init(folder: "Model", granted: ["Architectures", "Files", "Adapters"]),
        .init(folder: "Sampling", granted: []),
        .init(folder: "Prefixes", granted: ["Files", "Model"]),
        .init(folder: "Decoding/Texts", granted: ["Sampling"]),
        .init(folder: "Decoding/Rules", granted: ["Sampling", "Decoding/Texts"]),
        .init(folder: "Decoding", granted: ["Model", "Sampling", "Decoding"]),
        .init(folder: "Evaluation", granted: ["Files", "Tokenizers", "Model"]),
        .init(folder: "Quantizing", granted: ["Files", "Adapters", "Tokenizers"]),
        .init(folder: "Merging", granted: ["Files", "Adapters", "Tokenizers", "Model", "Quantizing"]),
        .init(
            folder: "Exporting",
            granted: ["Architectures", "Files", "Tokenizers", "Prompting", "Model", "Quantizing"]),
        // LocalGenerator puts all of it together.
        .init(
            folder: "",
            granted: [
                "Files", "Adapters", "Tokenizers", "Prompting", "Model", "Sampling", "Prefixes", "Decoding",
            ]),
    ]

    func grants(_ other: String) -> Bool {
        other == folder || granted.contains { other == $0 || other.hasPrefix($0 + "/") }
    }
}

/// A Swift file without its comments and texts.
private struct SwiftCode {
    let folder: String
    let path: String
    let code: String

    init(path: String, text: String) {
        self.path = path
        folder = path.split(separator: "/").dropLast().joined(separator: "/")
        code =
            text
            .replacing(#/"""(?s:.*?)"""/#, with: "")
            .replacing(#/"(?:\\.|[^"\\\n])*"/#, with: "")
            .replacing(#/\/\/[^\n]*/#, with: "")
    }

    /// The types that other files may name.
    var declared: [String] {
        code.matches(
            of:
                #/(?m)^(?:(?:public|package|internal|final|indirect|nonisolated) )*(?:struct|class|enum|actor|protocol|typealias) (\w+)/#
        ).map { String($0.1) }
    }

    var named: Set<String> { Set(code.matches(of: #/\b[A-Z]\w*/#).map { String($0.0) }) }
}

/// Where files name types of folders that their own folder may not name: "Model/KVCache.swift names Tokenizer of …".
private func violations(of rules: [FolderRule], in files: [SwiftCode]) -> [String] {
    var folders: [String: Set<String>] = [:]
    for file in files {
        for type in file.declared { folders[type, default: []].insert(file.folder) }
    }
    return files.flatMap { file -> [String] in
        guard let rule = rules.first(where: { $0.folder == file.folder }) else {
            return ["\(file.path) is in a folder without a rule"]
        }
        return file.named.sorted().flatMap { type in
            (folders[type] ?? []).filter { !rule.grants($0) }.sorted().map { "\(file.path) names \(type) of \($0)" }
        }
    }
}

@Suite struct `Which folder of Inference may name whose types` {
    private static func files() throws -> [SwiftCode] {
        let top = repository.appending(path: "Sources/Inference")
        let paths = FileManager.default.enumerator(atPath: top.path)?.compactMap { $0 as? String } ?? []
        return try paths.filter { $0.hasSuffix(".swift") }.map { path in
            SwiftCode(path: path, text: try String(contentsOf: top.appending(path: path), encoding: .utf8))
        }
    }

    @Test func `no file names a type of a folder that its own may not name`() throws {
        let files = try Self.files()
        #expect(files.count > 80)
        #expect(violations(of: FolderRule.inference, in: files) == [])
    }

    @Test func `every rule is about a folder that is there`() throws {
        let folders = Set(try Self.files().map(\.folder))
        #expect(Set(FolderRule.inference.map(\.folder)) == folders)
    }

    @Test func `a folder is granted only folders that come before it`() {
        for (place, rule) in FolderRule.inference.enumerated() {
            let later = FolderRule.inference[(place + 1)...].map(\.folder)
            #expect(later.filter { $0 != "" && rule.grants($0) } == [], "\(rule.folder)")
        }
    }

    @Test func `a type that is named against the rules is found, but not in comments and texts`() {
        let rules = [FolderRule(folder: "Low", granted: []), FolderRule(folder: "High", granted: ["Low"])]
        let files = [
            SwiftCode(path: "Low/A.swift", text: "struct Base {}\n// Top\nlet text = \"Top\"\n"),
            SwiftCode(path: "Low/B.swift", text: "private struct Hidden {}\nfunc make() -> Top? { nil }\n"),
            SwiftCode(
                path: "High/C.swift", text: "public final class Top { var base = Base(); var hidden: Hidden? }\n"),
            SwiftCode(path: "New/D.swift", text: ""),
        ]
        #expect(
            violations(of: rules, in: files) == [
                "Low/B.swift names Top of High", "New/D.swift is in a folder without a rule",
            ])
    }
}
