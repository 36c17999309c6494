// Filters and words to find, as they are typed.

import Testing

@testable import Generation

@Suite struct `Words of a search` {
    /// Days since 1 January 2000 as 100 a month, so that a test can tell dates apart without a time zone.
    private func words(_ input: String, in start: HistoryQuery = HistoryQuery()) -> HistoryWords {
        HistoryWords(input, in: start) { Double(($0.year - 2000) * 10_000 + $0.month * 100 + $0.day) }
    }

    @Test func `filters are taken out, in any order, and the rest is text`() {
        let words = words("night is:starred glac is:edited has:note \"of the\" model:qwen")
        #expect(words.problems == [] && words.hasFilters)
        #expect(
            words.query
                == HistoryQuery(
                    text: "night glac \"of the\"", starred: true, edited: true, hasNote: true,
                    names: [NameCondition(.model, "qwen")]))
    }

    @Test func `names take spaces in quotes, and every kind has its filter`() {
        let words = words("template:slogan TAG:\"big client\" project:“Spring 27” model:qwen2.5-coder:0.5b is:trashed")
        #expect(words.problems == [])
        #expect(
            words.query.names == [
                NameCondition(.template, "slogan"), NameCondition(.tag, "big client"),
                NameCondition(.project, "Spring 27"), NameCondition(.model, "qwen2.5-coder:0.5b"),
            ])
        #expect(words.query.inTrash && words.query.text == "")
    }

    @Test(
        arguments: [
            ("rating:4", 4...4), ("rating:=4", 4...4), ("rating:>=4", 4...5), ("rating:≥4", 4...5),
            ("rating:>3", 4...5),
            ("rating:<=2", 1...2), ("rating:<2", 1...1), ("rating:2..4", 2...4), ("has:rating", 1...5),
            ("rating:>=2 rating:<5", 2...4), ("has:rating rating:3", 3...3),
        ] as [(String, ClosedRange<Int>)])
    func `ratings are compared`(input: String, ratings: ClosedRange<Int>) {
        #expect(words(input).problems == [])
        #expect(words(input).query.ratings == ratings)
    }

    @Test(arguments: [
        "rating:0", "rating:6", "rating:>5", "rating:<1", "rating:4..2", "rating:four", "rating:>=99999999999999999999",
        "rating:..", "rating:+4", "rating:>=",
    ])
    func `what is no rating is told`(input: String) {
        let value = String(input.dropFirst(7))
        #expect(words(input).problems == [.notARating(value)])
        #expect(words(input).query.ratings == nil)
    }

    @Test func `ratings that exclude each other are told`() {
        #expect(words("rating:<2 rating:>3").problems == [.noRating(">3")])
    }

    @Test(
        arguments: [
            ("after:2026-01-15", 260_115, nil), ("before:2026-11", nil, 261_101), ("before:2026", nil, 260_101),
            ("after:2026-01 before:2026-02-10T10:30", 260_101, 260_210),
            ("after:2025 after:2026 before:2029 before:2028", 260_101, 280_101),
        ] as [(String, Double?, Double?)])
    func `a period is meant from its beginning, and of several dates the narrowest counts`(
        input: String, from: Double?, end: Double?
    ) {
        #expect(words(input).problems == [])
        #expect(words(input).query.createdFrom == from && words(input).query.createdBefore == end)
    }

    @Test func `dates of options and dates of words hold together`() {
        let start = HistoryQuery(createdFrom: 260_301, createdBefore: 260_901, inTrash: true)
        let found = words("after:2026 before:2026-04", in: start)
        #expect(found.query == HistoryQuery(createdFrom: 260_301, createdBefore: 260_401, inTrash: true))
        #expect(found.hasFilters)
        #expect(!words("lamp", in: start).hasFilters)
    }

    @Test(
        arguments: [
            ("is:stared", "'is:stared' is no filter; the nearest one is 'is:starred'."),
            ("is:new", "'is:new' is no filter. There are is:starred, is:edited and is:trashed."),
            ("has:notes", "'has:notes' is no filter; the nearest one is 'has:note'."),
            ("has:picture", "'has:picture' is no filter. There are has:note, has:tag and has:rating."),
            (
                "modle:qwen",
                "'modle:qwen' is no filter; the nearest one is 'model:qwen'. In quotes it is found as text."
            ),
            (
                "since:2026",
                "'since:2026' is no filter; the nearest one is 'after:2026'. In quotes it is found as text."
            ),
            ("tag:", "'tag:' needs a value behind the colon, as in tag:client."),
            ("tag:\"\"", "'tag:' needs a value behind the colon, as in tag:client."),
            (
                "rating:9",
                "'rating:9' is no filter: a rating is a number from 1 to 5, as in rating:4, rating:>=4 or rating:2..4."
            ),
            (
                "before:soon",
                "'before:soon' is no filter: it takes a date such as 2026, 2026-11, 2026-11-29 or 2026-11-29T14:00."
            ),
            ("after:2026-02-30", "'after:2026-02-30' is no filter: there is no such date."),
        ] as [(String, String)])
    func `a filter that cannot be read is told in a sentence, with the nearest one`(input: String, sentence: String) {
        #expect(words("lamp \(input)").problems.map(\.description) == [sentence])
    }

    @Test(arguments: [
        "\"is:starred\"", "“model:qwen”", "http://example.org", "12:30", "Note: milk", "a:b", "灯:光", ":", "x:", "::",
        "colour:red", "\"modle:qwen\"",
    ])
    func `other words with a colon, and those in quotes, are text`(input: String) {
        let found = words(input)
        #expect(found.problems == [] && !found.hasFilters)
        #expect(found.query.text == input)
    }

    @Test func `a word with a colon that may have been meant as a filter is named`() {
        #expect(words("colour:red").unknown == ["colour:red"])
        #expect(words("12:30 \"colour:red\"").unknown == [])
    }

    @Test func `no input is refused or loses its text`() {
        let pieces = [
            "is:", ":", "\"", "“", " ", "\n", "rating:", ">=", "..", "\0", "tag:a", "灯", "👩‍👩‍👧", "before:", "9999-12-31",
        ]
        var random = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            let input = (0..<8).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
            let found = words(input)
            if found.problems.isEmpty, !found.hasFilters {
                #expect(found.query.text.filter { !$0.isWhitespace } == input.filter { !$0.isWhitespace })
            }
        }
    }
}

@Suite struct `Names of which a part is given` {
    private let names = ["Qwen2.5-coder", "gemma-3-270m", "mistral-qwen", "qwen", "春天 campaign"]

    @Test(
        arguments: [
            ("qwen", ["qwen"]), ("QWEN2", ["Qwen2.5-coder"]), ("qw", ["Qwen2.5-coder", "mistral-qwen", "qwen"]),
            ("coder", ["Qwen2.5-coder"]), ("270", ["gemma-3-270m"]), ("70m", []), ("天", ["春天 campaign"]), ("", []),
            ("zebra", []),
        ] as [(String, [String])])
    func `an equal name is meant alone, else those with a word that begins so`(part: String, meant: [String]) {
        #expect(NameCondition(.model, part).meant(among: names) == meant)
    }
}
