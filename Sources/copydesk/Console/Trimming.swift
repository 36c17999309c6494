extension StringProtocol {
    func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
        var end = endIndex
        while end > startIndex, predicate(self[index(before: end)]) { end = index(before: end) }
        return String(self[..<end])
    }

    func trimming(while predicate: (Character) -> Bool) -> String {
        String(trimmingSuffix(while: predicate).drop(while: predicate))
    }
}
