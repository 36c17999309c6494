// Drafts of a store, written to a file or to standard output as they are read.
// - The store is read on a connection of its own, as it is at one moment: whoever saves meanwhile does not wait.
// - A file is there complete or not at all, and none is made if no draft matches.

import Export
import Generation
import Store

struct DraftExport {
    let store: DraftStore
    let selection: DraftSelection
    let format: Export.ExportFormat

    /// - Returns: how many drafts were written.
    func write(to path: String, force: Bool) throws -> Int {
        try ExportFile.write(to: path, force: force) { output in try write(output) }
    }

    /// Writes to standard output.
    func print() throws {
        var gathered = ""
        _ = try write { piece in
            gathered += piece
            guard gathered.utf8.count >= 1 << 16 else { return }
            try Console.write(gathered)
            gathered = ""
        }
        try Console.write(gathered)
    }

    private func write(_ output: (String) throws -> Void) throws -> Int {
        try store.reading(selection) { reader in
            try Exporter.write(as: format, from: Drafts(reader: reader, selection: selection), to: output)
        }
    }

    private struct Drafts: ExportSource {
        let reader: DraftReader
        let selection: DraftSelection

        func forEach(_ take: (ExportItem) throws -> Void) throws {
            var isEmpty = true
            try reader.forEach(selection) { found in
                isEmpty = false
                try take(ExportItem(draft: found.draft, generation: found.generation))
            }
            if isEmpty { throw Failure("Nothing to export: no draft matches.") }
        }
    }
}
