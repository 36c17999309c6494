// Adds up how surprising each token of a text was.
// - Sums are doubles, so that a long text loses no digits.

import Foundation

/// Negative log-likelihoods of tokens, and what follows from them.
public struct PerplexityCount: Sendable, Equatable {
    /// How many tokens were scored.
    public private(set) var tokenCount = 0
    private var sum = 0.0
    private var sumOfSquares = 0.0

    public init() {}

    /// - Parameter negativeLogLikelihood: natural logarithm; 0 for a token that was certain.
    public mutating func add(_ negativeLogLikelihood: Double) {
        tokenCount += 1
        sum += negativeLogLikelihood
        sumOfSquares += negativeLogLikelihood * negativeLogLikelihood
    }

    /// The mean negative log-likelihood of a token, in natural logarithms; 0 before any was scored.
    public var mean: Double { tokenCount > 0 ? sum / Double(tokenCount) : 0 }

    /// exp(mean): among so many equally likely tokens the model chose, on average.
    public var perplexity: Double { exp(mean) }

    /// The standard error of `perplexity`, by the error of the mean; nil where too few tokens were scored to tell.
    public var standardError: Double? {
        guard tokenCount > 1 else { return nil }
        let variance = sumOfSquares / Double(tokenCount) - mean * mean
        // Rounding can make the variance of equal values a little negative.
        return perplexity * (max(0, variance) / Double(tokenCount - 1)).squareRoot()
    }
}
