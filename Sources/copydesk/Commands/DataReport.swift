// What `data check` tells, as JSON and as a page.

import Foundation
import Generation
import Text
import Training

/// The keys of the JSON.
struct DataReport: Encodable {
    struct Token: Encodable {
        var id: TokenID
        var text: String
        /// True if the token is learned.
        var target: Bool
    }
    struct Lengths: Encodable {
        var shortest: Int
        var median: Int
        var ninetieth: Int
        var longest: Int
        /// Of rows that were too long; 0 if there are none.
        var longestDropped: Int
    }
    struct Side: Encodable {
        var rows: Int
        var targets: Int
    }
    struct Packing: Encodable {
        var rows: Int
        var length: Int
        var fill: Double
    }

    var rows: Int
    var targets: Int
    var dropped: [String: Int]
    var duplicates: Int
    var first: [Token]
    var read: Int
    var tokens: Int
    var examples: Int
    var lengths: Lengths
    var repaired: [String: Int]
    var validation: Side?
    var packing: Packing?
    var cutPrompts: Int
    var rowsWithSpecialNames: Int
    var notices: [String: Int]
    var usesTemplate: Bool
    /// Where the first row stands.
    var firstPlace: String
    var fingerprint: String

    init(_ corpus: EncodedCorpus, _ encoder: ExampleEncoder) {
        let summary = corpus.summary
        let (training, validation) = (summary.training, summary.validation)
        rows = training.rows + validation.rows
        targets = training.targets + validation.targets
        tokens = training.tokens + validation.tokens
        examples = training.examples + validation.examples
        dropped = Dictionary(
            uniqueKeysWithValues: DropReason.allCases.map { ($0.rawValue, summary.count.dropped[$0] ?? 0) })
        duplicates = summary.count.duplicates
        read = summary.count.read
        repaired = Dictionary(
            uniqueKeysWithValues: TextRepairs.names.map { ($0.name, summary.count.repaired[$0.kind] ?? 0) })
        lengths = Lengths(
            shortest: summary.length(ofShare: 0), median: summary.length(ofShare: 0.5),
            ninetieth: summary.length(ofShare: 0.9), longest: summary.length(ofShare: 1),
            longestDropped: summary.longestDropped)
        self.validation = corpus.validation.map { _ in Side(rows: validation.rows, targets: validation.targets) }
        packing = corpus.training.packing.map { Packing(rows: $0.rows.count, length: $0.length, fill: $0.fill) }
        (cutPrompts, rowsWithSpecialNames) = (summary.cutPrompts, summary.rowsWithSpecialNames)
        (notices, usesTemplate, firstPlace) = (summary.notices, summary.hasTemplate, summary.firstPlace)
        fingerprint = corpus.training.fingerprint
        first =
            summary.first.map { example in
                zip(example.tokens, example.weights).map { token, weight in
                    Token(
                        id: token, text: String(decoding: encoder.bytes(of: token), as: UTF8.self), target: weight > 0)
                }
            } ?? []
    }
}

/// The page for a person. Nothing on it is told by colour.
struct DataPage {
    let corpus: EncodedCorpus
    let encoder: ExampleEncoder
    let columns: Int

    private var summary: CorpusSummary { corpus.summary }
    private static let labelWidth = 12

    var text: String {
        (facts + [""] + lengths + [""] + firstRow).map { $0 + "\n" }.joined()
    }

    // MARK: Facts

    private var facts: [String] {
        let (training, validation, count) = (summary.training, summary.validation, summary.count)
        var lines: [String] = []
        func add(_ label: String, _ parts: [String]) {
            guard !parts.isEmpty else { return }
            lines.append(
                label + String(repeating: " ", count: Self.labelWidth - label.count) + parts.joined(separator: ", "))
        }
        let rows = training.rows + validation.rows
        let (tokens, targets) = (training.tokens + validation.tokens, training.targets + validation.targets)
        add("rows", ["\(rows) of \(count.read)"])
        let weight = encoder.options.promptWeight
        add(
            "tokens",
            ["\(tokens)", "\(targets) of them learned (\(Self.percent(targets, of: tokens)))"]
                + (0 < weight && weight < 1 ? ["prompts with the weight \(Self.number(weight))"] : []))
        var reasons = count.reasons
        if summary.longestDropped > 0 {
            reasons.append("the longest of \(summary.longestDropped) tokens, and \(encoder.options.exampleLimit) fit")
        }
        add("left out", reasons)
        add("duplicates", count.duplicates > 0 ? ["\(count.duplicates)"] : [])
        add(
            "repaired",
            TextRepairs.names.compactMap { kind, _ in
                count.repaired[kind].map { "\(Self.rows($0)) \(Self.words(of: kind))" }
            })
        add(
            "divided",
            training.examples + validation.examples > rows
                ? ["\(Self.rows(rows)) into \(training.examples + validation.examples) examples"] : [])
        add("cut", summary.cutPrompts > 0 ? ["the beginning of \(Self.counted(summary.cutPrompts, "prompt"))"] : [])
        add("not text", count.skippedFiles > 0 ? [Self.counted(count.skippedFiles, "file") + " of a folder"] : [])
        if corpus.validation != nil {
            add("training", [Self.rows(training.rows), "\(training.targets) tokens learned"])
            add("validation", [Self.rows(validation.rows), "\(validation.targets) tokens to predict"])
        }
        if let packing = corpus.training.packing {
            add(
                "packed",
                [
                    "\(Self.rows(packing.rows.count)) of \(packing.length) tokens",
                    "\(Self.percent(packing.tokenCount, of: packing.rows.count * packing.length)) full",
                ])
        }
        add(
            "template",
            [
                summary.hasTemplate
                    ? "the model's own, for prompts and conversations" : "none: an answer follows its prompt"
            ])
        for (notice, count) in summary.notices.sorted(by: { $0.key < $1.key }) {
            add("notice", ["\(Self.rows(count)): \(notice)"])
        }
        if summary.rowsWithSpecialNames > 0 {
            add(
                "notice",
                [
                    "\(Self.rows(summary.rowsWithSpecialNames)) with names of special tokens in the text. They are read as letters; --special reads them as tokens."
                ])
        }
        return lines
    }

    private static func rows(_ count: Int) -> String { counted(count, "row") }

    private static func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }

    private static func number(_ weight: Float) -> String {
        weight.formatted(.number.precision(.significantDigits(1...2)).grouping(.never))
    }

    private static func percent(_ part: Int, of whole: Int) -> String {
        let share = whole > 0 ? 100 * Double(part) / Double(whole) : 0
        return share.formatted(.number.precision(.fractionLength(1)).grouping(.never)) + " %"
    }

    private static func words(of kind: TextRepairs) -> String {
        switch kind {
        case .byteOrderMark: "with a byte order mark"
        case .carriageReturn: "with line ends of Windows"
        case .nul: "with bytes of zero"
        default: "with bytes that are no UTF-8"
        }
    }

    // MARK: Lengths

    /// A line for each doubling of the length.
    private var lengths: [String] {
        var groups: [Int: Int] = [:]
        for (length, count) in summary.lengths {
            groups[Int.bitWidth - max(length - 1, 0).leadingZeroBitCount, default: 0] += count
        }
        guard let first = groups.keys.min(), let last = groups.keys.max(), let most = groups.values.max() else {
            return []
        }
        let (shortest, longest) = (summary.length(ofShare: 0), summary.length(ofShare: 1))
        guard shortest < longest else {
            return ["lengths     \(longest) tokens\(summary.lengths[longest] == 1 ? "" : ", each row")"]
        }
        let half = summary.length(ofShare: 0.5)
        let head =
            "lengths     from \(shortest) to \(longest) tokens; half of the rows "
            + "have at most \(half), nine of ten at most \(summary.length(ofShare: 0.9))"
        let names = (first...last).map { $0 < 2 ? "\(1 << $0)" : "\(1 << ($0 - 1) + 1)-\(1 << $0)" }
        let width = names.map(\.count).max() ?? 0
        return [head]
            + (first...last).map { group in
                let count = groups[group] ?? 0
                let bar = String(
                    repeating: "█", count: count == 0 ? 0 : max(1, Int((30 * Double(count) / Double(most)).rounded())))
                let name = names[group - first]
                return String(repeating: " ", count: Self.labelWidth + width - name.count) + name + "  " + bar
                    + (bar.isEmpty ? "" : " ") + "\(count)"
            }
    }

    // MARK: The first row

    private static let shownTokens = 400

    /// Each line is of tokens that are read, of tokens that are learned, or of tokens with a smaller weight.
    private var firstRow: [String] {
        guard let example = summary.first else { return [] }
        var lines = ["The first row (\(summary.firstPlace)), token by token:"]
        var start = 0
        let shown = min(example.tokens.count, Self.shownTokens)
        while start < shown {
            let weight = example.weights[start]
            let end = (start..<shown).first { example.weights[$0] != weight } ?? shown
            let label = weight == 0 ? "read" : weight == 1 ? "learned" : "× \(Self.number(weight))"
            lines += run(example.tokens[start..<end], label: label)
            start = end
        }
        if shown < example.tokens.count {
            lines.append("  … and \(example.tokens.count - shown) tokens more, all of them with --json")
        }
        return lines
    }

    private func run(_ tokens: ArraySlice<TokenID>, label: String) -> [String] {
        var lines: [String] = []
        var line = ""
        var width = 0
        let room = max(20, columns - 11)
        func finish() {
            guard !line.isEmpty else { return }
            lines.append("  " + label + String(repeating: " ", count: max(1, 8 - label.count)) + line)
            (line, width) = ("", 0)
        }
        for token in tokens {
            let text = Self.visible(encoder.bytes(of: token)) + "│"
            let needed = text.reduce(0) { $0 + Columns.of($1) }
            if width + needed > room { finish() }
            line += text
            width += needed
            if text.contains("⏎") { finish() }
        }
        finish()
        return lines
    }

    /// The text of a token; of a part of a character its bytes.
    private static func visible(_ bytes: [UInt8]) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            let codes = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
            return "<\(codes.joined(separator: " "))>"
        }
        return text.replacing("\n", with: "⏎").replacing("\t", with: "⇥").replacing("\r", with: "␍")
    }
}
