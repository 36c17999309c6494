// File names for titles.

import Testing
import Text

@Suite struct FileNameTests {
    @Test(arguments: [
        ("Aurora, a solar desk lamp!", "aurora-a-solar-desk-lamp"), ("语言模型：可以/写作", "语言模型-可以-写作"),
        ("../../etc/passwd", "etc-passwd"), ("", "drafts"), ("🎉 …", "drafts"),
        ("It's ‘Zürich’ 50%", "it-s-zürich-50"), ("-rf *", "rf"), ("a\u{0}b\nc", "a-b-c"), (".hidden", "hidden"),
    ])
    func `a name is readable and safe`(title: String, name: String) {
        #expect(FileName.of(title) == name)
    }

    @Test(arguments: ["灯", "a", "e\u{301}\u{302}\u{303}\u{304}\u{305}", "word "])
    func `a name of a long title fits any file system`(piece: String) {
        let name = FileName.of(String(repeating: piece, count: 500))
        #expect(name.count <= 48 && name.utf8.count <= 200)
        #expect(name.count >= 8 && !name.hasSuffix("-"))
    }
}
