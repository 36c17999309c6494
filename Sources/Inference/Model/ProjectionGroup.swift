// Projections of one input, as the forward pass runs them: the matmuls, and on top of them the updates of adapters.
// - Without an adapter it is its matmuls and nothing else, so the bits are those of the model alone.
// - With one, down x is computed from the floats of the input, whatever the type of the weights, and upᵀ (down x) is added
//   when all matmuls are done: one fixed chain for each result, whatever the number of rows and workers.

import Tensors

/// Products of one input, and what adapters add to them.
final class ProjectionGroup: Sendable {
    /// A projection, and the matrix that takes its results.
    struct Target {
        var projection: Projection
        var output: FloatMatrix
        /// Adds to the output instead of replacing it.
        var adds = false

        fileprivate var job: MultiplyJob {
            MultiplyJob(weight: projection.weight, bias: projection.bias, output: output, adds: adds)
        }
    }

    /// The updates of a group with at least one.
    fileprivate struct Updates: Sendable {
        /// down x of each update.
        let down: ProductGroup
        /// Where upᵀ (down x) is added; `factors` takes down x.
        let ups: [(rows: WeightMatrix, factors: FloatMatrix, output: FloatMatrix)]
        /// Applied at the end, because the results are complete only then.
        let activation: Activation?

        struct Activation: Sendable {
            let kind: ActivationKind
            let gate: FloatMatrix
            let up: FloatMatrix?
            let preparesOutput: Bool
        }
    }

    /// The matmuls without updates.
    let products: ProductGroup
    fileprivate let updates: Updates?

    var wantsPreparedInput: Bool { products.wantsPreparedInput }

    /// - Parameters:
    ///   - targets: one or more, whose weights have the same number of columns.
    ///   - activation: the first output becomes activation(first) * second, or activation(first) if there is only one.
    ///   - preparesOutput: true if the activated output is also quantized to int8.
    init(_ targets: [Target], activation: ActivationKind? = nil, preparesOutput: Bool = false) {
        let jobs = targets.map(\.job)
        let adapted = targets.compactMap { target in
            target.projection.update.map { (update: $0, target: target) }
        }
        guard !adapted.isEmpty else {
            products = ProductGroup(jobs, activation: activation, preparesOutput: preparesOutput)
            updates = nil
            return
        }
        products = ProductGroup(jobs)
        let between = adapted.map { FloatMatrix(rowCount: 16, columnCount: $0.update.rank) }
        updates = Updates(
            down: ProductGroup(zip(adapted, between).map { MultiplyJob(weight: $0.update.down, output: $1) }),
            ups: zip(adapted, between).map { adapted, factors in
                (adapted.update.up, factors, adapted.target.output)
            },
            activation: activation.map {
                Updates.Activation(
                    kind: $0, gate: targets[0].output, up: targets.count > 1 ? targets[1].output : nil,
                    preparesOutput: preparesOutput)
            })
    }

    /// Makes room for a batch. Do not call this while workers use the group.
    func reserve(rows: Int) {
        for (_, factors, _) in updates?.ups ?? [] { factors.reserve(rows: rows) }
    }
}

extension Worker {
    /// Multiplies rows 0..<n of `input`. The input is ready, and prepared if the group wants that; the results are
    /// complete after the next barrier.
    func multiply(_ group: ProjectionGroup, input: FloatMatrix, rows n: Int, before next: ProjectionGroup? = nil) {
        multiply(group.products, input: input, rows: n, before: next?.products)
        guard let updates = group.updates else { return }
        multiply(updates.down, input: input, rows: n)
        finish(updates, rows: n)
    }

    /// Multiplies the listed rows of `input`; output rows are dense, in the order of the list.
    func multiply(
        _ group: ProjectionGroup, input: FloatMatrix, inputRows: [Int], before next: ProjectionGroup? = nil
    ) {
        multiply(group.products, input: input, inputRows: inputRows, before: next?.products)
        guard let updates = group.updates else { return }
        multiply(updates.down, input: input, inputRows: inputRows)
        finish(updates, rows: inputRows.count)
    }

    /// Quantizes rows 0..<n of `x` to int8 if the group wants that.
    func prepare(_ x: FloatMatrix, rows n: Int, for group: ProjectionGroup) { prepare(x, rows: n, for: group.products) }

    private func finish(_ updates: ProjectionGroup.Updates, rows n: Int) {
        barrier()
        for (rows, factors, output) in updates.ups { addCombinations(of: rows, factors: factors, to: output, rows: n) }
        guard let activation = updates.activation else { return }
        barrier()
        activate(activation.kind, activation.gate, times: activation.up, rows: n)
        // The same worker has activated the row.
        if activation.preparesOutput { prepare(activation.gate, rows: n) }
    }
}
