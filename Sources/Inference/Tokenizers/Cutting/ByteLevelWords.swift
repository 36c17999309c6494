// Cuts text into the words within which a byte-level tokenizer merges: GPT-2's pattern.
// - The words cover the text in order.
// - A text is laid out a window at a time. A window ends where the pattern always begins a new word, so the words are
//   those of the whole text.

package enum ByteLevelWords {
    private static let windowBytes = 1 << 18

    /// Calls `body` with each word of a part of a text.
    /// - Parameters:
    ///   - text: valid UTF-8.
    ///   - range: in bytes, like the words.
    ///   - byLines: true if each line with its line feed is cut as a text of its own, so that no word holds a line feed
    ///     and what follows it.
    package static func forEach(
        in text: [UInt8], _ range: Range<Int>, byLines: Bool, _ body: (Range<Int>) -> Void
    ) {
        let cut = SplitCut(pattern: .gpt2)
        var start = range.lowerBound
        var windowBytes = windowBytes
        while start < range.upperBound {
            var end = range.upperBound
            if end - start > windowBytes {
                guard let last = lastBreak(in: text, start..<start + windowBytes, byLines: byLines) else {
                    windowBytes *= 2
                    continue
                }
                end = last
            }
            let window = ScalarText(text, start..<end)
            forEachLine(of: window, byLines: byLines) { line in
                cut.forEachPart(window, line) { word, _ in body(window.bytes(word)) }
            }
            start = end
        }
    }

    private static func forEachLine(of text: ScalarText, byLines: Bool, _ body: (Range<Int>) -> Void) {
        guard byLines else { return body(0..<text.count) }
        var start = 0
        while start < text.count {
            var end = start
            while end < text.count, text.scalars[end] != 0x0A { end += 1 }
            end = min(end + 1, text.count)
            body(start..<end)
            start = end
        }
    }

    /// The last place in a part of a text where a word ends whatever else the text holds; nil if there is none.
    ///
    /// Such a place follows a letter if no letter comes next, and a number if no number comes next. With `byLines`
    /// it also follows a line feed, which may be the last byte of the part.
    package static func lastBreak(in text: [UInt8], _ range: Range<Int>, byLines: Bool) -> Int? {
        guard !range.isEmpty else { return nil }
        var place = range.upperBound - 1
        var next: UnicodeClass?
        while place >= range.lowerBound {
            while place > range.lowerBound, text[place] & 0xC0 == 0x80 { place -= 1 }
            let step = UTF8Step(text, at: place, end: range.upperBound)
            let end = place + step.length
            let own = step.isValid ? UnicodeClass.of(step.scalar) : []
            if byLines, step.scalar == 0x0A { return end }
            if let next, step.isValid {
                if !own.isDisjoint(with: .letter), next.isDisjoint(with: .letter) { return end }
                if own.contains(.number), !next.contains(.number) { return end }
            }
            next = step.isValid ? own : nil
            place -= 1
        }
        return nil
    }
}
