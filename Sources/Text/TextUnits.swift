// The places where a text may end: between units, never inside one.
// - A unit loses its meaning if it is cut: a number with its sign, currency or measure, a percentage, time,
//   date, version, phone number, domain, e-mail address, URL, abbreviation, hyphenated word, a name with a full stop.
// - It may hold white space ("3 p.m.", "Jan. 5, 2026"), but never a line feed.
// - The end of a growing text may be the beginning of a unit: such a place is open.

/// Finds the units of a text around a place.
public struct TextUnits {
    /// If a text may end at a place.
    public enum Place: Equatable, Sendable {
        /// The text may end here.
        case end
        /// A unit that begins at a byte continues here.
        case inside(start: Int)
        /// Only the next characters will tell.
        case open(start: Int)

        public var start: Int? {
            switch self {
            case .end: nil
            case .inside(let start), .open(let start): start
            }
        }
    }

    /// How far from a place its unit may reach, in bytes.
    private static let reach = 320

    private let text: UnitText
    private let runs: UnitRuns
    private let base: Int

    /// - Parameters:
    ///   - text: UTF-8; may begin and end inside a character.
    ///   - offset: the place, an index of `text`.
    ///   - isComplete: True if nothing follows the text.
    private init(around offset: Int, in bytes: ArraySlice<UInt8>, isComplete: Bool) {
        var start = max(bytes.startIndex, offset - Self.reach)
        while start > bytes.startIndex, start < bytes.endIndex, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        let stop = min(bytes.endIndex, offset + Self.reach)
        base = start
        text = UnitText(bytes[start..<stop])
        runs = UnitRuns(text, isComplete: isComplete || stop < bytes.endIndex)
    }

    /// Tells if a text may end at a place.
    /// - Parameters:
    ///   - offset: an index of `bytes`.
    ///   - isComplete: True if nothing follows `bytes`; then no place is open.
    public static func place(at offset: Int, in bytes: ArraySlice<UInt8>, isComplete: Bool) -> Place {
        guard offset > bytes.startIndex, offset <= bytes.endIndex else { return .end }
        let units = TextUnits(around: offset, in: bytes, isComplete: isComplete)
        guard let index = units.text.index(ofByte: offset - units.base) else {
            // Inside a scalar.
            let index = units.text.lastIndex(beforeByte: offset - units.base)
            return .inside(start: units.base + units.text.offsets[units.runs.start(ofUnitAt: index + 1)])
        }
        return units.place(at: index)
    }

    /// The beginning of a unit at the end of a growing text that may continue; `nil` if there is none.
    public static func openStart(in bytes: ArraySlice<UInt8>) -> Int? {
        guard !bytes.isEmpty else { return nil }
        let units = TextUnits(around: bytes.endIndex, in: bytes, isComplete: false)
        let count = units.text.scalars.count
        guard count > 0 else { return nil }
        var last = count
        while last > 0, units.text.scalars[last - 1].isWhitespace { last -= 1 }
        guard last > 0 else { return nil }
        if units.runs.join(at: last) == .apart { return nil }
        let start = units.runs.start(ofUnitAt: last)
        return start < last ? units.base + units.text.offsets[start] : nil
    }

    private func place(at index: Int) -> Place {
        let joint = runs.join(at: index)
        if joint == .apart { return .end }
        let (first, isOpen) = runs.beginning(ofUnitAt: index)
        let start = base + text.offsets[first]
        return joint == .open || isOpen ? .open(start: start) : .inside(start: start)
    }
}

/// A piece of text as scalars with their places.
struct UnitText {
    let scalars: [Unicode.Scalar]
    let classes: [ScalarClass]
    /// The byte at which each scalar begins, and the end.
    let offsets: [Int]

    init(_ bytes: ArraySlice<UInt8>) {
        let kept = bytes.dropLast(UTF8Text.incompleteTailCount(bytes))
        var scalars: [Unicode.Scalar] = []
        var offsets = [0]
        var rest = kept
        while !rest.isEmpty {
            let count = min(UTF8Text.expectedCount(lead: rest[rest.startIndex]), rest.count)
            let scalar = UTF8Text.firstScalar(rest.prefix(count)) ?? "\u{FFFD}"
            scalars.append(scalar)
            offsets.append((offsets.last ?? 0) + count)
            rest = rest.dropFirst(count)
        }
        self.scalars = scalars
        self.offsets = offsets
        classes = scalars.map { ScalarClass($0) }
    }

    func index(ofByte offset: Int) -> Int? {
        let index = lastIndex(beforeByte: offset + 1)
        return offsets[index] == offset ? index : nil
    }

    /// The last index whose scalar begins before a byte.
    func lastIndex(beforeByte offset: Int) -> Int { max(0, (offsets.lastIndex { $0 < offset }) ?? 0) }

    func string(_ range: Range<Int>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars[range])
        return String(view)
    }
}
