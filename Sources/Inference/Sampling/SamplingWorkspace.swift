// The buffers of one draw, reused so that a step allocates nothing.
// - `logits` has the vocabulary's size; `weights` has it too, or is empty before the first draw.
// - Nothing in here outlives a draw, so any variant may use it after any other.

import Generation

/// The logits of one position, and the values that a draw derives from them.
struct SamplingWorkspace {
    /// One number for each vocabulary entry; processors change it in place. If it is minus infinity, the token is never
    /// drawn.
    var logits: [Float] = []
    /// The probability of each token.
    var weights: [Float] = []
    /// The model's unchanged logits, if the request asks for alternatives.
    var modelLogits: [Float] = []
    var candidates = Candidates()
    /// How often each token occurs in the penalty window.
    var counts: [TokenID: Int32] = [:]
}
