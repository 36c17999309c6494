// The two-sided sign test: whether one of two is preferred more often than a coin would have it.
// - The number of comparisons is fixed before the first one. Looking in between, and stopping when it looks good, finds
//   differences that are not there.

/// A test of preferences between two.
public enum SignTest {
    /// The chance that a fair coin, thrown `wins + losses` times, is as far from even as this.
    /// - Returns: 1 if there are no comparisons.
    public static func chance(wins: Int, losses: Int) -> Double {
        let (wins, losses) = (max(wins, 0), max(losses, 0))
        let count = wins + losses
        guard count > 0 else { return 1 }
        let greater = max(wins, losses)
        // The terms of the binomial distribution from `greater` on, each from the one before, in logarithms.
        var sum = 0.0
        for hits in greater...count { sum += binomialShare(hits, of: count) }
        return min(1, 2 * sum)
    }

    /// The fewest wins of `count` comparisons that are a difference at a level of 5%; nil if even all of them are none.
    public static func neededWins(of count: Int) -> Int? {
        guard count > 0 else { return nil }
        return ((count + 1) / 2...count).first { chance(wins: $0, losses: count - $0) < 0.05 }
    }

    /// C(count, hits) / 2^count.
    private static func binomialShare(_ hits: Int, of count: Int) -> Double {
        var share = 1.0
        var halvings = count
        let fewer = min(hits, count - hits)
        for index in 0..<fewer {
            share *= Double(count - index) / Double(index + 1)
            // Halve on the way, so that the number stays in range.
            while share > 1, halvings > 0 {
                share /= 2
                halvings -= 1
            }
        }
        while halvings > 0, share > 0 {
            share /= 2
            halvings -= 1
        }
        return share
    }
}
