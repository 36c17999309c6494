// A text prepared for the rules that cut it: its scalars, their classes, and the offset of each in bytes.

/// Scalars of a text with their classes; indices count scalars.
struct ScalarText {
    private(set) var scalars: [UInt32] = []
    private(set) var classes: [UInt8] = []
    /// The byte offset of each scalar, and of the end.
    private(set) var starts: [Int] = []

    /// - Parameter range: the part of `bytes` to read. Each broken byte counts as one U+FFFD.
    init(_ bytes: [UInt8], _ range: Range<Int>) {
        scalars.reserveCapacity(range.count)
        classes.reserveCapacity(range.count)
        starts.reserveCapacity(range.count + 1)
        var index = range.lowerBound
        while index < range.upperBound {
            let step = UTF8Step(bytes, at: index, end: range.upperBound)
            scalars.append(step.scalar)
            classes.append(UnicodeClass.of(step.scalar).rawValue)
            starts.append(index)
            index += step.isValid ? step.length : 1
        }
        starts.append(range.upperBound)
    }

    var count: Int { scalars.count }

    /// True if the scalar at `index` has one of the classes.
    @inline(__always)
    func has(_ index: Int, _ mask: UnicodeClass) -> Bool { classes[index] & mask.rawValue != 0 }

    /// The end of the run of scalars of these classes that begins at `index`.
    @inline(__always)
    func run(_ index: Int, _ end: Int, _ mask: UnicodeClass) -> Int {
        var index = index
        while index < end, classes[index] & mask.rawValue != 0 { index += 1 }
        return index
    }

    /// The end of the run of scalars of none of these classes.
    @inline(__always)
    func runWithout(_ index: Int, _ end: Int, _ mask: UnicodeClass) -> Int {
        var index = index
        while index < end, classes[index] & mask.rawValue == 0 { index += 1 }
        return index
    }

    @inline(__always)
    func isLineBreak(_ index: Int) -> Bool { scalars[index] == 0x0A || scalars[index] == 0x0D }

    @inline(__always)
    func bytes(_ range: Range<Int>) -> Range<Int> { starts[range.lowerBound]..<starts[range.upperBound] }
}
