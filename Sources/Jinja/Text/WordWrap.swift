// The filter `wordwrap`, after Python's `textwrap`: fills each line with as many words as fit.

extension Filters {
    static func wordWrap(_ value: JinjaValue, _ arguments: CallArguments, _ evaluator: Evaluator) throws(JinjaError)
        -> JinjaValue
    {
        let bound = try arguments.bind(
            "the filter 'wordwrap'", ["width", "break_long_words", "wrapstring", "break_on_hyphens"])
        guard case .string(let text) = value else { throw value.mustBeString(for: "the filter 'wordwrap'") }
        let width = try bound.integer(0, default: 79)
        guard width > 0 else { throw JinjaError("wordwrap needs a width of at least 1.") }
        let breaksWords = bound.isTrue(1, default: true)
        let breaksHyphens = bound.isTrue(3, default: true)
        let separator = bound.isGiven(2) ? try bound.string(2, default: "\n") : "\n"
        try evaluator.budget.charge(bytes: text.utf8.count * 8)
        var lines: [String] = []
        for line in try StringMethods.lines(text, evaluator.budget) {
            let chunks = chunks(of: Array(line.unicodeScalars), breaksHyphens: breaksHyphens)
            let wrapped = try wrap(
                chunks, width: width, breaksWords: breaksWords, breaksHyphens: breaksHyphens, evaluator.budget)
            // An empty paragraph is an empty line.
            lines.append(
                try StringMethods.joined(wrapped.map(PythonText.string), separator: separator, evaluator.budget))
        }
        return .string(try StringMethods.joined(lines, separator: separator, evaluator.budget))
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || (0x09...0x0D).contains(scalar.value)
    }

    /// Runs of spaces, and words; words end after a hyphen between letters if hyphens may break.
    private static func chunks(of line: [Unicode.Scalar], breaksHyphens: Bool) -> [[Unicode.Scalar]] {
        var chunks: [[Unicode.Scalar]] = []
        var start = 0
        while start < line.count {
            let isSpaces = isSpace(line[start])
            var end = start + 1
            while end < line.count, isSpace(line[end]) == isSpaces { end += 1 }
            if isSpaces || !breaksHyphens {
                chunks.append(Array(line[start..<end]))
            } else {
                chunks += hyphenated(Array(line[start..<end]))
            }
            start = end
        }
        return chunks
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        PythonText.isAlphanumeric(scalar) && !PythonText.isDecimal(scalar) || scalar == "_"
    }

    private static func isWordPart(_ scalar: Unicode.Scalar) -> Bool {
        PythonText.isAlphanumeric(scalar) || ["_", "!", "\"", "'", "&", ".", ",", "?"].contains(scalar)
    }

    /// `textwrap`'s rule: a word breaks after a hyphen if two letters come before it, and a letter and one more after
    /// it.
    /// Two or more hyphens between words are a chunk of their own.
    private static func hyphenated(_ word: [Unicode.Scalar]) -> [[Unicode.Scalar]] {
        var chunks: [[Unicode.Scalar]] = []
        var start = 0
        var index = 0
        while index < word.count {
            guard word[index] == "-" else {
                index += 1
                continue
            }
            var end = index
            while end < word.count, word[end] == "-" { end += 1 }
            if end - index >= 2 {
                if index > 0, isWordPart(word[index - 1]), end < word.count, isWordCharacter(word[end]) {
                    chunks.append(Array(word[start..<index]))
                    chunks.append(Array(word[index..<end]))
                    start = end
                }
            } else if breaks(word, from: start, at: index) {
                chunks.append(Array(word[start...index]))
                start = index + 1
            }
            index = end
        }
        if start < word.count { chunks.append(Array(word[start...])) }
        return chunks.filter { !$0.isEmpty }
    }

    private static func isWordCharacter(_ scalar: Unicode.Scalar) -> Bool {
        PythonText.isAlphanumeric(scalar) || scalar == "_"
    }

    private static func breaks(_ word: [Unicode.Scalar], from start: Int, at index: Int) -> Bool {
        func letter(_ position: Int) -> Bool { position >= start && position < word.count && isLetter(word[position]) }
        func after(_ position: Int) -> Bool { position < word.count && isLetter(word[position]) }
        let before =
            letter(index - 1)
            && (letter(index - 2) || index - 2 >= start && word[index - 2] == "-" && letter(index - 3))
        let following =
            after(index + 1)
            && (after(index + 2) || index + 2 < word.count && word[index + 2] == "-" && after(index + 3))
        return before && following
    }

    private static func wrap(
        _ chunks: [[Unicode.Scalar]], width: Int, breaksWords: Bool, breaksHyphens: Bool, _ budget: Budget
    ) throws(JinjaError) -> [[Unicode.Scalar]] {
        var lines: [[Unicode.Scalar]] = []
        // Slices, because a long word is cut many times and its rest must not be copied each time.
        var rest = chunks.reversed().map { $0[...] }
        while let next = rest.last {
            try budget.charge()
            // Only the first line may begin with spaces.
            if !lines.isEmpty, next.allSatisfy(isSpace) {
                rest.removeLast()
                if rest.isEmpty { break }
            }
            var line: [ArraySlice<Unicode.Scalar>] = []
            var count = 0
            while let chunk = rest.last, count + chunk.count <= width {
                line.append(chunk)
                count += chunk.count
                rest.removeLast()
            }
            if let long = rest.last, long.count > width {
                if breaksWords {
                    let room = width - count
                    var cut = long.startIndex + room
                    if breaksHyphens, long.count > room, let hyphen = long[..<cut].lastIndex(of: "-"),
                        hyphen > long.startIndex, long[..<hyphen].contains(where: { $0 != "-" })
                    {
                        cut = hyphen + 1
                    }
                    line.append(long[..<cut])
                    rest[rest.count - 1] = long[cut...]
                } else if line.isEmpty {
                    line.append(long)
                    rest.removeLast()
                }
            }
            if let last = line.last, last.allSatisfy(isSpace) { line.removeLast() }
            if !line.isEmpty { lines.append(Array(line.joined())) }
        }
        return lines
    }
}
