// How an instruction, standard input and files become one prompt.

import Drafting
import Testing

@Suite struct `Texts that a prompt takes in` {
    @Test func `stand below the instruction, each file with its name`() {
        let texts = [
            AttachedText(name: "a.txt", text: "One.\nTwo."), AttachedText(text: "From a pipe."),
            AttachedText(name: "b.md", text: "# B"),
        ]
        #expect(
            AttachedText.joined("Compare.", texts) == """
                Compare.

                From a pipe.

                File a.txt:
                One.
                Two.

                File b.md:
                # B
                """)
        #expect(AttachedText.joined(nil, [AttachedText(text: "Alone.")]) == "Alone.")
        #expect(AttachedText.joined("Write.", [AttachedText(text: "")]) == "Write.")
        #expect(AttachedText.joined(nil, []).isEmpty)
    }

    @Test func `have the last part of a path as their name, and the whole path if two would be the same`() {
        #expect(AttachedText.names(ofPaths: ["notes/a.txt", "b.txt"]) == ["a.txt", "b.txt"])
        #expect(
            AttachedText.names(ofPaths: ["old/a.txt", "new/a.txt", "b.txt"]) == ["old/a.txt", "new/a.txt", "b.txt"])
    }
}
