// The one name for a token id in every module that knows vocabularies.

/// A token's index in a model's vocabulary, from 0. `Tensors` takes it as a plain `Int32`.
public typealias TokenID = Int32
