// A curve as text: lines of braille dots, two across and four down in each character, or ASCII marks where a terminal has
// no braille.
// - Series are told apart by their marks, never by colour alone: the first is a line of dots, further ones are marked
//   points.
// - Every line of the result has the same width.

/// Draws series of points into a frame of characters, with axes.
public struct CurvePlot: Sendable {
    public struct Series: Sendable {
        public var name: String
        /// In the order of x. Points that are not finite are left out.
        public var points: [(x: Double, y: Double)]
        public var style: Style

        public init(name: String, points: [(x: Double, y: Double)], style: Style) {
            self.name = name
            self.points = points
            self.style = style
        }
    }

    public enum Style: Sendable {
        /// Neighbouring points are connected.
        case line
        /// Single dots.
        case dots
        /// A mark at each point: its own character in braille and in ASCII.
        case marks(Character, ascii: Character)
    }

    public var series: [Series]
    /// True if the plot has ASCII characters alone.
    public var isASCII: Bool

    public init(_ series: [Series], isASCII: Bool = false) {
        self.series = series
        self.isASCII = isASCII
    }

    /// - Parameters:
    ///   - width: characters of a line, at least 24.
    ///   - height: lines, the axis and its labels included, at least 5.
    public func lines(width: Int, height: Int) -> [String] {
        let (width, height) = (max(width, 24), max(height, 5))
        let points = series.flatMap(\.points).filter { $0.x.isFinite && $0.y.isFinite }
        guard let bounds = Bounds(points) else { return [padded("no points yet", to: width)] }
        let labels = [bounds.high, bounds.low / 2 + bounds.high / 2, bounds.low].map {
            Self.label($0, span: bounds.span)
        }
        let margin = (labels.map(\.count).max() ?? 0) + 2
        var canvas = Canvas(width: width - margin, height: height - 2, isASCII: isASCII)
        for series in series { draw(series, bounds, on: &canvas) }
        var lines: [String] = []
        for (row, text) in canvas.rows.enumerated() {
            let label =
                switch row {
                case 0: labels[0]
                case canvas.height - 1: labels[2]
                case (canvas.height - 1) / 2: labels[1]
                default: ""
                }
            lines.append(String(repeating: " ", count: margin - 2 - label.count) + label + " " + edge + text)
        }
        lines.append(
            String(repeating: " ", count: margin - 1) + corner + String(repeating: floor, count: canvas.width))
        let (first, last) = (Self.whole(bounds.left), Self.whole(bounds.right))
        let gap = max(1, canvas.width - first.count - last.count)
        let places = String(repeating: " ", count: margin) + first + String(repeating: " ", count: gap) + last
        lines.append(padded(places, to: width))
        return lines
    }

    /// The names of the series beside their marks.
    public var legend: String {
        series.map { series in
            let mark: String =
                switch series.style {
                case .line: isASCII ? "." : "⠤⠤"
                case .dots: isASCII ? "," : "⠂"
                case .marks(let character, let ascii): String(isASCII ? ascii : character)
                }
            return "\(mark) \(series.name)"
        }.joined(separator: "   ")
    }

    private var edge: String { isASCII ? "|" : "│" }
    private var corner: String { isASCII ? "+" : "└" }
    private var floor: String { isASCII ? "-" : "─" }

    private func padded(_ text: String, to width: Int) -> String {
        let text = String(text.prefix(width))
        return text + String(repeating: " ", count: width - text.count)
    }

    private func draw(_ series: Series, _ bounds: Bounds, on canvas: inout Canvas) {
        let places = series.points.filter { $0.x.isFinite && $0.y.isFinite }.map {
            canvas.place(x: bounds.share(x: $0.x), y: bounds.share(y: $0.y))
        }
        switch series.style {
        case .dots: for place in places { canvas.setDot(place.x, place.y) }
        case .marks(let character, let ascii):
            for place in places { canvas.setMark(isASCII ? ascii : character, place.x, place.y) }
        case .line:
            for (index, place) in places.enumerated() {
                guard index > 0 else {
                    canvas.setDot(place.x, place.y)
                    continue
                }
                canvas.connect(places[index - 1], place)
            }
        }
    }

    private static func whole(_ value: Double) -> String { "\(Int(max(min(value.rounded(), 1e15), -1e15)))" }

    /// As many digits as tell the labels of an axis apart.
    private static func label(_ value: Double, span: Double) -> String {
        let digits = span >= 10 ? 1 : span >= 0.1 ? 2 : 4
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let scaled = (abs(value) * scale).rounded()
        guard scaled < 1e15 else { return value < 0 ? "-huge" : "huge" }
        let (whole, part) = Int(scaled).quotientAndRemainder(dividingBy: Int(scale))
        let fraction = String(part)
        return (value < 0 ? "-" : "") + "\(whole)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}

/// The part of the plane that a plot shows.
private struct Bounds {
    let left: Double, right: Double, low: Double, high: Double

    init?(_ points: [(x: Double, y: Double)]) {
        guard let left = points.map(\.x).min(), let right = points.map(\.x).max(),
            let low = points.map(\.y).min(), let high = points.map(\.y).max()
        else { return nil }
        (self.left, self.right) = (left, right)
        // A level line is drawn in the middle.
        let room = high > low ? 0 : max(abs(high) * 0.1, 0.1)
        (self.low, self.high) = (low - room, high + room)
    }

    var span: Double { high - low }

    func share(x: Double) -> Double { right > left ? Self.share(x, left, right) : 0 }
    func share(y: Double) -> Double { Self.share(y, low, high) }

    // Halves, because the span of huge numbers is infinite.
    private static func share(_ value: Double, _ from: Double, _ to: Double) -> Double {
        (value / 2 - from / 2) / (to / 2 - from / 2)
    }
}

/// Characters that are filled dot by dot.
private struct Canvas {
    let width: Int
    let height: Int
    private let isASCII: Bool
    private var dots: [UInt8]
    private var marks: [Character?]

    init(width: Int, height: Int, isASCII: Bool) {
        self.width = width
        self.height = height
        self.isASCII = isASCII
        dots = Array(repeating: 0, count: width * height)
        marks = Array(repeating: nil, count: width * height)
    }

    // ASCII has one dot in each character.
    private var across: Int { isASCII ? 1 : 2 }
    private var down: Int { isASCII ? 1 : 4 }

    /// The dot at shares of width and height, 0...1 from the lower left.
    func place(x: Double, y: Double) -> (x: Int, y: Int) {
        let (columns, rows) = (width * across - 1, height * down - 1)
        return (
            Int((min(max(x, 0), 1) * Double(columns)).rounded()),
            rows - Int((min(max(y, 0), 1) * Double(rows)).rounded())
        )
    }

    /// The bits of U+2800's dots: column by column, from the top.
    private static let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]

    mutating func setDot(_ x: Int, _ y: Int) {
        dots[y / down * width + x / across] |= isASCII ? 1 : Self.bits[x % 2][y % 4]
    }

    mutating func setMark(_ mark: Character, _ x: Int, _ y: Int) { marks[y / down * width + x / across] = mark }

    mutating func connect(_ from: (x: Int, y: Int), _ to: (x: Int, y: Int)) {
        let steps = max(abs(to.x - from.x), abs(to.y - from.y), 1)
        for step in 0...steps {
            let share = Double(step) / Double(steps)
            setDot(
                from.x + Int((Double(to.x - from.x) * share).rounded()),
                from.y + Int((Double(to.y - from.y) * share).rounded()))
        }
    }

    var rows: [String] {
        (0..<height).map { row in
            String((row * width..<(row + 1) * width).map { place in character(place) })
        }
    }

    private func character(_ place: Int) -> Character {
        if let mark = marks[place] { return mark }
        guard dots[place] != 0 else { return " " }
        return isASCII ? "." : Character(Unicode.Scalar(0x2800 + UInt32(dots[place])) ?? " ")
    }
}

/// The exponential moving average of a curve, without the pull of its beginning.
/// - Parameter weight: of the past, 0..<1.
public func smoothed(_ values: [Double], weight: Double) -> [Double] {
    var average = 0.0
    var total = 0.0
    return values.map { value in
        guard value.isFinite else { return value }
        average = average * weight + value * (1 - weight)
        total = total * weight + (1 - weight)
        return average / total
    }
}
