// Drafts of a store, written to a file or in pieces as they are read.
// - The store is read on a connection of its own, as it is at one moment: others can save meanwhile.
// - A file is there complete or not at all, and none is made if no draft matches.

import Export
import Generation
import Store

/// Why nothing was exported.
public enum DraftExportError: Error, Equatable, CustomStringConvertible {
    case nothingMatches

    public var description: String { "Nothing to export: no draft matches." }
}

/// An export of selected drafts in one format.
public struct DraftExport {
    private static let pieceBytes = 1 << 16

    let store: DraftStore
    let selection: DraftSelection
    let format: ExportFormat

    public init(store: DraftStore, selection: DraftSelection, format: ExportFormat) {
        self.store = store
        self.selection = selection
        self.format = format
    }

    /// Writes a file.
    /// - Parameter force: true if a file that exists is replaced.
    /// - Returns: the number of drafts written.
    /// - Throws: `DraftExportError`, `ExportError`, `StoreError`; then nothing new is at `path`.
    public func write(toFile path: String, force: Bool) throws -> Int {
        try ExportFile.write(to: path, force: force) { output in try export(output) }
    }

    /// Hands the text to `output` in pieces of about 64 KB.
    /// - Returns: the number of drafts written.
    /// - Throws: `DraftExportError`, `StoreError`, or the error of `output`.
    @discardableResult
    public func write(to output: (String) throws -> Void) throws -> Int {
        var gathered = ""
        let count = try export { piece in
            gathered += piece
            guard gathered.utf8.count >= Self.pieceBytes else { return }
            try output(gathered)
            gathered = ""
        }
        try output(gathered)
        return count
    }

    private func export(_ output: (String) throws -> Void) throws -> Int {
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
            if isEmpty { throw DraftExportError.nothingMatches }
        }
    }
}
