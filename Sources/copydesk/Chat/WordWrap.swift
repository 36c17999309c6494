// Breaks text between words for a terminal, while it comes in pieces.
// - A break stands in place of the blanks between two words, or beside a wide character, as Chinese and Japanese are broken;
//   a closing mark never begins a line, and an opening one never ends one.
// - A word that is longer than a line is left to the terminal.
// - The last word waits until its end is known.

import Foundation
import Text

struct WordWrap {
    private let columns: Int
    /// The columns of the line so far.
    private var used = 0
    /// Blanks behind them.
    private var gap = ""
    private var word = ""
    private var wordColumns = 0
    private var wordIsWide = false

    private static let closing = Set<Character>("，。、！？：；）】》」』〉”’…—％%)]}>!?,.;:")
    private static let opening = Set<Character>("（【《「『〈“‘([{<")

    /// - Parameter columns: of the terminal; a line has one less, so that the terminal itself never wraps.
    init(columns: Int) { self.columns = max(8, columns - 1) }

    /// The whole text with its breaks.
    static func text(_ text: String, columns: Int) -> String {
        var wrap = WordWrap(columns: columns)
        let beginning = wrap.take(text)
        return beginning + wrap.end()
    }

    /// Takes a piece of the text.
    /// - Returns: what can be shown by now.
    mutating func take(_ piece: String) -> String {
        var shown = ""
        for character in piece { take(character, &shown) }
        return shown
    }

    /// What still waits.
    mutating func end() -> String {
        var shown = ""
        putWord(&shown)
        shown += gap
        gap = ""
        return shown
    }

    private mutating func take(_ character: Character, _ shown: inout String) {
        if character.isNewline {
            putWord(&shown)
            shown += "\n"
            (gap, used) = ("", 0)
        } else if character.isWhitespace, character != "\u{A0}" {
            putWord(&shown)
            gap.append(character)
        } else {
            let width = Columns.of(character)
            let isWide = width > 1
            let last = word.last
            let joins = last == nil || Self.closing.contains(character) || last.map(Self.opening.contains) == true
            if !joins, isWide || wordIsWide { putWord(&shown) }
            word.append(character)
            wordColumns += width
            wordIsWide = isWide
        }
    }

    private mutating func putWord(_ shown: inout String) {
        guard !word.isEmpty else { return }
        if used > 0, used + gap.count + wordColumns > columns {
            shown += "\n"
            used = 0
        } else {
            shown += gap
            used += gap.count
        }
        shown += word
        used += wordColumns
        (gap, word, wordColumns, wordIsWide) = ("", "", 0, false)
    }
}

extension Console {
    /// How wide the terminal of standard output is; `nil` if it is none.
    static var outputColumns: Int? { outputIsTerminal ? columns(of: STDOUT_FILENO) : nil }

    /// How wide the terminal of standard error is; `nil` if it is none.
    static var errorColumns: Int? { errorIsTerminal ? columns(of: STDERR_FILENO) : nil }

    private static func columns(of descriptor: Int32) -> Int? {
        var window = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else { return nil }
        return Int(window.ws_col)
    }

    /// Writes text for a person, broken between words on a terminal.
    static func writeWrapped(_ text: String) throws {
        try write(outputColumns.map { WordWrap.text(text, columns: $0) } ?? text)
    }
}
