// The lines that begin and end an HTML block in Markdown.
// CommonMark 0.31.2, section 4.6: seven kinds, each with its own beginning and end.

enum HTMLBlockStart {
    /// Elements whose text is no HTML, kind 1.
    static let rawElements = ["pre", "script", "style", "textarea"]

    /// Elements that begin a block of kind 6.
    private static let blockElements: Set<String> = [
        "address", "article", "aside", "base", "basefont", "blockquote", "body", "caption", "center", "col", "colgroup",
        "dd", "details", "dialog", "dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form",
        "frame", "frameset", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "iframe", "legend",
        "li", "link", "main", "menu", "menuitem", "nav", "noframes", "ol", "optgroup", "option", "p", "param",
        "search", "section", "source", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "title", "tr",
        "track", "ul",
    ]

    /// The kind of HTML block that a line begins, 1 to 7; `nil` if it begins none.
    /// - Parameter line: without the space at its beginning.
    static func kind(of line: ArraySlice<UInt8>) -> Int? {
        guard line.first == UInt8(ascii: "<") else { return nil }
        let text = String(decoding: line, as: UTF8.self)
        let lower = text.lowercased()
        let name = lower.dropFirst().prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        let behind = lower.dropFirst(1 + name.count).first
        if rawElements.contains(String(name)), behind == nil || behind == " " || behind == ">" { return 1 }
        if lower.hasPrefix("<!--") { return 2 }
        if lower.hasPrefix("<?") { return 3 }
        if lower.hasPrefix("<![cdata[") { return text.hasPrefix("<![CDATA[") ? 5 : nil }
        if lower.hasPrefix("<!"), let third = lower.dropFirst(2).first, third.isASCII, third.isLetter { return 4 }
        if isBlockElement(lower) { return 6 }
        return isWholeTag(text) ? 7 : nil
    }

    private static func isBlockElement(_ line: String) -> Bool {
        let inside = line.dropFirst(line.hasPrefix("</") ? 2 : 1)
        let name = inside.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
        let behind = inside.dropFirst(name.count)
        return blockElements.contains(String(name))
            && (behind.isEmpty || behind.hasPrefix(" ") || behind.hasPrefix(">") || behind.hasPrefix("/>"))
    }

    /// True for one complete tag with nothing but spaces behind it.
    private static func isWholeTag(_ line: String) -> Bool {
        let attribute = #/\s+[A-Za-z_:][A-Za-z0-9_.:\-]*(?:\s*=\s*(?:[^\s"'=<>`]+|'[^']*'|"[^"]*"))?/#
        let end = #/\s*/?>\s*/#
        if line.wholeMatch(of: #/</[A-Za-z][A-Za-z0-9\-]*\s*>\s*/#) != nil { return true }
        guard let start = line.prefixMatch(of: #/<([A-Za-z][A-Za-z0-9\-]*)/#),
            !rawElements.contains(start.1.lowercased())
        else { return false }
        var rest = line[start.range.upperBound...]
        while let match = rest.prefixMatch(of: attribute) { rest = rest[match.range.upperBound...] }
        return rest.wholeMatch(of: end) != nil
    }

    /// True if a line ends the block that it belongs to. Kinds 6 and 7 end at a blank line.
    static func ends(_ kind: Int, _ line: ArraySlice<UInt8>) -> Bool {
        guard kind < 6 else { return false }
        let lower = String(decoding: line, as: UTF8.self).lowercased()
        return kind == 1 ? rawElements.contains { lower.contains("</\($0)>") } : lower.contains(end(of: kind))
    }

    /// The text that ends a block of kind 1 to 5.
    static func end(of kind: Int) -> String {
        switch kind {
        case 1: "</pre>"
        case 2: "-->"
        case 3: "?>"
        case 4: ">"
        default: "]]>"
        }
    }
}
