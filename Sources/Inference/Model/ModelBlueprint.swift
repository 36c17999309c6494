// What training must know of a model: its numbers, and where its family differs from others.
// - Tensors have GGUF's names and GGUF's layout, whatever the format of the file.
// - The shapes of all tensors are checked, as they are when the model is opened for writing.

import Tensors

/// The plan of a decoder-only transformer, for building its forward and backward pass.
public struct ModelBlueprint: Sendable {
    /// The file in GGUF's layout.
    public let source: any ModelSource
    public let configuration: ModelConfiguration
    public let norm: NormalizationKind
    public let activation: ActivationKind
    /// True if the feed-forward multiplies an activated gate with the up projection.
    public let isGated: Bool
    /// True if each head of queries and keys is normalized before the rotation.
    public let normalizesQueryAndKey: Bool
    /// True if attention and feed-forward outputs are normalized before they are added.
    public let hasPostNorms: Bool
    /// True if a learned vector for each position is added to the embedding.
    public let learnsPositions: Bool
    /// For layers without a window; nil if positions are learned.
    public let rotation: RotationTable?
    /// For layers with a window.
    public let windowedRotation: RotationTable?

    /// - Throws: `ModelError` or `ModelFileError` if this program cannot run the model, or cannot train its family.
    public init(source original: any ModelSource) throws {
        let file = try original.withoutAdapters().inFileLayout
        let name = try file.string("general.architecture")
        guard let row = Architecture.named(name) else {
            throw ModelError.unknownArchitecture(
                path: file.path, found: name, supported: Transformer.supportedArchitectures)
        }
        let architecture = try row.adjusted(to: file)
        var configuration = try ModelConfiguration(file: file, architecture: architecture)
        let weights = try ModelWeights(file: file, architecture: architecture, configuration: &configuration)
        guard Self.trainable.contains(name), configuration.expertCount == 0, weights.longFrequencyFactors == nil else {
            throw ModelError.cannotTrain(path: file.path, architecture: name, trainable: Self.trainable)
        }
        source = file
        self.configuration = configuration
        norm = architecture.norm
        activation = architecture.activation
        isGated = architecture.isGated
        normalizesQueryAndKey = architecture.normalizesQueryAndKey
        hasPostNorms = architecture.hasPostNorms
        if case .learned = architecture.positions { learnsPositions = true } else { learnsPositions = false }
        let rotations = RotationTables(configuration, factors: weights.frequencyFactors)
        rotation = rotations?.global
        windowedRotation = rotations?.windowed
    }

    /// Names of the architectures that can be trained.
    public static let trainable = ["gemma", "gemma2", "gemma3", "gpt2", "llama", "qwen2", "qwen3", "smollm3"]

    /// The table of rotations that a layer uses; nil if it does not rotate.
    public func rotation(ofLayer layer: Int) -> RotationTable? {
        let layer = configuration.layers[layer]
        guard layer.isRotated else { return nil }
        return layer.windowWidth == nil ? rotation : windowedRotation
    }
}
