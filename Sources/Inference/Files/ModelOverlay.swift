// A model on top of another one, such as one with other weights: it says only what differs from its base.
// - Its layout is its own: unless it says `inFileLayout` itself, it stays as it is when a GGUF file is written.

import Tensors

/// A model that is its base in everything that it does not say itself.
public protocol ModelOverlay: ModelSource {
    var base: any ModelSource { get }
}

extension ModelOverlay {
    public var path: String { base.path }
    public var files: [MappedFile] { base.files }
    public var metadata: [String: MetadataValue] { base.metadata }
    public var tensorNames: [String] { base.tensorNames }
    public var vocabularyFolder: String? { base.vocabularyFolder }
    public var authorSampling: AuthorSampling { base.authorSampling }
    public func origin(of key: String) -> (path: String, key: String) { base.origin(of: key) }
    public func hasTensor(_ name: String) -> Bool { base.hasTensor(name) }
    public func shape(of name: String) -> [Int]? { base.shape(of: name) }
    public func weight(_ name: String) throws -> WeightMatrix { try base.weight(name) }
    public func weights(_ name: String) throws -> [WeightMatrix] { try base.weights(name) }
    public func vector(_ name: String) throws -> WeightVector { try base.vector(name) }
    public func updates(of name: String) -> [LowRankUpdate] { base.updates(of: name) }
}
