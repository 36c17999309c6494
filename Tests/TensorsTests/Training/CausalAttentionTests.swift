import Glibc
import Testing

@testable import Tensors

@Suite struct `Attention of training` {
    struct Inputs {
        var queries: [[Float]]
        var keys: [[Float]]
        var values: [[Float]]
        var outputGradient: [[Float]]

        init(_ shape: AttentionShape, rows: Int, seed: UInt64 = 1) {
            let (wide, narrow) = (shape.headCount * shape.headWidth, shape.keyValueHeadCount * shape.headWidth)
            queries = randomRows(rows, wide, in: -2...2, seed: seed)
            keys = randomRows(rows, narrow, in: -2...2, seed: seed + 1)
            values = randomRows(rows, narrow, seed: seed + 2)
            outputGradient = randomRows(rows, wide, seed: seed + 3)
        }

        func part(_ rows: Range<Int>) -> Inputs {
            var part = self
            part.queries = Array(queries[rows])
            part.keys = Array(keys[rows])
            part.values = Array(values[rows])
            part.outputGradient = Array(outputGradient[rows])
            return part
        }
    }

    /// Output, log-sum-exp and the gradients of queries, keys and values.
    func run(_ shape: AttentionShape, _ inputs: Inputs, _ documents: [Range<Int>], _ team: WorkerTeam) -> [[[Float]]] {
        let batch = AttentionBatch(shape: shape, documents: documents)
        let n = inputs.queries.count
        let (q, k, v, gradient) = (
            matrix(inputs.queries), matrix(inputs.keys), matrix(inputs.values), matrix(inputs.outputGradient)
        )
        let (output, dq, dk, dv) = (
            matrix(inputs.queries), matrix(inputs.queries), matrix(inputs.keys), matrix(inputs.keys)
        )
        let sums = FloatMatrix(rowCount: n, columnCount: shape.headCount)
        team.run { worker in
            worker.clear(sums, rows: n)
            worker.barrier()
            worker.attendCausally(batch, queries: q, keys: k, values: v, into: output, logSumExp: sums)
            worker.barrier()
            worker.attendBackward(
                batch, queries: q, keys: k, values: v, output: output, logSumExp: sums, outputGradient: gradient,
                into: dq, keyGradient: dk, valueGradient: dv)
        }
        return [output, sums, dq, dk, dv].map { rows(of: $0) }
    }

    /// One head in Double: output rows and, for an output gradient, the gradients of q, k and v.
    struct Reference {
        var output: [[Double]] = []
        var logSumExp: [Double] = []
        var dq: [[Double]]
        var dk: [[Double]]
        var dv: [[Double]]

        init(_ q: [[Double]], _ k: [[Double]], _ v: [[Double]], _ dy: [[Double]], _ shape: AttentionShape) {
            let (n, width) = (q.count, shape.headWidth)
            let zero = [[Double]](repeating: [Double](repeating: 0, count: width), count: n)
            (dq, dk, dv) = (zero, zero, zero)
            let (scale, cap) = (Double(shape.scale), Double(shape.softcap))
            for row in 0..<n {
                let seen = max(0, row - (shape.window ?? n) + 1)...row
                var scores = seen.map { dot(q[row], k[$0]) * scale }
                if cap > 0 { scores = scores.map { cap * tanh($0 / cap) } }
                let peak = scores.max() ?? 0
                let sum = scores.reduce(0) { $0 + exp($1 - peak) }
                let p = scores.map { exp($0 - peak) / sum }
                logSumExp.append(peak + log(sum))
                output.append(
                    (0..<width).map { column in zip(seen, p).reduce(0) { $0 + v[$1.0][column] * $1.1 } })
                let mean = dot(output[row], dy[row])
                for (index, key) in seen.enumerated() {
                    var slope = p[index] * (dot(dy[row], v[key]) - mean) * scale
                    if cap > 0 { slope *= 1 - (scores[index] / cap) * (scores[index] / cap) }
                    for column in 0..<width {
                        dv[key][column] += p[index] * dy[row][column]
                        dq[row][column] += slope * k[key][column]
                        dk[key][column] += slope * q[row][column]
                    }
                }
            }
        }
    }

    func reference(_ shape: AttentionShape, _ inputs: Inputs) -> [[[Double]]] {
        let (n, width) = (inputs.queries.count, shape.headWidth)
        func head(_ rows: [[Float]], _ index: Int) -> [[Double]] {
            rows.map { $0[index * width..<(index + 1) * width].map(Double.init) }
        }
        let none = [[Double]](repeating: [], count: n)
        var (output, sums, dq, dk, dv) = (none, none, none, none, none)
        for group in 0..<shape.keyValueHeadCount {
            let size = shape.headCount / shape.keyValueHeadCount
            var (keys, values) = (
                [[Double]](repeating: [Double](repeating: 0, count: width), count: n),
                [[Double]](repeating: [Double](repeating: 0, count: width), count: n)
            )
            for h in group * size..<(group + 1) * size {
                let exact = Reference(
                    head(inputs.queries, h), head(inputs.keys, group), head(inputs.values, group),
                    head(inputs.outputGradient, h), shape)
                for row in 0..<n {
                    output[row] += exact.output[row]
                    sums[row].append(exact.logSumExp[row])
                    dq[row] += exact.dq[row]
                    for column in 0..<width {
                        keys[row][column] += exact.dk[row][column]
                        values[row][column] += exact.dv[row][column]
                    }
                }
            }
            for row in 0..<n {
                dk[row] += keys[row]
                dv[row] += values[row]
            }
        }
        return [output, sums, dq, dk, dv]
    }

    static let shapes = [
        AttentionShape(headCount: 1, keyValueHeadCount: 1, headWidth: 1, scale: 1),
        AttentionShape(headCount: 4, keyValueHeadCount: 2, headWidth: 8, scale: 0.4, softcap: 3),
        AttentionShape(headCount: 3, keyValueHeadCount: 1, headWidth: 21, scale: 0.2, window: 5),
        AttentionShape(headCount: 2, keyValueHeadCount: 2, headWidth: 40, scale: 0.15, softcap: 8, window: 130),
    ]

    @Test(arguments: shapes, [1, 35, 150])
    func `outputs and gradients are those of the definition, with the same bits everywhere`(
        shape: AttentionShape, length: Int
    ) {
        let inputs = Inputs(shape, rows: length)
        let found = sameEverywhere { run(shape, inputs, [0..<length], $0) }
        let exact = reference(shape, inputs)
        for (index, name) in ["output", "log-sum-exp", "query gradient", "key gradient", "value gradient"].enumerated()
        {
            expectNear(
                found[index].flatMap { $0 }, exact[index].flatMap { $0 }, tolerance: 1e-5, name)
        }
    }

    @Test(arguments: shapes.prefix(3))
    func `gradients are the slopes of the output`(shape: AttentionShape) {
        let inputs = Inputs(shape, rows: 7, seed: 9)
        let found = run(shape, inputs, [0..<7], WorkerTeam(threadCount: 2))
        func loss(_ q: [[Float]], _ k: [[Float]], _ v: [[Float]], moved: Int, _ point: [Double]) -> Double {
            // The reference in Double of inputs of which one is moved.
            let (width, size) = (shape.headWidth, shape.headCount / shape.keyValueHeadCount)
            func rows(_ matrix: [[Float]], _ index: Int) -> [[Double]] {
                let columns = matrix[0].count
                return index == moved
                    ? matrix.indices.map { Array(point[$0 * columns..<($0 + 1) * columns]) } : matrix.map(\.doubles)
            }
            let (q, k, v) = (rows(q, 0), rows(k, 1), rows(v, 2))
            return (0..<shape.headCount).reduce(0) { sum, h in
                func head(_ rows: [[Double]], _ index: Int) -> [[Double]] {
                    rows.map { Array($0[index * width..<(index + 1) * width]) }
                }
                let dy = head(inputs.outputGradient.map(\.doubles), h)
                let exact = Reference(head(q, h), head(k, h / size), head(v, h / size), dy, shape)
                return sum + zip(exact.output, dy).reduce(0) { $0 + dot($1.0, $1.1) }
            }
        }
        for (index, values) in [inputs.queries, inputs.keys, inputs.values].enumerated() {
            let exact = slopes(
                of: { loss(inputs.queries, inputs.keys, inputs.values, moved: index, $0) }, at: values.flat)
            expectNear(found[2 + index].flatMap { $0 }, exact, "gradient \(index)")
        }
    }

    @Test(arguments: shapes, [ProductPrecision.f32, .bf16])
    func `a document has the same bits alone and among others`(shape: AttentionShape, precision: ProductPrecision) {
        var shape = shape
        shape.precision = precision
        let documents = [2..<2, 2..<39, 39..<40, 41..<187]
        let inputs = Inputs(shape, rows: 188, seed: 20)
        let together = sameEverywhere { run(shape, inputs, documents, $0) }
        for document in documents where !document.isEmpty {
            let alone = run(shape, inputs.part(document), [0..<document.count], WorkerTeam(threadCount: 2))
            for (all, one) in zip(together, alone) { #expect(bits(Array(all[document])) == bits(one)) }
        }
        // Rows of no document stay as they were.
        for row in [0, 1, 40, 187] {
            #expect(together[0][row] == inputs.queries[row] && together[3][row] == inputs.keys[row])
        }
    }

    @Test(arguments: shapes)
    func `bf16 is near f32 and has the same bits everywhere`(shape: AttentionShape) {
        var rounded = shape
        rounded.precision = .bf16
        let inputs = Inputs(shape, rows: 150, seed: 30)
        let exact = run(shape, inputs, [0..<150], WorkerTeam(threadCount: 1))
        let found = sameEverywhere { run(rounded, inputs, [0..<150], $0) }
        for (one, other) in zip(found, exact) {
            let difference = zip(one.flat, other.flat).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            let size = other.flat.reduce(0) { $0 + $1 * $1 }
            #expect(difference <= 4e-4 * size && difference > 0)
        }
    }
}
