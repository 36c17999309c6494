import Foundation
import Testing

@testable import Generation

private let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "docs/options.md")

struct OptionsPageTests {
    @Test func `docs options is made from the table`() throws {
        if ProcessInfo.processInfo.environment["COPYDESK_WRITE_DOCS"] == "1" {
            try OptionsPage.markdown.write(to: page, atomically: true, encoding: .utf8)
        }
        let written = try String(contentsOf: page, encoding: .utf8)
        let isCurrent = written == OptionsPage.markdown
        #expect(isCurrent, "Make it again: COPYDESK_WRITE_DOCS=1 swift test --filter OptionsPageTests")
    }

    @Test func `every option is on the page, with its examples`() {
        for option in SamplingOption.all {
            #expect(OptionsPage.markdown.contains("| `\(option.name)` |"))
            #expect(OptionsPage.markdown.contains("`-o \(option.name)="))
        }
    }
}
