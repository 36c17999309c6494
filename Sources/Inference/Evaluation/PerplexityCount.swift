// Adds up the negative log-likelihoods of a text's tokens.
// - Sums are doubles, because a Float would lose digits in a long text.

import Foundation

/// Negative log-likelihoods of tokens, with their mean and perplexity.
public struct PerplexityCount: Sendable, Equatable {
    /// How many tokens were scored.
    public private(set) var tokenCount = 0
    private var sum = 0.0
    private var sumOfSquares = 0.0

    public init() {}

    /// - Parameter negativeLogLikelihood: natural logarithm; 0 if the token was certain.
    public mutating func add(_ negativeLogLikelihood: Double) {
        tokenCount += 1
        sum += negativeLogLikelihood
        sumOfSquares += negativeLogLikelihood * negativeLogLikelihood
    }

    /// The mean negative log-likelihood of a token, in natural logarithms; 0 if none was scored.
    public var mean: Double { tokenCount > 0 ? sum / Double(tokenCount) : 0 }

    /// exp(mean): on average the model chose among this many equally likely tokens.
    public var perplexity: Double { exp(mean) }

    /// The standard error of `perplexity`, derived from the error of the mean; nil if fewer than two tokens were
    /// scored.
    public var standardError: Double? {
        guard tokenCount > 1 else { return nil }
        let variance = sumOfSquares / Double(tokenCount) - mean * mean
        // Rounding can make the variance of equal values a little negative.
        return perplexity * (max(0, variance) / Double(tokenCount - 1)).squareRoot()
    }
}
