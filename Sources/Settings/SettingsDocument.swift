// The bytes of config.yaml to the mapping at its root, with as much of a broken file as can be read honestly.
// - A key that stands twice is renamed in memory, scalar for scalar, so that all places stay as they are, and is then
//   passed over by its place.
// - If the YAML breaks off, the text is cut before the entry of the root that is broken, and read up to there.

import Generation
import YAMLReading
import Yams

struct SettingsDocument {
    private static let repeatLimit = 20
    private static let trialLimit = 20

    let file: String
    private var text: YAMLText
    private(set) var problems: [FileProblem] = []
    /// The places of keys to pass over.
    private(set) var repeatedKeys: Set<FilePlace> = []

    init(bytes: [UInt8], file: String) {
        self.file = file
        do {
            text = YAMLText(try SourceFile.text(of: bytes))
        } catch {
            let place = error.place ?? FilePlace(line: 1, column: 1)
            let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let whole = lines.prefix(place.line - 1).map { String(decoding: $0, as: UTF8.self) + "\n" }
            text = YAMLText(whole.joined())
            note(place, error.reason + rest(fromLine: place.line))
        }
    }

    /// The mapping at the root of the readable part; `nil` if there is nothing in it.
    mutating func readMapping() -> Node.Mapping? {
        for _ in 0...Self.repeatLimit {
            do {
                return try parse(text)
            } catch {
                let place = FilePlace(line: error.line, column: error.column)
                switch error.kind {
                case .repeatedKeys(let names):
                    if let name = names.first, passOver(name, firstAt: place, failure: error) { continue }
                    note(place, error.reason + Self.nothingCounts)
                    return nil
                case .broken:
                    let start = text.entryLine(at: error.firstLine)
                    note(place, error.reason + (cut(beforeLine: start) ? rest(fromLine: start) : Self.nothingCounts))
                    if text.isBlank { return nil }
                case .notAMapping, .tooManyAliases:
                    note(place, error.reason + Self.nothingCounts)
                    return nil
                }
            }
        }
        return nil
    }

    private func parse(_ text: YAMLText) throws(YAMLFailure) -> Node.Mapping? {
        try SettingsReader.source(text).root()
    }

    private static let nothingCounts = " Nothing of the file counts until then."

    private func rest(fromLine line: Int) -> String {
        text.isBlank ? Self.nothingCounts : " Until then nothing from line \(line) on counts."
    }

    private mutating func note(_ place: FilePlace, _ reason: String) {
        problems.append(FileProblem(file: file, line: place.line, column: place.column, reason: reason))
    }

    // MARK: Cutting

    /// Keeps the part before a line, if it can be read.
    private mutating func cut(beforeLine line: Int) -> Bool {
        text = text.before(line: line)
        guard !text.isBlank else { return false }
        do {
            return try parse(text) != nil
        } catch {
            if case .repeatedKeys = error.kind { return true }
            text = YAMLText("")
            return false
        }
    }

    // MARK: Keys that stand twice

    /// Renames the later ones of a key that stands twice.
    /// - Returns: false if they cannot be told apart from keys of other mappings.
    private mutating func passOver(_ name: String, firstAt first: FilePlace, failure: YAMLFailure) -> Bool {
        let later = text.places(ofKey: name, after: first)
        let sameMapping = text.inSameBlock(later, as: first)
        let trials = (sameMapping.isEmpty ? [] : [sameMapping]) + later.prefix(Self.trialLimit).map { [$0] }
        for trial in trials {
            var renamed = text
            for (index, place) in trial.enumerated() {
                renamed.renameKey(at: place, number: repeatedKeys.count + index)
            }
            do {
                _ = try parse(renamed)
            } catch {
                if error.kind == failure.kind, (error.line, error.column) == (failure.line, failure.column) { continue }
            }
            text = renamed
            repeatedKeys.formUnion(trial)
            for place in trial {
                note(
                    place,
                    "\(OptionLine.quoted(name)) stands in line \(first.line) already. Keep one of the two; "
                        + "until then the first counts.")
            }
            return true
        }
        return false
    }
}
