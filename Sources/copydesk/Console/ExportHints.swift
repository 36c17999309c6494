// The option that helps with an error of an export; the command line adds it to the sentence.

import Export

extension ExportError: HintedError {
    var hint: String? {
        if case .exists = self { "--force replaces it." } else { nil }
    }
}
