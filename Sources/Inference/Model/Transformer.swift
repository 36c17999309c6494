// A model ready to run: weights, configuration, and the forward pass over batches of rows.
// - Weights are immutable and shared. The state of a sequence is in its `KVCache`.
// - A row's logits depend on its own sequence alone, bit for bit: not on the other rows of the batch, on how a prompt
//   was cut into batches, or on the number of threads.
// - It never sees text: token ids go in, logits come out.

import Dispatch
import Generation
import Glibc
import Synchronization
import Tensors

/// A decoder-only transformer of one of the architectures in `Architecture.all`.
public final class Transformer: Sendable {
    /// How many rows of a prompt go into one batch: enough for full speed, and few enough for a quick stop.
    static let promptChunkLength = 256

    public let configuration: ModelConfiguration

    let architecture: Architecture
    let weights: ModelWeights
    let rotations: RotationTables?
    /// For texts longer than the length that the model was first trained on, if its file has other factors for them.
    let longRotations: RotationTables?
    let workspace: Workspace

    let team: WorkerTeam
    private let logits: LogitsPool
    private let sharing: WorkSharing
    // Guards the workspace and the tables: one forward pass at a time.
    private let turn = Mutex<Void>(())

    /// Names of the architectures that this program runs.
    public static var supportedArchitectures: [String] { Architecture.all.map(\.name) }

    /// Uses the weights of `file` in place: only norms and biases are copied.
    /// - Throws: `ModelError` if the architecture is unknown; `ModelFileError` naming the first key or tensor that is
    ///   missing, out of range or of the wrong shape.
    public init(file: any ModelSource, team: WorkerTeam) throws {
        let name = try file.string("general.architecture")
        guard let row = Architecture.named(name) else {
            throw ModelError.unknownArchitecture(path: file.path, found: name, supported: Self.supportedArchitectures)
        }
        let architecture = try row.adjusted(to: file)
        var configuration = try ModelConfiguration(file: file, architecture: architecture)
        let weights = try ModelWeights(file: file, architecture: architecture, configuration: &configuration)
        self.architecture = architecture
        self.configuration = configuration
        self.weights = weights
        self.team = team
        rotations = RotationTables(configuration, factors: weights.frequencyFactors)
        longRotations = weights.longFrequencyFactors.flatMap { RotationTables(configuration, factors: $0) }
        workspace = Workspace(shape: configuration, weights: weights, activation: architecture.activation)
        logits = LogitsPool(columnCount: configuration.vocabularySize)
        sharing = WorkSharing(weightBytes: weights.matrices.reduce(0) { $0 + $1.byteCount })
        Self.makeResident(weights.matrices)
    }

    // Loads pages in the background, usually while the caller makes the tokenizer. Otherwise the first forward pass
    // would stop for a page fault at every 16th page.
    private static func makeResident(_ matrices: [WeightMatrix]) {
        let memoryBytes = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        // If the model does not fit well into memory, it is better to read pages only when they are needed.
        guard matrices.reduce(0, { $0 + $1.byteCount }) < memoryBytes / 2 else { return }
        DispatchQueue.global(qos: .utility).async {
            for matrix in matrices { matrix.makeResident() }
        }
    }

    /// An empty sequence.
    public func makeCache() -> KVCache { KVCache(shape: cacheShape) }

    /// A sequence as it was saved.
    /// - Returns: nil if `saved` has another shape than this model.
    func makeCache(_ saved: KVCache.Saved) -> KVCache? { KVCache(shape: cacheShape, saved: saved) }

    var cacheShape: KVCache.Shape {
        let convolutionCount = configuration.layers.count(where: \.isConvolution)
        return KVCache.Shape(
            layerCount: configuration.layerCount - convolutionCount, headCount: configuration.keyValueHeadCount,
            headWidth: configuration.headWidth, convolutionCount: convolutionCount,
            convolutionWidth: convolutionCount > 0 ? configuration.width : 0,
            contextLength: configuration.contextLength)
    }

    /// Runs a batch: each row continues its cache by one token.
    ///
    /// Rows of several sequences, and the rows of a prompt, share a batch: weights are read once for all of them.
    /// `promptChunkLength` rows of a prompt in a call are enough for full speed.
    /// - Parameter caches: made by this transformer, each only once.
    /// - Returns: logits of the rows that wanted them, in their order.
    /// - Throws: `ModelError` if a token is outside the vocabulary or the context is full; then no cache has changed.
    public func forward(_ rows: [BatchRow], caches: [KVCache]) throws -> LogitsBatch {
        let shape = cacheShape
        for (index, cache) in caches.enumerated() {
            precondition(cache.shape == shape, "a cache of this transformer")
            precondition(!caches[..<index].contains { $0 === cache }, "each cache once")
        }
        var added = Array(repeating: 0, count: caches.count)
        for row in rows {
            precondition(caches.indices.contains(row.cache), "a cache of the call")
            guard row.token >= 0, Int(row.token) < configuration.vocabularySize else {
                throw ModelError.tokenOutOfRange(token: row.token, vocabularySize: configuration.vocabularySize)
            }
            added[row.cache] += 1
        }
        return try turn.withLock { _ in
            let longest = zip(caches, added).map { $0.count + $1 }.max() ?? 0
            guard longest <= configuration.contextLength else {
                throw ModelError.contextFull(contextLength: configuration.contextLength, needed: longest)
            }
            return runByRotation(rows, caches: caches, added: added)
        }
    }

    /// Runs rows whose sequences all have the same kind of rotation. The caller holds `turn`.
    /// - Returns: the places of the logits of the rows that wanted them.
    func run(_ rows: [BatchRow], caches: [KVCache], rotations: RotationTables?) -> [LogitsBatch.Place] {
        guard !rows.isEmpty else { return [] }
        workspace.reserve(rows: rows.count)
        var tokens = Array(repeating: [TokenID](), count: caches.count)
        for row in rows { tokens[row.cache].append(row.token) }
        let extensions = zip(caches, tokens).map { $1.isEmpty ? nil : $0.extend(by: $1.count) }
        let windowWidth = configuration.layers.lazy.compactMap(\.windowWidth).first
        let plan = BatchPlan(rows, extensions: extensions, windowWidth: windowWidth)
        rotations?.prepare(plan.all.positions)
        let count = plan.wantedIndexes.count
        let lease = count > 0 ? logits.lease(rows: count) : nil
        let pass = ForwardPass(transformer: self, plan: plan, rotations: rotations, logits: lease?.matrix)
        let isAlone = sharing.runsAlone(rows: rows.count)
        let start = ContinuousClock.now
        team.run(alone: isAlone) { worker in pass.run(worker) }
        sharing.record(rows: rows.count, alone: isAlone, seconds: (ContinuousClock.now - start) / .seconds(1))
        for (cache, tokens) in zip(caches, tokens) where !tokens.isEmpty { cache.commit(tokens) }
        return lease.map { lease in (0..<count).map { LogitsBatch.Place(lease: lease, row: $0) } } ?? []
    }
}
