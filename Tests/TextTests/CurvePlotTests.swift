import Testing
import Text

@Suite struct `A curve as text` {
    private let falling: [(x: Double, y: Double)] = (0..<40).map { index in
        let place = Double(index)
        return (x: place * 10, y: 4 / (1 + place * 0.2))
    }
    private static let strange: [[(x: Double, y: Double)]] = [
        [], [(x: 1.0, y: 2.0)], [(x: 0, y: Double.nan), (x: 1, y: .infinity)], [(x: 5, y: 3), (x: 5, y: 3)],
        [(x: 0, y: 1e300), (x: 1, y: -1e300)], [(x: -1e308, y: -1.7e308), (x: 1.7e308, y: 1.7e308)],
    ]

    @Test func `in braille has labelled axes and lines of one width`() {
        let plot = CurvePlot([.init(name: "train", points: falling, style: .line)])
        let lines = plot.lines(width: 40, height: 8)
        #expect(lines.count == 8)
        #expect(Set(lines.map(\.count)) == [40])
        #expect(lines[0].hasPrefix("4.00 │"))
        #expect(lines[5].hasPrefix("0.45 │") && lines[6].hasPrefix("     └──"))
        #expect(lines[7].hasPrefix("      0 ") && lines[7].hasSuffix(" 390"))
        #expect(lines[0..<6].joined().unicodeScalars.contains { (0x2801...0x28FF).contains($0.value) })
    }

    @Test func `falls from the upper left to the lower right`() {
        let lines = CurvePlot([.init(name: "train", points: falling, style: .line)], isASCII: true)
            .lines(width: 30, height: 12)
        #expect(lines.allSatisfy { $0.allSatisfy(\.isASCII) })
        let places = lines.dropLast(2).compactMap { line in Array(line.dropFirst(6)).firstIndex(of: ".") }
        #expect(places.count >= 8 && places == places.sorted() && places.first == 0)
    }

    @Test func `shows a second series by marks of its own`() {
        let plot = CurvePlot([
            .init(name: "train", points: falling, style: .line),
            .init(name: "validation", points: [(100, 3), (300, 2)], style: .marks("◆", ascii: "x")),
        ])
        #expect(plot.lines(width: 60, height: 12).joined().filter { $0 == "◆" }.count == 2)
        #expect(plot.legend == "⠤⠤ train   ◆ validation")
    }

    @Test(arguments: strange)
    func `of few or strange points is drawn nevertheless`(points: [(x: Double, y: Double)]) {
        let lines = CurvePlot([.init(name: "train", points: points, style: .line)]).lines(width: 10, height: 2)
        #expect(!lines.isEmpty && Set(lines.map(\.count)) == [24])
    }

    @Test func `is smoothed without the pull of its beginning`() {
        #expect(smoothed([3, 3, 3], weight: 0.9).allSatisfy { abs($0 - 3) < 1e-12 })
        #expect(smoothed([0, 1], weight: 0.5).last == 2.0 / 3)
    }
}
