// The words about exports: the option that helps if the file is there already, and the list of formats.

import Export
import Generation

/// Writes a file for a command that takes `--force`.
/// - Throws: the error of `write`; if the file exists, a sentence that names the option.
func namingForce<Value>(_ write: () throws -> Value) throws -> Value {
    do {
        return try write()
    } catch let error as ExportError {
        guard case .exists = error else { throw error }
        throw Failure("\(error) --force replaces it.")
    }
}

extension ExportFormat {
    /// All formats for a sentence: `md, txt, … or csv`.
    static let list: String = {
        let names = allCases.map(\.rawValue)
        return names.dropLast().joined(separator: ", ") + (names.last.map { " or \($0)" } ?? "")
    }()
}
