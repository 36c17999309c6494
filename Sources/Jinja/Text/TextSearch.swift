// Searches for a part of a sequence, in bytes or in code points.
// - Time grows with the sum of the lengths, never with their product, whatever the input.

/// A part to search for, any number of times. (Knuth, Morris and Pratt 1977.)
struct TextSearch<Element: Equatable> {
    private let part: [Element]
    /// For each prefix of the part, the length of the longest shorter prefix that it ends with.
    private let borders: [Int32]

    init(_ part: [Element]) {
        self.part = part
        var borders = [Int32](repeating: 0, count: part.count)
        var length = 0
        for index in part.indices.dropFirst() {
            while length > 0, part[index] != part[length] { length = Int(borders[length - 1]) }
            if part[index] == part[length] { length += 1 }
            borders[index] = Int32(length)
        }
        self.borders = borders
    }

    /// The first match at `start` or after; the empty part matches at once.
    func first(in whole: [Element], from start: Int = 0) -> Int? {
        guard !part.isEmpty else { return start <= whole.count ? start : nil }
        var length = 0
        var index = start
        while index < whole.count, whole.count - index >= part.count - length {
            while length > 0, whole[index] != part[length] { length = Int(borders[length - 1]) }
            if whole[index] == part[length] { length += 1 }
            index += 1
            if length == part.count { return index - length }
        }
        return nil
    }

    /// The last match.
    static func last(of part: [Element], in whole: [Element]) -> Int? {
        TextSearch(part.reversed()).first(in: whole.reversed()).map { whole.count - $0 - part.count }
    }

    static func matches(_ part: [Element], _ whole: [Element], at index: Int) -> Bool {
        index >= 0 && index + part.count <= whole.count && whole[index..<index + part.count] == part[...]
    }
}
