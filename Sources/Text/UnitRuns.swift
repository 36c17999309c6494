// Tells if the two sides of a place belong to one unit.
// - `RunJoints` decides inside a run without white space, `WordJoints` across white space.

/// How two neighbours belong together.
enum Joint: Equatable {
    case apart, joined
    /// Only the next characters will tell.
    case open
}

/// The runs of a text and the joints between them.
struct UnitRuns {
    let text: UnitText
    let isComplete: Bool

    init(_ text: UnitText, isComplete: Bool) {
        self.text = text
        self.isComplete = isComplete
    }

    /// How the scalars before and after an index are joined.
    func join(at index: Int) -> Joint {
        let scalars = text.scalars
        guard index > 0 else { return .apart }
        let isAfterSpace = text.classes[index - 1] == .whitespace
        let isBeforeSpace = index < scalars.count && text.classes[index] == .whitespace
        if index == scalars.count, !isAfterSpace { return isComplete ? .apart : RunJoints(self).atEnd() }
        if !isAfterSpace, !isBeforeSpace { return RunJoints(self).join(at: index) }
        // A mark behind white space shares its cluster.
        if isAfterSpace, index < scalars.count, text.classes[index] == .extender { return .joined }
        var left = index
        while left > 0, text.classes[left - 1] == .whitespace { left -= 1 }
        var right = index
        while right < scalars.count, text.classes[right] == .whitespace { right += 1 }
        guard left > 0, right - left <= 2, !scalars[left..<right].contains(where: isLineEnd) else { return .apart }
        return WordJoints(self).join(left: left, right: right)
    }

    /// The beginning of the unit that holds the scalar before an index, or of the run that it is in.
    func start(ofUnitAt index: Int) -> Int { beginning(ofUnitAt: index).start }

    /// The beginning of a unit, and true if only later text can tell.
    func beginning(ofUnitAt index: Int) -> (start: Int, isOpen: Bool) {
        var start = min(index, text.scalars.count)
        var isOpen = false
        while start > 0, text.classes[start - 1] == .whitespace { start -= 1 }
        while start > 0 {
            start -= 1
            while start > 0, RunJoints(self).join(at: start) != .apart, text.classes[start - 1] != .whitespace,
                text.classes[start] != .whitespace
            {
                start -= 1
            }
            guard start > 0, text.classes[start - 1] == .whitespace else { break }
            let joint = join(at: start)
            guard joint != .apart else { break }
            isOpen = isOpen || joint == .open
            while start > 0, text.classes[start - 1] == .whitespace { start -= 1 }
        }
        return (start, isOpen)
    }

    /// The run without white space before an index.
    func run(endingAt end: Int) -> Range<Int> {
        var start = end
        while start > 0, text.classes[start - 1] != .whitespace { start -= 1 }
        return start..<end
    }

    /// The run without white space from an index on.
    func run(from start: Int) -> Range<Int> {
        var end = start
        while end < text.scalars.count, text.classes[end] != .whitespace { end += 1 }
        return start..<end
    }

    /// True if a run reaches the end of a growing text.
    func isOpen(_ run: Range<Int>) -> Bool { !isComplete && run.upperBound == text.scalars.count }

    private func isLineEnd(_ scalar: Unicode.Scalar) -> Bool { scalar.value == 0x0A || scalar.value == 0x0D }
}
