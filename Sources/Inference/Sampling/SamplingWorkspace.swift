// The buffers of one draw, kept between draws so that a step allocates nothing.
// - `logits` is as long as the vocabulary; `weights` is as long, or empty before the first draw.
// - Nothing in here outlives a draw: any variant may use it after any other.

import Generation

/// The logits of one position and what a draw makes of them.
struct SamplingWorkspace {
    /// One number for each vocabulary entry; processors change it in place. Minus infinity: never drawn.
    var logits: [Float] = []
    /// The probability of each token.
    var weights: [Float] = []
    /// The logits as the model gave them, where alternatives are asked for.
    var modelLogits: [Float] = []
    var candidates = Candidates()
    /// How often each token occurs in the penalty window.
    var counts: [TokenID: Int32] = [:]
}
