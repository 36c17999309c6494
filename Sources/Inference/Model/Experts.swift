// Mixture of experts: each row goes through the few feed-forwards that its router prefers. Mixtral, arXiv:2401.04088;
// the same in Qwen 3 MoE.
// - A row adds its experts in the order of their indices, so that its sum does not depend on the batch.

import Tensors

/// The products of one layer's router and experts.
struct ExpertProducts: Sendable {
    let router: ProjectionGroup
    let experts: [FeedForwardProducts]
    /// True if the layer's input must be in int8 form.
    let wantsPreparedInput: Bool

    init(router: ProjectionGroup, experts: [FeedForwardProducts]) {
        self.router = router
        self.experts = experts
        wantsPreparedInput = router.wantsPreparedInput || experts.contains { $0.gateUp.wantsPreparedInput }
    }

    func reserve(rows: Int) {
        router.reserve(rows: rows)
        for expert in experts { expert.reserve(rows: rows) }
    }
}

/// Scratch memory of the experts, which use it one after the other.
final class ExpertWorkspace: Sendable {
    let scores: FloatMatrix
    let gate: FloatMatrix
    let up: FloatMatrix
    let output: FloatMatrix

    init(shape: ModelConfiguration) {
        scores = FloatMatrix(rowCount: 16, columnCount: shape.expertCount)
        gate = FloatMatrix(rowCount: 16, columnCount: shape.expertWidth)
        up = FloatMatrix(rowCount: 16, columnCount: shape.expertWidth)
        output = FloatMatrix(rowCount: 16, columnCount: shape.width)
    }

    func reserve(rows: Int) {
        for matrix in [scores, gate, up, output] { matrix.reserve(rows: rows) }
    }

    /// - Returns: nil for a layer without experts.
    func products(_ layer: LayerWeights, activation: ActivationKind) -> ExpertProducts? {
        guard let router = layer.router else { return nil }
        return ExpertProducts(
            router: ProjectionGroup([ProjectionGroup.Target(projection: router, output: scores)]),
            experts: layer.experts.map {
                FeedForwardProducts(
                    $0, activation: activation, gate: gate, up: up,
                    down: { ProjectionGroup.Target(projection: $0, output: output) })
            })
    }
}

/// The rows that go to each expert, with their weights.
struct ExpertRoutes {
    var rows: [[Int]]
    var weights: [[Float]]

    /// - Parameters:
    ///   - scores: the router's output: a row for each token, a column for each expert.
    ///   - used: how many experts a row goes through.
    ///   - normalizes: true to make a row's weights sum to 1.
    ///   - scale: factor of all weights.
    init(scores: FloatMatrix, rowCount: Int, used: Int, normalizes: Bool, scale: Float = 1) {
        rows = Array(repeating: [], count: scores.columnCount)
        weights = rows.map { _ in [] }
        var chances: [Float] = []
        for row in 0..<rowCount {
            scores.copyRow(row, into: &chances)
            VectorMath.softmax(&chances)
            let best = Self.best(used, of: chances)
            // The smallest positive half float, as in ggml, avoids a division by zero.
            let sum = normalizes ? max(best.reduce(Float(0)) { $0 + chances[$1] }, 6.103_515_625e-5) : 1
            for expert in best {
                rows[expert].append(row)
                weights[expert].append(chances[expert] / sum * scale)
            }
        }
    }

    /// The indices of the greatest values, greatest first; of equal values the lower index first.
    private static func best(_ count: Int, of values: [Float]) -> [Int] {
        var chosen: [Int] = []
        for _ in 0..<min(count, values.count) {
            var best: Int?
            for (place, value) in values.enumerated() where !chosen.contains(place) {
                if best.map({ value > values[$0] }) ?? true { best = place }
            }
            if let best { chosen.append(best) }
        }
        return chosen
    }
}

extension Worker {
    /// Adds the chosen experts' outputs for rows 0..<n of `input` to `sum`. `input` must be ready, and prepared if the
    /// weights want that; the call ends with a barrier.
    func runExperts(
        _ products: ExpertProducts, _ space: ExpertWorkspace, shape: ModelConfiguration, input: FloatMatrix,
        rows n: Int, sum: FloatMatrix
    ) {
        multiply(products.router, input: input, rows: n)
        barrier()
        // Every worker computes the same routes, because that is cheaper than sharing them.
        let routes = ExpertRoutes(
            scores: space.scores, rowCount: n, used: shape.expertUsedCount,
            normalizes: shape.normalizesExpertWeights, scale: shape.residualScale)
        // Loop over indices and skip unused experts: copying a hundred experts to skip most of them costs more than the
        // rest.
        for index in products.experts.indices where !routes.rows[index].isEmpty {
            let expert = products.experts[index], rows = routes.rows[index]
            multiply(expert.gateUp, input: input, inputRows: rows, before: expert.down)
            barrier()
            multiply(expert.down, input: expert.activated, rows: rows.count)
            barrier()
            addRows(of: space.output, times: routes.weights[index], to: sum, rows: rows)
        }
        barrier()
    }
}
