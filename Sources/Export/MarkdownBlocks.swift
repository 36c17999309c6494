// The block structure of a Markdown text, as far as it tells what the text leaves open at its end.
// - Tabs count as spaces up to the next multiple of four columns, as they do for block structure.
// - A block inside a list item or a quotation ends with it, and the next line at the margin ends those. So only a code
//   fence or an HTML block at the top level can swallow what follows.
// CommonMark 0.31.2: 4 (leaf blocks), 5 (container blocks), appendix (a parsing strategy).

/// Reads Markdown line by line.
struct MarkdownBlocks {
    /// The last block of a text, which more lines could continue.
    enum Leaf: Equatable {
        case none, paragraph, indentedCode
        case fence(sign: UInt8, count: Int)
        /// The kind of HTML block, 1 to 7 (CommonMark 4.6).
        case html(kind: Int)
    }

    private enum Container {
        case quotation
        /// `width`: the columns of the marker and the spaces around it, which the lines of the item are indented by.
        case item(width: Int, isEmpty: Bool)
    }

    private(set) var leaf = Leaf.none
    private var containers: [Container] = []
    /// The lines whose HTML, if there is any, comes to the reader as HTML: all except those of code.
    private(set) var markup: [ArraySlice<UInt8>] = []
    /// True if the text has an HTML block, whose lines a browser reads as they are.
    private(set) var hasHTMLBlock = false

    /// - Parameter text: its lines end with LF, CR or CR LF.
    init(_ text: String) {
        for line in MarkdownBlocks.lines(of: Array(text.utf8)) { take(line) }
    }

    /// The block that the next line at the margin would be read into; `none` if that line begins a new block.
    var open: Leaf { containers.isEmpty ? leaf : .none }

    private static func lines(of bytes: [UInt8]) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var line: [UInt8] = []
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case 0x0A where index > 0 && bytes[index - 1] == 0x0D: break
            case 0x0A, 0x0D:
                lines.append(line)
                line = []
            case 0x09: line += [UInt8](repeating: 0x20, count: 4 - line.count % 4)
            default: line.append(byte)
            }
        }
        return line.isEmpty ? lines : lines + [line]
    }

    // MARK: A line

    private mutating func take(_ whole: [UInt8]) {
        var line = MarkdownLine(whole)
        let matched = continueContainers(&line)
        let continuesAll = matched == containers.count
        if continuesAll, continueLeaf(line) { return }
        let wasParagraph = leaf == .paragraph
        if continuesAll, line.isBlank || !wasParagraph { leaf = .none }

        /// Ends what this line does not continue; from then on the line is inside the containers that it does.
        var hasEnded = continuesAll
        func end() {
            guard !hasEnded else { return }
            containers.removeLast(containers.count - matched)
            leaf = .none
            hasEnded = true
        }
        while !line.isBlank {
            let isInParagraph = hasEnded && leaf == .paragraph
            if line.indent >= 4 {
                // A paragraph, even one of a container that this line does not continue, takes the line as its text.
                if leaf == .paragraph { break }
                end()
                fill()
                leaf = .indentedCode
                return
            }
            if line.isQuotation {
                end()
                fill()
                leaf = .none
                containers.append(.quotation)
                line.skipQuotationMark()
                continue
            }
            if line.isHeading || isInParagraph && line.isUnderline {
                end()
                fill()
                leaf = .none
                return markup.append(line.rest)
            }
            if let fence = line.fence {
                end()
                fill()
                leaf = .fence(sign: fence.sign, count: fence.count)
                return
            }
            if let kind = HTMLBlockStart.kind(of: line.rest), kind < 7 || leaf != .paragraph {
                end()
                fill()
                leaf = HTMLBlockStart.ends(kind, line.rest) ? .none : .html(kind: kind)
                hasHTMLBlock = true
                return markup.append(line.rest)
            }
            if line.isRule {
                end()
                fill()
                leaf = .none
                return
            }
            guard let width = line.itemWidth(insideParagraph: isInParagraph) else { break }
            end()
            fill()
            leaf = .none
            containers.append(.item(width: width, isEmpty: true))
            line.skip(columns: width)
        }
        if line.isBlank {
            end()
            leaf = .none
            return
        }
        // Text: it goes on with the paragraph, even with one of a container that the line does not continue.
        markup.append(line.rest)
        guard leaf != .paragraph else { return }
        end()
        fill()
        leaf = .paragraph
    }

    /// Skips the marks and the indentation of the open containers.
    /// - Returns: how many of them the line continues.
    private func continueContainers(_ line: inout MarkdownLine) -> Int {
        for (index, container) in containers.enumerated() {
            switch container {
            case .quotation:
                guard line.indent < 4, line.isQuotation else { return index }
                line.skipQuotationMark()
            case .item(_, isEmpty: true) where line.isBlank: return index
            case .item where line.isBlank: break
            case .item(let width, _):
                guard line.indent >= width else { return index }
                line.skip(columns: width)
            }
        }
        return containers.count
    }

    /// - Returns: false if the line is not one of the open code or HTML block.
    private mutating func continueLeaf(_ line: MarkdownLine) -> Bool {
        switch leaf {
        case .none, .paragraph: return false
        case .indentedCode: return line.isBlank || line.indent >= 4
        case .fence(let sign, let count):
            if line.closesFence(sign, count) { leaf = .none }
            return true
        case .html(let kind):
            if kind >= 6, line.isBlank { return false }
            markup.append(line.whole)
            if HTMLBlockStart.ends(kind, line.whole) { leaf = .none }
            return true
        }
    }

    /// Notes that the open containers have a block.
    private mutating func fill() {
        for index in containers.indices {
            if case .item(let width, _) = containers[index] { containers[index] = .item(width: width, isEmpty: false) }
        }
    }
}

/// A line, behind the marks of its containers.
struct MarkdownLine {
    private(set) var whole: ArraySlice<UInt8>

    init(_ line: [UInt8]) { whole = line[...] }

    /// Columns of space at the beginning.
    var indent: Int { whole.prefix { $0 == 0x20 }.count }
    var isBlank: Bool { whole.allSatisfy { $0 == 0x20 } }
    /// The line without the space at its beginning.
    var rest: ArraySlice<UInt8> { whole.drop { $0 == 0x20 } }

    mutating func skip(columns: Int) { whole = whole.dropFirst(columns) }

    var isQuotation: Bool { rest.first == UInt8(ascii: ">") }

    mutating func skipQuotationMark() {
        whole = rest.dropFirst()
        if whole.first == 0x20 { whole = whole.dropFirst() }
    }

    /// `# Heading`.
    var isHeading: Bool {
        let signs = rest.prefix { $0 == UInt8(ascii: "#") }.count
        let next = rest.dropFirst(signs).first
        return (1...6).contains(signs) && (next == nil || next == 0x20)
    }

    /// The line below a heading: `===` or `---`.
    var isUnderline: Bool {
        guard let sign = rest.first, sign == UInt8(ascii: "=") || sign == UInt8(ascii: "-") else { return false }
        return rest.drop { $0 == sign }.allSatisfy { $0 == 0x20 }
    }

    /// `---`, `***` or `___`, with spaces or without.
    var isRule: Bool {
        guard let sign = rest.first, "-*_".utf8.contains(sign) else { return false }
        return rest.allSatisfy { $0 == sign || $0 == 0x20 } && rest.count { $0 == sign } >= 3
    }

    /// A fence that opens a code block.
    var fence: (sign: UInt8, count: Int)? {
        guard let sign = rest.first, sign == UInt8(ascii: "`") || sign == UInt8(ascii: "~") else { return nil }
        let count = rest.prefix { $0 == sign }.count
        guard count >= 3, sign == UInt8(ascii: "~") || !rest.dropFirst(count).contains(sign) else { return nil }
        return (sign, count)
    }

    func closesFence(_ sign: UInt8, _ count: Int) -> Bool {
        guard indent < 4 else { return false }
        let signs = rest.prefix { $0 == sign }.count
        return signs >= count && rest.dropFirst(signs).allSatisfy { $0 == 0x20 }
    }

    /// The columns from the line's beginning to the text of a list item; `nil` if the line begins none.
    func itemWidth(insideParagraph: Bool) -> Int? {
        guard let marker = itemMarker(insideParagraph: insideParagraph) else { return nil }
        let behind = rest.dropFirst(marker)
        let spaces = behind.prefix { $0 == 0x20 }.count
        let isEmpty = spaces == behind.count
        guard spaces > 0 || isEmpty, !(insideParagraph && isEmpty) else { return nil }
        // Five spaces or more are one, and indented code.
        return indent + marker + (isEmpty || spaces >= 5 ? 1 : spaces)
    }

    /// The columns of `-`, `+`, `*`, `1.` or `1)`.
    private func itemMarker(insideParagraph: Bool) -> Int? {
        guard let first = rest.first else { return nil }
        if "-+*".utf8.contains(first) { return 1 }
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        guard (1...9).contains(digits.count), let sign = rest.dropFirst(digits.count).first,
            sign == UInt8(ascii: ".") || sign == UInt8(ascii: ")")
        else { return nil }
        // In a paragraph only 1 begins a list, so that a number at the beginning of a line does not.
        return insideParagraph && Int(String(decoding: digits, as: UTF8.self)) != 1 ? nil : digits.count + 1
    }
}
