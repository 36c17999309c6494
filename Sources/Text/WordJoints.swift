// What holds two words together across white space: "24 €", "3 p.m.", "Jan. 5, 2026", "Dr. Lee", "+49 30 1234".

struct WordJoints {
    private let runs: UnitRuns
    private var text: UnitText { runs.text }

    init(_ runs: UnitRuns) { self.runs = runs }

    /// What holds two runs together.
    /// - Parameters:
    ///   - left: where the first run ends.
    ///   - right: where the second begins; the end of the text if there is none yet.
    func join(left: Int, right: Int) -> Joint {
        let first = Word(text.string(core(endingAt: left)))
        let run = runs.run(from: right)
        let second = Word(text.string(run), isOpen: runs.isOpen(run) || (run.isEmpty && !runs.isComplete))
        if run.isEmpty { return second.isOpen && mayJoin(first, left) ? .open : .apart }
        if let third = thirdWord(first, second, behind: run.upperBound) { return third }
        if isPhone(left: left, second) { return .joined }
        return join(first, second, left: left)
    }

    /// What holds the run that ends at an index and the next one together.
    func join(behind left: Int) -> Joint {
        var right = left
        while right < text.scalars.count, text.classes[right] == .whitespace { right += 1 }
        let spaces = text.scalars[left..<right]
        guard !spaces.isEmpty, spaces.count <= 2, !spaces.contains("\n"), !spaces.contains("\r") else { return .apart }
        return join(left: left, right: right)
    }

    /// A run, or the part behind what opens before it.
    private func core(endingAt end: Int) -> Range<Int> {
        let run = runs.run(endingAt: end)
        var start = run.lowerBound
        while start < end, "\"'“‘„«([{*_".unicodeScalars.contains(text.scalars[start]) { start += 1 }
        return start..<end
    }

    private func previousWord(before end: Int) -> Word? {
        var start = runs.run(endingAt: end).lowerBound
        guard start > 0 else { return nil }
        while start > 0, text.classes[start - 1] == .whitespace { start -= 1 }
        return start > 0 ? Word(text.string(core(endingAt: start))) : nil
    }

    private func join(_ first: Word, _ second: Word, left: Int) -> Joint {
        if first.isNumber || first.isOrdinal {
            if let joint = second.isOne(of: UnitWords.months) { return joint }
            if first.isNumber, let joint = second.isOne(of: UnitWords.behindNumbers) { return joint }
            if first.isNumber, second.isGroup(after: first) { return second.isOpen ? .open : .joined }
        }
        if let previous = previousWord(before: left) {
            if UnitWords.dayLinks.contains(first.lower), previous.isNumber || previous.isOrdinal,
                let joint = second.isOne(of: UnitWords.months)
            {
                return joint
            }
            if Self.rangeMarks.contains(first.text), previous.isNumber, second.beginsWithDigit || second.beginsWithSign
            {
                return .joined
            }
        }
        if first.isMonth { return second.beginsWithDigit ? .joined : .apart }
        if first.isDayWithComma, previousWord(before: left)?.isMonth == true, second.beginsWithDigit { return .joined }
        if UnitWords.beforeNumbers.contains(first.lower), second.beginsWithDigit { return .joined }
        let plain = first.withoutStop
        if first.hasStop {
            if Abbreviations.introducing.contains(plain) || Abbreviations.beforeNames.contains(plain) { return .joined }
            if plain.count == 1, plain.first?.isLetter == true, plain != "i" { return .joined }
        }
        if Abbreviations.beforeNumbers.contains(plain), first.hasStop || plain == "no" || plain == "nr" {
            return second.beginsWithDigit ? .joined : .apart
        }
        return .apart
    }

    /// Three words: "10 – 12", "5 de enero", "John F. Kennedy".
    private func thirdWord(_ first: Word, _ second: Word, behind end: Int) -> Joint? {
        let isRange = first.isNumber && Self.rangeMarks.contains(second.text)
        let isDay = (first.isNumber || first.isOrdinal) && UnitWords.dayLinks.contains(second.lower)
        let isName = first.isCapitalized && second.isInitial
        guard isRange || isDay || isName else {
            // A letter that may become an initial, or a word between a day and its month.
            return first.isCapitalized && second.isOpen && second.text.count == 1 && second.isCapitalized ? .open : nil
        }
        var start = end
        while start < text.scalars.count, text.classes[start] == .whitespace { start += 1 }
        let run = runs.run(from: start)
        let third = Word(text.string(run), isOpen: runs.isOpen(run))
        if run.isEmpty { return runs.isComplete ? .apart : .open }
        if isRange { return third.beginsWithDigit || third.beginsWithSign ? .joined : .apart }
        if isDay { return third.isOne(of: UnitWords.months) ?? .apart }
        return third.isCapitalized ? .joined : .apart
    }

    private static let rangeMarks: Set<String> = ["-", "–", "—", "x", "×"]

    /// Whether a first word may belong to one that is not there yet.
    private func mayJoin(_ first: Word, _ left: Int) -> Bool {
        if first.isNumber || first.isOrdinal || first.isMonth { return true }
        if first.isDayWithComma, previousWord(before: left)?.isMonth == true { return true }
        if UnitWords.beforeNumbers.contains(first.lower) || phoneDigits(endingAt: left) != nil { return true }
        if let previous = previousWord(before: left), previous.isNumber || previous.isOrdinal,
            UnitWords.dayLinks.contains(first.lower) || Self.rangeMarks.contains(first.text)
        {
            return true
        }
        // An initial may follow a name.
        if first.isCapitalized, first.text.allSatisfy(\.isLetter) { return true }
        let plain = first.withoutStop
        return first.hasStop
            && (Abbreviations.introducing.contains(plain) || Abbreviations.beforeNames.contains(plain)
                || Abbreviations.beforeNumbers.contains(plain) || plain.count == 1 && plain != "i")
    }

    /// Groups of digits as phone numbers have them.
    private func isPhone(left: Int, _ second: Word) -> Bool {
        guard let (digits, isMarked) = phoneDigits(endingAt: left) else { return false }
        let more = second.digitCount
        guard more > 0, second.isPhoneGroup else { return false }
        return isMarked || (digits >= 3 && digits + more >= 7 && more >= 2)
    }

    /// The digits of groups before a place, and whether they begin as only a phone number does.
    private func phoneDigits(endingAt end: Int) -> (count: Int, isMarked: Bool)? {
        var end = end
        var count = 0
        var isMarked = false
        while end > 0 {
            let run = runs.run(endingAt: end)
            let word = Word(text.string(run))
            guard word.isPhoneGroup else { break }
            count += word.digitCount
            let first = text.scalars[run.lowerBound]
            if first == "+" || first == "(" { isMarked = true }
            end = run.lowerBound
            while end > 0, text.classes[end - 1] == .whitespace { end -= 1 }
        }
        return count > 0 ? (count, isMarked) : nil
    }
}

extension WordJoints {
    /// One word and what it is to its neighbours.
    struct Word {
        let text: String
        let lower: String
        /// Whether it reaches the end of a text that grows.
        let isOpen: Bool

        init(_ text: String, isOpen: Bool = false) {
            self.text = text
            lower = text.lowercased()
            self.isOpen = isOpen
        }

        var hasStop: Bool { text.hasSuffix(".") }
        /// In lower case, without the full stop at its end.
        var withoutStop: String { hasStop ? String(lower.dropLast()) : lower }
        private var scalars: String.UnicodeScalarView { text.unicodeScalars }

        /// Ends with a digit and holds nothing but what numbers hold.
        var isNumber: Bool {
            guard let last = scalars.last, last.isDigit else { return false }
            return scalars.allSatisfy { scalar in
                scalar.isDigit || ".,:/'’+-−~≈–±".unicodeScalars.contains(scalar)
                    || scalar.properties.generalCategory == .currencySymbol
            }
        }

        /// `5.`, `5th`, `1er`, `2º`
        var isOrdinal: Bool {
            let digits = scalars.prefix(while: \.isDigit)
            guard (1...2).contains(digits.count) else { return false }
            return [".", "st", "nd", "rd", "th", "er", "re", "º", "ª", "e", "º."].contains(
                String(scalars.dropFirst(digits.count)).lowercased())
        }

        var isMonth: Bool { UnitWords.months.contains(withoutStop) }

        var isDayWithComma: Bool {
            guard text.hasSuffix(",") else { return false }
            let day = Word(String(text.dropLast()))
            return day.isOrdinal || (day.isNumber && day.text.count <= 2)
        }

        var beginsWithDigit: Bool { scalars.first?.isDigit ?? false }
        var beginsWithSign: Bool { scalars.first?.properties.generalCategory == .currencySymbol }
        var isCapitalized: Bool { scalars.first?.properties.isUppercase ?? false }
        /// `F.`
        var isInitial: Bool { text.count == 2 && hasStop && isCapitalized }
        var digitCount: Int { scalars.count(where: \.isDigit) }

        var isPhoneGroup: Bool {
            let kept = text.hasSuffix(".") || text.hasSuffix(",") ? String(text.dropLast()) : text
            return digitCount > 0
                && kept.unicodeScalars.allSatisfy { $0.isDigit || "()+-/.".unicodeScalars.contains($0) }
        }

        /// Three digits behind one to three: `10 000`.
        func isGroup(after first: Word) -> Bool {
            let digits = scalars.prefix(while: \.isDigit)
            let rest = scalars.dropFirst(digits.count)
            guard digits.count == 3 || (isOpen && digits.count < 3 && rest.isEmpty && digits.count > 0) else {
                return false
            }
            guard rest.isEmpty || !(rest.first?.isLetterOrDigit ?? false) else { return false }
            let before = first.scalars.reversed().prefix(while: \.isDigit).count
            return (1...3).contains(before)
        }

        /// Whether the word, without marks behind it, is one of some words.
        func isOne(of words: Set<String>) -> Joint? {
            if isOpen { return words.contains { $0.hasPrefix(lower) } ? .open : (matches(words) ? .joined : nil) }
            return matches(words) ? .joined : nil
        }

        private func matches(_ words: Set<String>) -> Bool {
            var word = lower[...]
            while true {
                if words.contains(String(word)) { return true }
                guard let last = word.last, ".,;:!?)]\"'”’…".contains(last) else { return false }
                word = word.dropLast()
            }
        }
    }
}
