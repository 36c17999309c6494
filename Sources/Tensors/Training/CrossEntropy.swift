// The head of a language model and its loss, without the logits of all rows at once.
// - Rows without a target (label -1) are skipped altogether.
// - The others are packed together and computed some at a time: logits, soft cap, loss, gradient in the logits' place,
//   gradients of the rows and of the head. The number at a time changes no bit of any result.

import CKernels

/// A weight of training: one that is trained, or one of a file, of any element type.
public enum TrainingWeight: Sendable {
    case trained(FloatMatrix)
    case fixed(WeightMatrix)

    public var rowCount: Int {
        switch self {
        case .trained(let matrix): matrix.rowCount
        case .fixed(let weight): weight.rowCount
        }
    }

    public var columnCount: Int {
        switch self {
        case .trained(let matrix): matrix.columnCount
        case .fixed(let weight): weight.columnCount
        }
    }

    /// For y = x Wᵀ.
    public var transposed: ProductOperand {
        switch self {
        case .trained(let matrix): .transposed(matrix)
        case .fixed(let weight): .transposed(weight)
        }
    }

    /// For dx = dy W.
    public var plain: ProductOperand {
        switch self {
        case .trained(let matrix): .plain(matrix)
        case .fixed(let weight): .plain(weight)
        }
    }
}

/// The loss of a batch and the memory that computing it needs.
///
/// Guard of `@unchecked Sendable`: `set` is called while no worker uses it; workers write their own rows between
/// barriers.
public final class CrossEntropy: @unchecked Sendable {
    public let width: Int
    public let vocabularyCount: Int
    /// Logits become softcap * tanh(logit / softcap); if it is 0, they stay as they are.
    public let softcap: Float
    /// The rows that have a target, in order.
    public private(set) var targetRows: [Int] = []

    private(set) var labels: [UInt32] = []
    private(set) var weights: [Float] = []
    let rowsAtOnce: Int
    let hidden: FloatMatrix
    let hiddenGradient: FloatMatrix
    let logits: FloatMatrix
    let packedHidden: PackedMatrix
    let packedLogits: PackedMatrix
    let packedColumns: PackedMatrix
    private var losses = AlignedMemory(byteCount: 0)

    /// - Parameter rowsAtOnce: how many rows' logits are held at a time; if nil, about 4 MB of them, but 64...512 rows.
    public init(
        width: Int, vocabularyCount: Int, softcap: Float = 0, precision: ProductPrecision = .f32,
        rowsAtOnce: Int? = nil
    ) {
        precondition(width > 0 && vocabularyCount > 0 && softcap >= 0, "a head")
        let rows = rowsAtOnce ?? min(max((1 << 20) / vocabularyCount, 64), 512)
        precondition(rows > 0, "some rows at once")
        self.width = width
        self.vocabularyCount = vocabularyCount
        self.softcap = softcap
        self.rowsAtOnce = rows
        hidden = FloatMatrix(rowCount: rows, columnCount: width)
        hiddenGradient = FloatMatrix(rowCount: rows, columnCount: width)
        logits = FloatMatrix(rowCount: rows, columnCount: vocabularyCount)
        // Pages that are never touched cost nothing, so evaluation does not pay for gradients.
        packedHidden = PackedMatrix(precision: precision, rows: rows, depth: width)
        packedLogits = PackedMatrix(precision: precision, rows: rows, depth: vocabularyCount)
        packedColumns = PackedMatrix(precision: precision, rows: vocabularyCount, depth: rows)
    }

    /// Sets the targets of the next batch.
    /// - Parameters:
    ///   - labels: the token that each row shall predict, or -1 for none; the caller has checked the others.
    ///   - weights: of the rows' losses; all 1 if nil.
    public func set(labels all: [Int32], weights rowWeights: [Float]? = nil) {
        precondition((rowWeights?.count ?? all.count) == all.count, "a weight for each row")
        precondition(all.allSatisfy { $0 < vocabularyCount }, "labels of the vocabulary")
        targetRows = all.indices.filter { all[$0] >= 0 }
        labels = targetRows.map { UInt32(all[$0]) }
        weights = targetRows.map { rowWeights?[$0] ?? 1 }
        if targetRows.count * 8 > losses.byteCount { losses = AlignedMemory(byteCount: targetRows.count * 8) }
        for target in targetRows.indices { loss(at: target).pointee = 0 }
    }

    func loss(at target: Int) -> UnsafeMutablePointer<Double> {
        (losses.base + target * 8).assumingMemoryBound(to: Double.self)
    }

    /// The rows with a target.
    public var targetCount: Int { targetRows.count }

    /// The sum of the targets' weights, in order.
    public var weightSum: Double { weights.reduce(0) { $0 + Double($1) } }

    /// The loss of each target in nats, in the order of `targetRows`, after `Worker.crossEntropy`.
    public var targetLosses: [Double] { targetRows.indices.map { loss(at: $0).pointee } }

    /// The sum of weight * loss over the targets, in order.
    public var lossSum: Double { targetRows.indices.reduce(0) { $0 + Double(weights[$1]) * loss(at: $1).pointee } }

    /// The first row whose loss is not finite.
    public var firstRowNotFinite: Int? {
        targetRows.indices.first { !loss(at: $0).pointee.isFinite }.map { targetRows[$0] }
    }
}

extension Worker {
    /// Computes the loss of the batch's targets and, if asked, its gradients. All workers call it, with barriers around
    /// it; it has barriers inside.
    /// - Parameters:
    ///   - hidden: rows of the batch, after the last norm; `entropy.width` wide.
    ///   - head: (vocabularyCount, width).
    ///   - factor: the gradient is that of factor * lossSum: 1 / targets for a mean.
    ///   - hiddenGradient: replaced in rows 0..<rows, zero in rows without a target; nil to evaluate only.
    ///   - headGradient: added to; nil if the head is not trained.
    public func crossEntropy(
        _ entropy: CrossEntropy, hidden: FloatMatrix, rows n: Int, head: TrainingWeight, factor: Float = 1,
        hiddenGradient: FloatMatrix? = nil, headGradient: FloatMatrix? = nil
    ) {
        let (width, vocabulary) = (entropy.width, entropy.vocabularyCount)
        precondition(head.rowCount == vocabulary && head.columnCount == width, "a head of this shape")
        precondition(hidden.columnCount == width && n <= hidden.rowCount, "rows fit the matrix")
        precondition((entropy.targetRows.last ?? -1) < n, "targets are rows of the batch")
        precondition((hiddenGradient?.columnCount ?? width) == width, "gradients of the same width")
        precondition(n <= hiddenGradient?.rowCount ?? n, "gradients of all rows")
        if let headGradient {
            precondition(
                headGradient.rowCount == vocabulary && headGradient.columnCount == width, "a gradient of the head")
        }
        let wantsGradient = hiddenGradient != nil || headGradient != nil
        if let hiddenGradient { clear(hiddenGradient, rows: n) }
        for first in stride(from: 0, to: entropy.targetCount, by: entropy.rowsAtOnce) {
            let targets = first..<min(first + entropy.rowsAtOnce, entropy.targetCount)
            computeLogits(entropy, hidden: hidden, targets: targets, head: head)
            share(targets.count) { row in
                let target = first + row
                entropy.loss(at: target).pointee = training.pointee.cross_entropy(
                    entropy.logits.pointer(row: row), vocabulary, entropy.labels[target], entropy.softcap,
                    entropy.weights[target] * factor, wantsGradient)
            }
            barrier()
            guard wantsGradient else { continue }
            if hiddenGradient != nil { pack(entropy.logits, rows: targets.count, into: entropy.packedLogits) }
            if headGradient != nil {
                pack(entropy.logits, rows: targets.count, transposed: true, into: entropy.packedColumns)
            }
            barrier()
            if let headGradient {
                multiply(
                    entropy.packedColumns, by: .plain(entropy.hidden, rows: 0..<targets.count), into: headGradient,
                    adds: true)
            }
            if hiddenGradient != nil { multiply(entropy.packedLogits, by: head.plain, into: entropy.hiddenGradient) }
            barrier()
            guard let hiddenGradient else { continue }
            for row in range(of: targets.count) {
                hiddenGradient.pointer(row: entropy.targetRows[first + row]).update(
                    from: entropy.hiddenGradient.pointer(row: row), count: width)
            }
        }
    }

    // Leaves the logits of some targets in entropy.logits, and a barrier.
    private func computeLogits(
        _ entropy: CrossEntropy, hidden: FloatMatrix, targets: Range<Int>, head: TrainingWeight
    ) {
        for row in range(of: targets.count) {
            entropy.hidden.pointer(row: row).update(
                from: hidden.pointer(row: entropy.targetRows[targets.lowerBound + row]), count: entropy.width)
        }
        barrier()
        pack(entropy.hidden, rows: targets.count, into: entropy.packedHidden)
        barrier()
        multiply(entropy.packedHidden, by: head.transposed, into: entropy.logits)
        barrier()
    }
}
