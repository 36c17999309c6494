// Changes that a model's own file makes to the row of its architecture.

import Tensors

extension Architecture {
    /// The row, with the activation that `file` names if it names one.
    func adjusted(to file: any ModelSource) throws -> Architecture {
        guard let found = try file.optionalString(name + ".hidden_activation") else { return self }
        guard let activation = Self.activations[found] else {
            throw ModelError.unsupported(path: file.path, what: "the activation '\(found)'")
        }
        var row = self
        row.activation = activation
        return row
    }
}
