import Foundation
import Testing

@testable import Settings

private let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "docs/settings.md")

struct SettingsPageTests {
    @Test func `docs settings is what the table says`() throws {
        if ProcessInfo.processInfo.environment["COPYDESK_WRITE_DOCS"] == "1" {
            try SettingsPage.markdown.write(to: page, atomically: true, encoding: .utf8)
        }
        let written = try String(contentsOf: page, encoding: .utf8)
        let isCurrent = written == SettingsPage.markdown
        #expect(isCurrent, "Make it again: COPYDESK_WRITE_DOCS=1 swift test --filter SettingsPageTests")
    }

    @Test func `the example of the page is read without a problem`() throws {
        let written = try String(contentsOf: page, encoding: .utf8)
        let start = try #require(written.range(of: "```yaml\n"))
        let end = try #require(written.range(of: "```\n", range: start.upperBound..<written.endIndex))
        let read = UserSettings(bytes: Array(written[start.upperBound..<end.lowerBound].utf8), file: "config.yaml")
        #expect(read.problems == [] && read.unused == [] && read.entries.count == 13)
    }

    @Test func `every setting is on the page`() {
        for setting in Setting.all where !setting.isPerModel {
            #expect(SettingsPage.markdown.contains("| `\(setting.name)` |"))
        }
    }
}
