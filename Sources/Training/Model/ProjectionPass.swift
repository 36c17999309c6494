// A projection forward and backward: y = W x + b, with the update of an adapter: + scale · B (A x).
// Shapes: x is [tokens × inputs], W [outputs × inputs], A [rank × inputs], B [outputs × rank], y [tokens × outputs].

import Tensors

extension TrainedProjection.Weight {
    /// As the operations take it.
    var operand: TrainingWeight {
        switch self {
        case .floats(let parameter): .trained(parameter.values)
        case .file(let matrix): .fixed(matrix)
        }
    }
}

extension TrainedProjection {
    /// True if the backward pass reads x: for the gradient of W or of A.
    var readsInput: Bool { weight.parameter?.gradient != nil || adapter != nil }

    /// Computes y. All workers have passed a barrier since `packed` and `adapted` were last used.
    /// - Parameters:
    ///   - packed: x, packed as a left operand.
    ///   - output: nil if only `adapted` is wanted.
    ///   - adds: true if y is added to what `output` holds.
    ///   - adapted: takes scale · A x, which the backward pass needs; nil if there is no adapter.
    func forward(
        _ worker: Worker, packed: PackedMatrix, rows n: Int, into output: FloatMatrix?, adds: Bool,
        adapted: FloatMatrix?, space: PassSpace
    ) {
        if let output { worker.multiply(packed, by: weight.operand.transposed, into: output, adds: adds) }
        if let adapter, let adapted {
            worker.multiply(
                packed, by: .transposed(adapter.a.values), into: adapted, adds: false)
            worker.barrier()
            worker.scale(adapted, rows: n, by: adapter.scale)
            guard let output else { return }
            worker.barrier()
            worker.pack(adapted, rows: n, into: space.packedAdapter)
            worker.barrier()
            worker.multiply(
                space.packedAdapter, by: .transposed(adapter.b.values), into: output, adds: true)
        }
        if let bias, let output {
            worker.barrier()
            worker.addBias(.only(bias.values), to: output, rows: n)
        }
    }

    /// Adds the gradients of W, b, A and B, and computes that of x.
    ///
    /// It begins and ends with a barrier.
    /// - Parameters:
    ///   - input: x.
    ///   - gradient: of y.
    ///   - inputGradient: of x; nil if nothing before this is trained.
    ///   - adds: true if it is added to what `inputGradient` holds.
    func backward(
        _ worker: Worker, input: FloatMatrix, gradient: FloatMatrix, rows n: Int, into inputGradient: FloatMatrix?,
        adds: Bool, adapted: FloatMatrix?, space: PassSpace
    ) {
        worker.barrier()
        let trainsWeight = weight.parameter?.gradient
        if trainsWeight != nil || adapter != nil {
            worker.pack(gradient, rows: n, transposed: true, into: space.packedTransposed)
        }
        worker.pack(gradient, rows: n, into: space.packed)
        worker.barrier()
        if let trainsWeight {
            worker.multiply(space.packedTransposed, by: .plain(input, rows: 0..<n), into: trainsWeight, adds: true)
        }
        if let biasGradient = bias?.gradient { worker.sumRows(of: gradient, rows: n, into: biasGradient) }
        if let inputGradient {
            worker.multiply(space.packed, by: weight.operand.plain, into: inputGradient, adds: adds)
        }
        if let adapter, let adapted, let adaptedGradient = space.adapted {
            adapterBackward(
                worker, adapter, input: input, rows: n, into: inputGradient, adapted: adapted,
                adaptedGradient: adaptedGradient, space: space)
        }
        worker.barrier()
    }

    // dB += dyᵀ (scale · A x);  d(A x) = scale · dy B;  dA += d(A x)ᵀ x;  dx += d(A x) A.
    private func adapterBackward(
        _ worker: Worker, _ adapter: AdapterParameters, input: FloatMatrix, rows n: Int,
        into inputGradient: FloatMatrix?, adapted: FloatMatrix, adaptedGradient: FloatMatrix, space: PassSpace
    ) {
        if let gradient = adapter.b.gradient {
            worker.multiply(space.packedTransposed, by: .plain(adapted, rows: 0..<n), into: gradient, adds: true)
        }
        worker.multiply(space.packed, by: .plain(adapter.b.values), into: adaptedGradient, adds: false)
        worker.barrier()
        worker.scale(adaptedGradient, rows: n, by: adapter.scale)
        worker.barrier()
        worker.pack(adaptedGradient, rows: n, transposed: true, into: space.packedTransposed)
        worker.pack(adaptedGradient, rows: n, into: space.packedAdapter)
        worker.barrier()
        if let gradient = adapter.a.gradient {
            worker.multiply(space.packedTransposed, by: .plain(input, rows: 0..<n), into: gradient, adds: true)
        }
        if let inputGradient {
            worker.multiply(
                space.packedAdapter, by: .plain(adapter.a.values), into: inputGradient, adds: true)
        }
    }
}
