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
    let options: ExportOptions

    public init(
        store: DraftStore, selection: DraftSelection, format: ExportFormat, options: ExportOptions = ExportOptions()
    ) {
        self.store = store
        self.selection = selection
        self.format = format
        self.options = options
    }

    /// Takes the number of drafts that are written and of those to write, after each draft. If it throws, the export
    /// ends with its error.
    public typealias Progress = (_ written: Int, _ total: Int) throws -> Void

    /// Writes a file.
    /// - Parameters:
    ///   - force: true if a file that exists is replaced.
    ///   - progress: `nil` if nobody asks; then the drafts are not counted first.
    /// - Returns: the number of drafts written.
    /// - Throws: `DraftExportError`, `ExportError`, `StoreError`, the errors of `progress`; then nothing new is at `path`.
    public func write(toFile path: String, force: Bool, progress: Progress? = nil) throws -> Int {
        try ExportFile.write(to: path, force: force) { output in try export(output, progress) }
    }

    /// Hands the text to `output` in pieces of about 64 KB.
    /// - Returns: the number of drafts written.
    /// - Throws: `DraftExportError`, `StoreError`, or the error of `output`.
    @discardableResult
    public func write(to output: (String) throws -> Void) throws -> Int {
        var gathered = ""
        let count = try export({ piece in
            gathered += piece
            guard gathered.utf8.count >= Self.pieceBytes else { return }
            try output(gathered)
            gathered = ""
        })
        try output(gathered)
        return count
    }

    private func export(_ output: (String) throws -> Void, _ progress: Progress? = nil) throws -> Int {
        try store.reading(selection) { reader in
            let total = try progress.map { _ in try reader.count(selection) } ?? 0
            var written = 0
            return try withoutActuallyEscaping(progress ?? { _, _ in }) { progress in
                let drafts = Drafts(reader: reader, selection: selection) {
                    // Some formats read all drafts a second time.
                    written = min(written + 1, total)
                    try progress(written, total)
                }
                return try Exporter.write(as: format, options: options, from: drafts, to: output)
            }
        }
    }

    private struct Drafts: ExportSource {
        let reader: DraftReader
        let selection: DraftSelection
        let wasTaken: () throws -> Void

        func forEach(_ take: (ExportItem) throws -> Void) throws {
            var isEmpty = true
            try reader.forEach(selection) { found in
                isEmpty = false
                try take(ExportItem(draft: found.draft, generation: found.generation))
                try wasTaken()
            }
            if isEmpty { throw DraftExportError.nothingMatches }
        }
    }
}
