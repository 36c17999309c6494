// What the command line adds to the sentences of exports, for commands that take `--force`.

import Export

extension ExportError {
    /// The sentence with the option that replaces a file.
    var sentenceWithForce: String {
        if case .exists = self { description + " --force replaces it." } else { description }
    }
}
