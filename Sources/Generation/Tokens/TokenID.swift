// The number of a token: the one name for it in every module that knows vocabularies.

/// A token's number: its place in a model's vocabulary, from 0. `Tensors` takes them as plain `Int32` indices.
public typealias TokenID = Int32
