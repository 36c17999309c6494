import Files
import Foundation
import Testing

@Suite struct `The file of an activity` {
    private let path = FileManager.default.temporaryDirectory.appending(path: "activity-\(UUID().uuidString)").path

    @Test func `is active until the last activity ends`() {
        defer { unlink(path) }
        let file = ActivityFile(path: path)
        #expect(!file.isActive, "there is no file yet")
        var first = file.begin()
        var second = file.begin()
        #expect(first != nil && second != nil && file.isActive)
        first = nil
        // Asking opens and closes the file, and takes nothing from the second.
        #expect(file.isActive && file.isActive)
        second = nil
        #expect(!file.isActive)
    }

    @Test func `that cannot be made holds up nobody`() {
        let file = ActivityFile(path: "/nowhere/at/all")
        #expect(file.begin() == nil && !file.isActive)
    }
}
