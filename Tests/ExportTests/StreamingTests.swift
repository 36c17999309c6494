// Exports of any size, written as the drafts come.

import Export
import Foundation
import Generation
import Testing

@Suite struct StreamingTests {
    private let temporary: TemporaryFolder

    init() throws { temporary = try TemporaryFolder() }

    /// Drafts of two generations that take turns.
    private let items = [
        ExportItem.example("one", id: 1, generationId: 7), .example("two\nlines", id: 2, generationId: 9, tags: ["x"]),
        .example("three", id: 3, generationId: 7), .example("four", id: 4, generationId: 9, fields: [:]),
    ]

    /// The document as one value, for the encoder to write at once.
    private struct Whole: Encodable {
        var generations: [DraftJSON.Generation]
        var drafts: [DraftJSON.Draft]
    }

    @Test(arguments: [0, 1, 4])
    func `JSON written piece by piece is the same as written at once`(count: Int) {
        let some = Array(items.prefix(count))
        var seen: Set<Int64> = []
        let whole = Whole(
            generations: some.map(\.generation).filter { seen.insert($0.id).inserted }.map { DraftJSON.Generation($0) },
            drafts: some.map { DraftJSON.Draft($0.draft, of: $0.generation, tags: $0.tags) })
        #expect(Exporter.render(some, as: .json).isSame(DraftJSON.text(of: whole)))
    }

    @Test(arguments: ExportFormat.allCases)
    func `no more than a few drafts are held at a time`(format: ExportFormat) throws {
        struct Many: ExportSource {
            func forEach(_ take: (ExportItem) throws -> Void) throws {
                for id in 1...5000 { try take(.example("text \(id)", id: Int64(id), generationId: Int64(1 + id / 3))) }
            }
        }
        var longestWait = 0
        var waiting = 0
        var pieces = 0
        struct Counted: ExportSource {
            let counted: () -> Void
            func forEach(_ take: (ExportItem) throws -> Void) throws {
                try Many().forEach {
                    counted()
                    try take($0)
                }
            }
        }
        let count = try Exporter.write(as: format, from: Counted { waiting += 1 }) { piece in
            pieces += 1
            longestWait = max(longestWait, waiting)
            waiting = 0
            #expect(piece.utf8.count < 10_000)
        }
        #expect(count == 5000)
        #expect(pieces >= 5000)
        // The first generation is held back; JSON skips drafts whose generation is written already.
        #expect(longestWait <= 3)
    }

    @Test func `one generation has its title as heading, and several have one each`() {
        let one = Exporter.render([items[0], items[2]], as: .markdown)
        #expect(one.hasPrefix("# Product ad\n\n- Date"))
        #expect(!one.contains("\n## "))
        let several = Exporter.render(items, as: .markdown)
        #expect(several.hasPrefix("# Drafts\n\n## Product ad\n"))
        #expect(several.components(separatedBy: "\n## ").count == 5)
        #expect(Exporter.render(items, as: .html).components(separatedBy: "<section>").count == 5)
        #expect(Exporter.render([items[0], items[2]], as: .html).components(separatedBy: "<section>").count == 2)
    }

    @Test func `a source that fails leaves what was at the file's place`() throws {
        struct Broken: Error {}
        struct Failing: ExportSource {
            func forEach(_ take: (ExportItem) throws -> Void) throws {
                for id in 1...1000 { try take(.example(String(repeating: "x", count: 1000), id: Int64(id))) }
                throw Broken()
            }
        }
        let path = temporary.path + "/out.csv"
        try ExportFile.write("before", to: path)
        #expect(throws: Broken.self) {
            try ExportFile.write(to: path, force: true) { output in
                try Exporter.write(as: .csv, from: Failing(), to: output)
            }
        }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "before")
        #expect(try FileManager.default.contentsOfDirectory(atPath: temporary.path) == ["out.csv"])
    }
}
