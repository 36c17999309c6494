// The losses of a training run as a drawing: training as a line, smoothed, or as its values; validation as marks.

/// Draws the losses of a run.
public struct LossCurve: Sendable {
    private let plot: CurvePlot

    /// - Parameters:
    ///   - training: x is the step, y the loss; in the order of x.
    ///   - validation: likewise; may be empty.
    ///   - isRaw: true if every value of training is a dot, false for a smoothed line.
    public init(
        training: [(x: Double, y: Double)], validation: [(x: Double, y: Double)], isRaw: Bool, isASCII: Bool
    ) {
        var series = [
            isRaw
                ? CurvePlot.Series(name: "training", points: training, style: .dots)
                : CurvePlot.Series(name: "training, smoothed", points: Self.smoothed(training), style: .line)
        ]
        if !validation.isEmpty {
            series.append(CurvePlot.Series(name: "validation", points: validation, style: .marks("◆", ascii: "x")))
        }
        plot = CurvePlot(series, isASCII: isASCII)
    }

    /// The drawing, and below it the names of the series.
    /// - Parameters:
    ///   - width: characters of a line, at least 24.
    ///   - height: lines in all, at least 5. If there are so few, the names are left out.
    public func lines(width: Int, height: Int) -> [String] {
        height < 6
            ? plot.lines(width: width, height: height) : plot.lines(width: width, height: height - 1) + [plot.legend]
    }

    /// A moving average over about twenty points, less if there are few.
    private static func smoothed(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        let values = Text.smoothed(points.map(\.y), weight: points.count < 40 ? 0.6 : 0.95)
        return zip(points, values).map { (x: $0.x, y: $1) }
    }
}
