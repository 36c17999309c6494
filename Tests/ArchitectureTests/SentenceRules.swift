// Reads the string literals of the libraries: their sentences name no commands and no options, because the command line
// and the studio show the same sentence. Each adds its own hint: Sources/copydesk/Console/Hints.swift and
// Sources/copydesk/StudioRunner/StudioHints.swift.

import Foundation
import Testing

private let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Sources").resolvingSymlinksInPath()

/// The Swift files of the libraries, as `Store/StoreError.swift`.
private let libraryFiles: [String] = {
    let names = FileManager.default.enumerator(atPath: sources.path)?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix(".swift") && !$0.hasPrefix("copydesk/") }.sorted()
}()

/// The text between the first and the last quote of each line, and the lines of multi-line literals; no comments.
private func literals(in text: String) -> [Substring] {
    var result: [Substring] = []
    var isInside = false
    for line in text.split(separator: "\n") {
        if line.contains("\"\"\"") {
            isInside.toggle()
        } else if isInside {
            result.append(line)
        } else if !line.drop(while: \.isWhitespace).hasPrefix("//"), let first = line.firstIndex(of: "\""),
            let last = line.lastIndex(of: "\""), first < last
        {
            result.append(line[line.index(after: first)..<last])
        }
    }
    return result
}

/// The commands and options that a text names.
private func commands(in text: Substring) -> [String] {
    let long = text.matches(of: /(?:^|[\s(`'])(--[a-z][a-z-]+)/).map { String($0.1) }
    let short = text.matches(of: /(?:^|[\s(`'])(-[a-zA-Z])(?=$|[\s.,:;)`'])/).map { String($0.1) }
    let programs = text.matches(of: /copydesk [a-z]+/).map { String($0.0) }
    return long + short + programs
}

@Suite struct `The sentences of the libraries` {
    private static let exceptions: [String: [String]] = [
        // How an option of the table is written at the command line; only the command line and docs/options.md show it.
        "Generation/Sampling/SamplingExamples.swift": ["-o"],
        // The comments of a new config.yaml, for a person who edits it.
        "Settings/SettingsSkeleton.swift": ["copydesk config"],
    ]

    @Test func `name no commands and no options`() throws {
        var count = 0
        for file in libraryFiles {
            let text = try String(contentsOf: sources.appending(path: file), encoding: .utf8)
            let literals = literals(in: text)
            count += literals.count
            let named = literals.flatMap(commands).filter { Self.exceptions[file]?.contains($0) != true }
            #expect(named == [], "Sources/\(file): put them into Hints.swift or StudioHints.swift")
        }
        #expect(libraryFiles.count > 200 && count > 2000, "the sources were not found")
    }

    @Test(arguments: [
        (#"    "Choose another name, or replace it with --force.""#, ["--force"]),
        (#"    + "or a smaller context with -c.""#, ["-c"]),
        (#"let text = "Run: `copydesk history list`""#, ["copydesk history"]),
        ("let text = \"\"\"\n    Give it with -m.\n    \"\"\"", ["-m"]), (#"// "--force""#, []),
        (#"let text = "x - y, 1-a, a--b and {0,-1}""#, []),
    ])
    func `are found in literals, and only there`(line: String, expected: [String]) {
        #expect(literals(in: line).flatMap(commands) == expected)
    }
}
