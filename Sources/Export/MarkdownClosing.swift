// The lines around a text in a Markdown document that keep it from swallowing what follows.
// - The text itself stays as it is.
// - Two readers count: the parser of Markdown, for which a code fence or an HTML block may be open, and the browser, for
//   which an element may be open whose content is hidden or is no HTML.

struct MarkdownClosing: Equatable {
    /// Before and behind the text; each line ends with a line feed.
    var before = ""
    var behind = ""

    init(of text: String) {
        guard text.utf8.contains(where: { "`~<".utf8.contains($0) }) else { return }
        let blocks = MarkdownBlocks(text)
        var tags = OpenElements()
        for byte in blocks.markup.joined(separator: [0x0A]) { tags.take(byte) }
        let elements = tags.end()
        if tags.hasPlaintext || (blocks.hasHTMLBlock && tags.endsInTag) {
            // Nothing can close it, so the text is shown as code.
            before = MarkdownClosing.fence(around: text) + "\n"
            behind = before
            return
        }
        switch blocks.open {
        case .fence(let sign, let count):
            behind = String(repeating: String(Character(Unicode.Scalar(sign))), count: count) + "\n"
        case .html(kind: 1) where !elements.contains(where: HTMLBlockStart.rawElements.contains):
            behind = HTMLBlockStart.end(of: 1) + "\n"
        case .html(let kind) where (2...5).contains(kind): behind = HTMLBlockStart.end(of: kind) + "\n"
        case .html, .none, .paragraph, .indentedCode: break
        }
        behind += elements.map { "</\($0)>\n" }.joined()
    }

    /// A fence that no line of the text closes.
    private static func fence(around text: String) -> String {
        var longest = 0
        var run = 0
        for byte in text.utf8 {
            run = byte == UInt8(ascii: "~") ? run + 1 : 0
            longest = max(longest, run)
        }
        return String(repeating: "~", count: max(3, longest + 1))
    }
}

/// Reads the tags of HTML, and knows which elements are open that hide what follows.
private struct OpenElements {
    /// Elements whose content is no HTML: they are closed first, because other tags mean nothing inside.
    private static let raw = [
        "script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes", "noscript",
    ]
    /// Elements whose content is folded, replaced or moved.
    private static let hiding: Set<String> = [
        "details", "dialog", "template", "select", "datalist", "table", "svg", "math", "object", "video", "audio",
        "canvas", "button", "frameset",
    ]
    /// Attributes that can hide any element.
    private static let hidingAttributes = [" hidden", " style", "\nhidden", "\nstyle"]

    private(set) var hasPlaintext = false
    /// The bytes of the tag that is open, behind its `<`.
    private var tag: [UInt8]?
    private var quote: UInt8?
    /// Open elements, outermost first.
    private var open: [String] = []

    /// True if the text ends inside a tag, so that what follows would be a part of it.
    var endsInTag: Bool { tag != nil }

    mutating func take(_ byte: UInt8) {
        guard var bytes = tag else {
            if byte == UInt8(ascii: "<") { tag = [] }
            return
        }
        if bytes.isEmpty, !isLetter(byte), byte != UInt8(ascii: "/") {
            tag = byte == UInt8(ascii: "<") ? [] : nil
            return
        }
        if let open = quote {
            if byte == open { quote = nil }
        } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'"), bytes.contains(UInt8(ascii: "=")) {
            quote = byte
        } else if byte == UInt8(ascii: ">") {
            tag = nil
            return close(String(decoding: bytes, as: UTF8.self).lowercased())
        }
        tag = nil  // so that the append does not copy
        bytes.append(byte)
        tag = bytes
    }

    private func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte & 0xDF) }

    private mutating func close(_ tag: String) {
        let isEnd = tag.hasPrefix("/")
        let name = String(tag.dropFirst(isEnd ? 1 : 0).prefix { $0.isASCII && ($0.isLetter || $0.isNumber) })
        if isEnd {
            if let last = open.lastIndex(of: name) { open.remove(at: last) }
            return
        }
        if name == "plaintext" { hasPlaintext = true }
        let hides =
            Self.raw.contains(name) || Self.hiding.contains(name)
            || Self.hidingAttributes.contains { tag.contains($0) }
        if hides { open.append(name) }
    }

    /// The elements that are open, in the order in which to close them.
    func end() -> [String] {
        let inOrder = Array(open.reversed())
        return inOrder.filter(Self.raw.contains) + inOrder.filter { !Self.raw.contains($0) }
    }
}
