import Testing
import Text

@Suite struct `The curve of a run's losses` {
    /// Losses that jump up and down by one.
    private let jumping = (0..<600).map { (x: Double($0), y: $0 % 2 == 0 ? 2.0 : 3.0) }

    private func rowsWithInk(isRaw: Bool) -> Int {
        LossCurve(training: jumping, validation: [(x: 300, y: 4)], isRaw: isRaw, isASCII: true)
            .lines(width: 60, height: 14).dropLast(3).count { $0.dropFirst(6).contains { $0 == "." } }
    }

    @Test func `shows every value raw, and their middle smoothed`() {
        #expect(rowsWithInk(isRaw: true) == 2)
        let lines = LossCurve(training: jumping, validation: [], isRaw: false, isASCII: true)
            .lines(width: 60, height: 14)
        // Behind its beginning the line stays near 2.5.
        let ink = lines.dropLast(3).filter { $0.dropFirst(20).contains(".") }
        #expect(!ink.isEmpty && ink.count <= 3)
    }

    @Test func `names its series, validation only if there is one`() {
        let both = LossCurve(training: jumping, validation: [(x: 300, y: 2.5)], isRaw: false, isASCII: false)
            .lines(width: 60, height: 14)
        #expect(both.count == 14 && both.last == "⠤⠤ training, smoothed   ◆ validation")
        #expect(both.joined().filter { $0 == "◆" }.count == 2)
        let alone = LossCurve(training: jumping, validation: [], isRaw: true, isASCII: true)
            .lines(width: 60, height: 14)
        #expect(alone.last == ", training")
    }
}
