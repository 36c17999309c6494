// Broken templates: reading and rendering any of them ends with a text or an error.

import Foundation
import Jinja
import Testing

@Suite struct FuzzTests {
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        // SplitMix64 (Steele, Lea, Flood 2014).
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            return value ^ (value >> 31)
        }
    }

    private static let scraps = [
        "{{", "}}", "{%", "%}", "{#", "#}", "-", "+", "(", ")", "[", "]", "{", "}", "|", ".", ",", ":", "'", "\"", "\\",
        "\n", "**",
        "//", " is ", " not ", " in ", " if ", " else ", "{% endfor %}", "{% endif %}", "{% raw %}", "x", "0", "9",
        "1e9", "é", "😀",
        "\u{301}", "\r\n", "loop", "~", "=", "*", "-1", "::", "|list", "|join", "9223372036854775807",
        "{% for x in l recursive %}",
        "{% macro m() %}", "m()", "loop(l)", "{% call m() %}", "{% set x %}", " % ", "|tojson", "|sort", "namespace()",
    ]

    @Test(arguments: UInt64(0)..<8)
    func `a mutated template never crashes or hangs`(seed: UInt64) throws {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/cases.json")
        let document = try JSONReader.read(Array(try Data(contentsOf: url)))
        let context = document["data"]?.context ?? [:]
        let sources = (document["cases"]?.items ?? []).compactMap { $0["template"]?.text }
        var options = JinjaOptions()
        options.stepBudget = 3_000
        options.outputLimit = 100_000
        var random = Random(state: seed)
        var texts = 0
        var errors = 0
        for _ in 0..<300 {
            guard let source = sources.randomElement(using: &random) else { break }
            var scalars = Array(source.unicodeScalars.prefix(400))
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let index = Int.random(in: 0...scalars.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0:
                    scalars.insert(
                        contentsOf: Self.scraps.randomElement(using: &random)?.unicodeScalars ?? "".unicodeScalars,
                        at: index)
                case 1:
                    scalars.removeSubrange(index..<min(scalars.count, index + Int.random(in: 0...6, using: &random)))
                default: scalars += scalars.prefix(index).suffix(20)
                }
            }
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars)
            do {
                let template = try JinjaTemplate(source: String(view), options: options)
                _ = template.referencedVariables()
                _ = try template.render(context)
                texts += 1
            } catch {
                let lineCount = view.count { $0 == "\n" || $0 == "\r" } + 1
                #expect((1...lineCount).contains(error.line) && !error.reason.isEmpty, "\(error)")
                errors += 1
            }
        }
        #expect(texts > 0 && errors > 0)
    }
}
