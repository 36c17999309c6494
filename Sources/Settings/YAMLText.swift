// A YAML text by lines and columns, as libyaml counts them.
// - Lines end with a line feed, a carriage return or both, and with three line breaks of Unicode.
// - Places are counted from 1, columns in Unicode scalars; offsets are indices of scalars.

import YAMLReading

struct YAMLText: Sendable, Equatable {
    private(set) var scalars: [Unicode.Scalar]
    /// The offset at which each line begins.
    private(set) var lineStarts: [Int]

    init(_ text: String) {
        var scalars = Array(text.unicodeScalars)
        if scalars.first == "\u{FEFF}" { scalars.removeFirst() }
        self.init(scalars: scalars)
    }

    init(scalars: [Unicode.Scalar]) {
        self.scalars = scalars
        lineStarts = [0]
        for index in scalars.indices where Self.isBreak(scalars[index]) {
            if scalars[index] == "\r", index + 1 < scalars.count, scalars[index + 1] == "\n" { continue }
            lineStarts.append(index + 1)
        }
    }

    var string: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// True if there is nothing but blanks and comments in it.
    var isBlank: Bool { lineStarts.indices.allSatisfy { isBlankOrComment(line: $0 + 1) } }

    /// The line break that the text uses.
    var lineBreak: [Unicode.Scalar] {
        guard let index = scalars.firstIndex(where: Self.isBreak) else { return ["\n"] }
        return scalars[index] == "\r" && index + 1 < scalars.count && scalars[index + 1] == "\n"
            ? ["\r", "\n"] : ["\n"]
    }

    static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": true
        default: false
        }
    }

    static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || scalar == "\t" }

    // MARK: Places

    /// The offset of a place; `nil` if the text has no such place.
    func offset(of place: FilePlace) -> Int? {
        guard place.line >= 1, place.line <= lineStarts.count, place.column >= 1 else { return nil }
        let offset = lineStarts[place.line - 1] + place.column - 1
        return offset <= scalars.count ? offset : nil
    }

    /// The line of an offset, from 1.
    func line(of offset: Int) -> Int {
        var (low, high) = (0, lineStarts.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if lineStarts[middle] <= offset { low = middle } else { high = middle }
        }
        return low + 1
    }

    func place(of offset: Int) -> FilePlace {
        let line = line(of: offset)
        return FilePlace(line: line, column: offset - lineStarts[line - 1] + 1)
    }

    /// The offset of the end of a line, before its line break.
    func end(ofLine line: Int) -> Int {
        var end = line < lineStarts.count ? lineStarts[line] : scalars.count
        while end > lineStarts[line - 1], Self.isBreak(scalars[end - 1]) { end -= 1 }
        return end
    }

    /// The offset at which the next line begins, or the end of the text.
    func start(afterLine line: Int) -> Int { line < lineStarts.count ? lineStarts[line] : scalars.count }

    /// How many blanks a line begins with.
    func indentation(ofLine line: Int) -> Int {
        scalars[lineStarts[line - 1]..<end(ofLine: line)].prefix(while: Self.isBlank).count
    }

    func isBlank(line: Int) -> Bool {
        scalars[lineStarts[line - 1]..<end(ofLine: line)].allSatisfy(Self.isBlank)
    }

    func isBlankOrComment(line: Int) -> Bool {
        let rest = scalars[lineStarts[line - 1]..<end(ofLine: line)].drop(while: Self.isBlank)
        return rest.isEmpty || rest.first == "#"
    }

    // MARK: Parts

    func before(line: Int) -> YAMLText {
        guard line >= 1, line <= lineStarts.count else { return self }
        return YAMLText(scalars: Array(scalars[..<lineStarts[line - 1]]))
    }

    /// The line on which the entry of the root begins that a line belongs to.
    func entryLine(at line: Int) -> Int {
        var line = min(max(line, 1), lineStarts.count)
        while line > 1 {
            let first = lineStarts[line - 1] < scalars.count ? scalars[lineStarts[line - 1]] : "\n"
            let isEntry =
                !isBlankOrComment(line: line) && !Self.isBlank(first) && !"}]-\"'".unicodeScalars.contains(first)
            if isEntry || isDocumentStart(line: line) { break }
            line -= 1
        }
        return line
    }

    private func isDocumentStart(line: Int) -> Bool {
        scalars[lineStarts[line - 1]..<end(ofLine: line)].prefix(3).elementsEqual(["-", "-", "-"])
    }

    // MARK: Keys

    /// The places after `first` at which a key of this name may stand: in quotes or without, and with a colon after it.
    func places(ofKey name: String, after first: FilePlace) -> [FilePlace] {
        let name = Array(name.unicodeScalars)
        guard let start = offset(of: first), !name.isEmpty else { return [] }
        var places: [FilePlace] = []
        var index = start + 1
        while index + name.count < scalars.count {
            defer { index += 1 }
            guard scalars[index] == name[0], scalars[index..<index + name.count].elementsEqual(name) else { continue }
            var (before, after) = (index - 1, index + name.count)
            let isQuoted = "\"'".unicodeScalars.contains(scalars[before]) && scalars[after] == scalars[before]
            if isQuoted { (before, after) = (before - 1, after + 1) }
            guard before >= start,
                Self.isBlank(scalars[before]) || Self.isBreak(scalars[before])
                    || "{,".unicodeScalars.contains(scalars[before])
            else { continue }
            while after < scalars.count, Self.isBlank(scalars[after]) { after += 1 }
            if after < scalars.count, scalars[after] == ":" { places.append(place(of: before + 1)) }
        }
        return places
    }

    /// Those of some places that belong to the same block mapping as a key before them.
    func inSameBlock(_ places: [FilePlace], as first: FilePlace) -> [FilePlace] {
        guard indentation(ofLine: first.line) == first.column - 1 else { return [] }
        var same: [FilePlace] = []
        var line = first.line
        for place in places {
            while line < place.line {
                line += 1
                if !isBlankOrComment(line: line), indentation(ofLine: line) < first.column - 1 { return same }
            }
            if place.column == first.column, indentation(ofLine: place.line) == place.column - 1 { same.append(place) }
        }
        return same
    }

    /// Puts another scalar in the place of the first one of a key, so that it is like no other key.
    mutating func renameKey(at place: FilePlace, number: Int) {
        guard var offset = offset(of: place), offset < scalars.count,
            let other = Unicode.Scalar(0xF_0000 + UInt32(clamping: number) % 0xFFF0)
        else { return }
        if "\"'".unicodeScalars.contains(scalars[offset]) { offset += 1 }
        if offset < scalars.count { scalars[offset] = other }
    }
}
