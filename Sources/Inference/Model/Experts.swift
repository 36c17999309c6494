// Mixture of experts: each row goes through the few feed-forwards that its router prefers.
// Mixtral, arXiv:2401.04088; the same in Qwen 3 MoE.
// - A row's experts are added in the order of their numbers, so that its sum does not depend on the batch.

import Tensors

/// The products of one layer's router and experts.
struct ExpertProducts: Sendable {
    let router: ProductGroup
    let experts: [FeedForwardProducts]
    /// Whether a layer's input must be in int8 form.
    let wantsPreparedInput: Bool

    init(router: ProductGroup, experts: [FeedForwardProducts]) {
        self.router = router
        self.experts = experts
        wantsPreparedInput = router.wantsPreparedInput || experts.contains { $0.gateUp.wantsPreparedInput }
    }
}

/// Scratch memory of the experts, used by one after the other.
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
            router: ProductGroup([MultiplyJob(router, scores)]),
            experts: layer.experts.map {
                FeedForwardProducts(
                    $0, activation: activation, gate: gate, up: up, down: { MultiplyJob($0, output) })
            })
    }
}

/// Which rows go to which expert, and with which weight.
struct ExpertRoutes {
    var rows: [[Int]]
    var weights: [[Float]]

    /// - Parameters:
    ///   - scores: what the router says: a row for each token, a column for each expert.
    ///   - used: how many experts a row goes through.
    ///   - normalizes: whether a row's weights are made to sum to 1.
    init(scores: FloatMatrix, rowCount: Int, used: Int, normalizes: Bool) {
        rows = Array(repeating: [], count: scores.columnCount)
        weights = rows.map { _ in [] }
        var chances: [Float] = []
        for row in 0..<rowCount {
            scores.copyRow(row, into: &chances)
            VectorMath.softmax(&chances)
            let best = Self.best(used, of: chances)
            // The smallest positive half, as in ggml, keeps the division from zero.
            let sum = normalizes ? max(best.reduce(Float(0)) { $0 + chances[$1] }, 6.103_515_625e-5) : 1
            for expert in best {
                rows[expert].append(row)
                weights[expert].append(chances[expert] / sum)
            }
        }
    }

    /// The places of the greatest values, greatest first; ties go to the lower place.
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
    /// Adds the chosen experts' outputs for rows 0..<n of `input` to `sum`. `input` is ready (prepared where
    /// the weights want that); a barrier follows.
    func runExperts(
        _ products: ExpertProducts, _ space: ExpertWorkspace, shape: ModelConfiguration, input: FloatMatrix,
        rows n: Int, sum: FloatMatrix
    ) {
        multiply(products.router, input: input, rows: n)
        barrier()
        // Every worker finds the same routes by itself: that is cheaper than handing them over.
        let routes = ExpertRoutes(
            scores: space.scores, rowCount: n, used: shape.expertUsedCount,
            normalizes: shape.normalizesExpertWeights)
        // By number: taking up each of a hundred experts to pass most of them over costs more than the rest here.
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
