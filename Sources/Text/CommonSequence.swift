// The longest common sequence of two lists, by the table of the lengths of all rests.

/// Compares two lists.
public enum CommonSequence {
    /// A step through both lists.
    public enum Step: Sendable, Hashable {
        /// Over an element that both have.
        case both
        /// Over one of the first list, or of the second.
        case first, second
    }

    /// The most pairs of elements that are compared: 36 MB of numbers.
    private static let mostPairs = 9_000_000

    /// The way through both lists along their longest common sequence; what only the first has comes before what only the
    /// second has.
    /// - Returns: nil if the lists are too long to compare.
    public static func steps<Element: Hashable>(_ first: [Element], _ second: [Element]) -> [Step]? {
        let (pairs, isTooLarge) = first.count.multipliedReportingOverflow(by: second.count)
        guard !isTooLarge, pairs <= mostPairs else { return nil }
        var numbers: [Element: Int] = [:]
        func number(_ element: Element) -> Int {
            let number = numbers[element] ?? numbers.count
            numbers[element] = number
            return number
        }
        let (x, y) = (first.map(number), second.map(number))
        let width = y.count + 1
        // lengths[i * width + j]: the longest common sequence of the elements from i and from j on.
        var lengths = [Int32](repeating: 0, count: (x.count + 1) * width)
        for i in x.indices.reversed() {
            for j in y.indices.reversed() {
                lengths[i * width + j] =
                    x[i] == y[j]
                    ? lengths[(i + 1) * width + j + 1] + 1
                    : max(lengths[(i + 1) * width + j], lengths[i * width + j + 1])
            }
        }
        var steps: [Step] = []
        var (i, j) = (0, 0)
        while i < x.count || j < y.count {
            if i < x.count, j < y.count, x[i] == y[j] {
                steps.append(.both)
                (i, j) = (i + 1, j + 1)
            } else if j == y.count || (i < x.count && lengths[(i + 1) * width + j] >= lengths[i * width + j + 1]) {
                steps.append(.first)
                i += 1
            } else {
                steps.append(.second)
                j += 1
            }
        }
        return steps
    }
}
