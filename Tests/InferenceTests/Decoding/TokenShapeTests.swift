import Testing
import Text

@testable import Inference

@Suite struct `The shape of a token` {
    @Test(arguments: [
        " lamp", "3.5", ".", " €24", "日本", "\n\n", "", " ", "'s", "é", "!\n", " Ltd.", "한국 시", "👍", "_x", "-", ",5",
        "…", "  a  ",
    ])
    func `follows from its text`(text: String) {
        let shape = TokenShape(Array(text.utf8))
        let kept = text[..<TextLength.trimmed(text).endIndex]
        #expect(shape.isBlank == TextLength.trimmed(text).isEmpty)
        #expect(Int(shape.characters) == (shape.isBlank ? 0 : kept.unicodeScalars.count))
        #expect(Int(shape.words) == TextLength.wordCount(of: text[...]))
        #expect(shape.holdsLineFeed == text.contains("\n"))
        #expect(shape.holdsNumber == text.contains { "0123456789€".contains($0) })
        #expect(shape.followsEnd == (text.first.map { ".!?…\n".contains($0) } ?? false))
    }

    @Test func `tells words from marks and digits at its beginning`() {
        func shape(_ text: String) -> TokenShape { TokenShape(Array(text.utf8)) }
        #expect(shape("s").beginsInsideWord && shape("'s").beginsInsideWord && !shape(" s").beginsInsideWord)
        #expect(shape("5").beginsWithDigit && shape(",5").beginsWithMarkedDigit && !shape(", 5").beginsWithMarkedDigit)
        #expect(shape("Go.").endsSentence && shape("!\"").endsSentence && !shape("3.5").endsSentence)
        #expect(TokenShape([0xBD, 0xA0]).beginsInsideWord)
    }
}
