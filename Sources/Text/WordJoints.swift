// How two words are joined across white space: "24 €", "3 p.m.", "Jan. 5, 2026", "Dr. Lee", "+49 30 1234".

struct WordJoints {
    private let runs: UnitRuns
    private var text: UnitText { runs.text }

    init(_ runs: UnitRuns) { self.runs = runs }

    /// Tells how two runs are joined.
    /// - Parameters:
    ///   - left: the end of the first run.
    ///   - right: the beginning of the second; the end of the text if there is none yet.
    func join(left: Int, right: Int) -> Joint {
        let first = Word(text.string(core(endingAt: left))).behindRange
        let run = runs.run(from: right)
        let second = Word(text.string(run), isOpen: runs.isOpen(run) || (run.isEmpty && !runs.isComplete))
        if run.isEmpty { return second.isOpen && mayJoin(first, left) ? .open : .apart }
        if let third = thirdWord(first, second, behind: run.upperBound, left: left) { return third }
        let phone = phone(left: left, right: right)
        if phone != .apart { return phone }
        return join(first, second, left: left)
    }

    /// How the run that ends at an index and the next one are joined.
    func join(behind left: Int) -> Joint {
        var right = left
        while right < text.scalars.count, text.classes[right] == .whitespace { right += 1 }
        let spaces = text.scalars[left..<right]
        guard !spaces.isEmpty, spaces.count <= 2, !spaces.contains("\n"), !spaces.contains("\r") else { return .apart }
        return join(left: left, right: right)
    }

    /// A run without its opening marks.
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
            if UnitWords.dayLinks.contains(first.lower) {
                if previous.isNumber || previous.isOrdinal, let joint = second.isOne(of: UnitWords.months) {
                    return joint
                }
                if previous.isMonth, second.beginsWithDigit { return .joined }
            }
            // "18 h 30"
            if previous.isNumber, ["h", "uhr"].contains(first.lower), second.isNumber { return .joined }
            if Self.rangeMarks.contains(first.text), previous.isNumber, second.beginsWithDigit || second.beginsWithSign
            {
                return .joined
            }
        }
        if first.isMonth || first.isKoreanDate { return second.beginsWithDigit ? .joined : .apart }
        if first.isDayWithComma, previousWord(before: left)?.isMonth == true, second.beginsWithDigit { return .joined }
        if let previous = previousWord(before: left), previous.isNumber,
            UnitWords.scales.contains(first.withoutStop), let joint = second.isOne(of: UnitWords.currencies)
        {
            return joint
        }
        if UnitWords.beforeNumbers.contains(first.lower), second.beginsWithDigit { return .joined }
        let plain = first.withoutStop
        if first.hasStop {
            if Abbreviations.introducing.contains(plain) || Abbreviations.beforeNames.contains(plain) { return .joined }
            if plain.count == 1, plain.first?.isLetter == true, plain != "i" {
                let isClock = plain == "m" && ["a.", "p."].contains(previousWord(before: left)?.lower ?? "")
                return isClock ? .apart : .joined
            }
            // "J.R.R. Tolkien", "U.S. Army"
            if first.isDottedCapitals, second.isCapitalized, !Abbreviations.sentenceStarters.contains(second.letters) {
                return .joined
            }
        }
        if Abbreviations.beforeNumbers.contains(plain), first.hasStop || ["no", "nr", "nº", "n°"].contains(plain) {
            let isWord = Abbreviations.wordsBeforeNumbers.contains(plain) && !first.isCapitalized
            return second.beginsWithDigit && !isWord ? .joined : .apart
        }
        if first.lower == "n°" || first.lower == "nº", second.beginsWithDigit { return .joined }
        if first.hasStop, first.isCapitalized, Abbreviations.introducingNames.contains(plain) { return .joined }
        return .apart
    }

    /// Three words: "10 – 12", "5 de enero", "enero de 2026", "5 p. m.", "John F. Kennedy".
    private func thirdWord(_ first: Word, _ second: Word, behind end: Int, left: Int) -> Joint? {
        let isRange = first.isNumber && Self.rangeMarks.contains(second.text)
        let isDay = (first.isNumber || first.isOrdinal) && UnitWords.dayLinks.contains(second.lower)
        let isYear = first.isMonth && UnitWords.dayLinks.contains(second.lower)
        let isClock = first.isNumber && ["a.", "p."].contains(second.lower)
        let mayBeName = first.isCapitalized && !Abbreviations.sentenceStarters.contains(first.text)
        let isName = mayBeName && second.isInitial
        guard isRange || isDay || isYear || isClock || isName else {
            if first.isMonth, second.isOpen, UnitWords.dayLinks.contains(where: { $0.hasPrefix(second.lower) }) {
                return .open
            }
            // A single letter may become an initial.
            return mayBeName && second.isOpen && second.text.count == 1 && second.isCapitalized ? .open : nil
        }
        var start = end
        while start < text.scalars.count, text.classes[start] == .whitespace { start += 1 }
        let run = runs.run(from: start)
        let third = Word(text.string(run), isOpen: runs.isOpen(run))
        if run.isEmpty { return runs.isComplete ? .apart : .open }
        if isRange { return third.beginsWithDigit || third.beginsWithSign ? .joined : .apart }
        if isDay { return third.isOne(of: UnitWords.months) ?? .apart }
        if isYear { return third.beginsWithDigit ? .joined : .apart }
        if isClock { return third.withoutStop == "m" ? .joined : .apart }
        return third.isCapitalized ? .joined : .apart
    }

    private static let rangeMarks: Set<String> = ["-", "–", "—", "x", "×"]

    /// True if the run that ends at an index may be joined to a word that is not written yet.
    func mayJoin(runEndingAt end: Int) -> Bool { mayJoin(Word(text.string(core(endingAt: end))), end) }

    /// True if a first word may be joined to a word that is not written yet.
    private func mayJoin(_ first: Word, _ left: Int) -> Bool {
        if first.isNumber || first.isOrdinal || first.isMonth || first.isKoreanDate { return true }
        if first.isDayWithComma, previousWord(before: left)?.isMonth == true { return true }
        if UnitWords.beforeNumbers.contains(first.lower) || phoneGroups(endingAt: left) != nil { return true }
        if let previous = previousWord(before: left) {
            let isLink = UnitWords.dayLinks.contains(first.lower)
            if previous.isNumber || previous.isOrdinal,
                isLink || Self.rangeMarks.contains(first.text) || ["h", "uhr", "a.", "p."].contains(first.lower)
            {
                return true
            }
            if previous.isMonth, isLink { return true }
            if previous.isNumber, UnitWords.scales.contains(first.withoutStop) { return true }
        }
        // An initial may follow a name.
        if first.isCapitalized, first.text.allSatisfy(\.isLetter) {
            return !Abbreviations.sentenceStarters.contains(first.text)
        }
        if first.isDottedCapitals { return true }
        let plain = first.withoutStop
        return first.hasStop
            && (Abbreviations.introducing.contains(plain) || Abbreviations.beforeNames.contains(plain)
                || Abbreviations.beforeNumbers.contains(plain) || plain.count == 1 && plain != "i")
    }

    /// True if two runs are groups of one phone number; all groups around the place are looked at.
    private func phone(left: Int, right: Int) -> Joint {
        guard var groups = phoneGroups(endingAt: left) else { return .apart }
        var end = right
        while end < text.scalars.count {
            let run = runs.run(from: end)
            let word = Word(text.string(run), isOpen: runs.isOpen(run))
            guard word.isPhoneGroup else { break }
            groups.count += 1
            groups.digits += word.digitCount
            groups.fewest = min(groups.fewest, word.isOpen ? groups.fewest : word.digitCount)
            groups.isOpen = groups.isOpen || word.isOpen
            end = run.upperBound
            while end < text.scalars.count, text.classes[end] == .whitespace { end += 1 }
        }
        guard end > right else { return .apart }
        if groups.isMarked || groups.digits >= 7 && groups.fewest >= 2 { return .joined }
        let reachesEnd = groups.isOpen || (end == text.scalars.count && !runs.isComplete)
        return reachesEnd && groups.fewest >= 2 ? .open : .apart
    }

    private struct PhoneGroups {
        var count = 0
        var digits = 0
        /// The digits of the shortest group.
        var fewest = Int.max
        /// It begins as only a phone number does.
        var isMarked = false
        var isOpen = false
    }

    /// The groups of digits before a place; `nil` if there are none.
    private func phoneGroups(endingAt end: Int) -> PhoneGroups? {
        var end = end
        var groups = PhoneGroups()
        while end > 0 {
            let run = runs.run(endingAt: end)
            let word = Word(text.string(run))
            guard word.isPhoneGroup else { break }
            groups.count += 1
            groups.digits += word.digitCount
            groups.fewest = min(groups.fewest, word.digitCount)
            let first = text.scalars[run.lowerBound]
            if first == "+" || first == "(" { groups.isMarked = true }
            end = run.lowerBound
            while end > 0, text.classes[end - 1] == .whitespace { end -= 1 }
        }
        return groups.count > 0 ? groups : nil
    }
}

extension WordJoints {
    /// One word and how it is joined to its neighbours.
    struct Word {
        let text: String
        let lower: String
        /// True if it reaches the end of a growing text.
        let isOpen: Bool

        init(_ text: String, isOpen: Bool = false) {
            self.text = text
            lower = text.lowercased()
            self.isOpen = isOpen
        }

        /// The part behind the last dash of a range: the "5" of "9–5".
        var behindRange: Word {
            guard let dash = text.lastIndex(of: "–"), text.index(after: dash) < text.endIndex else { return self }
            return Word(String(text[text.index(after: dash)...]), isOpen: isOpen)
        }

        var hasStop: Bool { text.hasSuffix(".") }
        /// In lower case, without the full stop at its end.
        var withoutStop: String { hasStop ? String(lower.dropLast()) : lower }
        private var scalars: String.UnicodeScalarView { text.unicodeScalars }

        /// It ends with a digit and has only characters that numbers have.
        var isNumber: Bool {
            guard let last = scalars.last, last.isDigit else { return false }
            return scalars.allSatisfy { scalar in
                scalar.isDigit || ".,:/'’+-−~≈–±×".unicodeScalars.contains(scalar)
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

        /// `3월`, `2026년`
        var isKoreanDate: Bool {
            let digits = scalars.prefix(while: \.isDigit)
            return !digits.isEmpty && ["월", "년"].contains(String(scalars.dropFirst(digits.count)))
        }

        /// `J.R.R.`, `U.S.`
        var isDottedCapitals: Bool {
            hasStop && Abbreviations.isDotted(String(text.dropLast()))
                && text.allSatisfy { $0 == "." || $0.isUppercase }
        }

        /// Without the marks behind it.
        var letters: String { String(text.prefix { $0.isLetter }) }

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

        /// Three digits behind one to three digits: `10 000`.
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

        /// True if the word, without the marks behind it, is in a list.
        func isOne(of words: Set<String>) -> Joint? {
            if isOpen { return words.contains { $0.hasPrefix(lower) } ? .open : (matches(words) ? .joined : nil) }
            return matches(words) ? .joined : nil
        }

        private func matches(_ words: Set<String>) -> Bool {
            // The part of "a.m.–5" before the dash.
            var word = lower.prefix { $0 != "–" }
            if word.isEmpty { word = lower[...] }
            while true {
                if words.contains(String(word)) { return true }
                guard let last = word.last, ".,;:!?)]\"'”’…".contains(last) else { return false }
                word = word.dropLast()
            }
        }
    }
}
