// The lexicon of config.yaml, checked word by word: a contradiction is said with the place of the word.

import Generation
import YAMLReading
import Yams

extension SettingsReader {
    /// Leaves out banned words that are none and words that must occur and are banned, and notes them.
    mutating func checkLexicon() {
        var lexicon = UserSettings.lexicon(of: entries)
        keep("lexicon.banned") { index in
            Lexicon.problem(ofBanned: lexicon.banned[index]).map { "\($0) Until then it does not count." }
        }
        lexicon = UserSettings.lexicon(of: entries)
        keep("lexicon.must") { index in
            let word = lexicon.must[index].word
            return lexicon.bannedWord(in: word).map { banned in
                "\(OptionLine.quoted(word)) must occur, and \(OptionLine.quoted(banned)) is banned. "
                    + "Remove one of the two; until then the ban counts."
            }
        }
        note("lexicon.casing") { index in
            let name = lexicon.casing[index]
            if let banned = lexicon.bannedWord(in: name) {
                return "\(OptionLine.quoted(name)) is written so, and \(OptionLine.quoted(banned)) is banned. "
                    + "Remove one of the two; until then the ban counts."
            }
            let other = lexicon.casing[..<index].first { $0 != name && $0.lowercased() == name.lowercased() }
            return other.map {
                "\(OptionLine.quoted($0)) stands before it in another casing. Keep one of the two; "
                    + "until then the first counts."
            }
        }
    }

    /// Notes the elements of a list that have a problem, and keeps the others.
    private mutating func keep(_ name: String, problem: (Int) -> String?) {
        guard let key = try? SettingKey(name), let entry = entries[key] else { return }
        let problems = entry.value.elements.indices.map(problem)
        guard problems.contains(where: { $0 != nil }) else { return }
        for (index, problem) in problems.enumerated() {
            if let problem { nodes.note(problem, at: node(of: key, element: index)) }
        }
        let kept = entry.value.elements.enumerated().filter { problems[$0.offset] == nil }.map(\.element)
        entries[key]?.value = kept.dropFirst().reduce(kept.first ?? entry.value.emptied) { $0.joined(with: $1) }
    }

    /// Notes the elements of a list that have a problem.
    private mutating func note(_ name: String, problem: (Int) -> String?) {
        guard let key = try? SettingKey(name), let entry = entries[key] else { return }
        for index in entry.value.elements.indices {
            if let problem = problem(index) { nodes.note(problem, at: node(of: key, element: index)) }
        }
    }

    private func node(of key: SettingKey, element index: Int) -> Node? {
        guard let value = valueNodes[key], let sequence = value.sequence else { return valueNodes[key] }
        return index < sequence.count ? Array(sequence)[index] : value
    }
}

extension SettingValue {
    /// The elements of a list, each as a list of one; none for other values.
    fileprivate var elements: [SettingValue] {
        switch self {
        case .value(.texts(let texts)): texts.map { .value(.texts([$0])) }
        case .requiredWords(let words): words.map { .requiredWords([$0]) }
        default: []
        }
    }

    fileprivate var emptied: SettingValue {
        switch self {
        case .value(.texts): .value(.texts([]))
        case .requiredWords: .requiredWords([])
        default: self
        }
    }
}
