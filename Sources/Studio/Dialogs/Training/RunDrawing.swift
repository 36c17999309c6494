import Text

// One run in full: where it stands, why it failed, its curve, and the newest text that it wrote.

struct RunDrawing {
    let item: RunItem
    /// `nil` until they are read.
    let details: RunDetails?
    let isRaw: Bool
    let isASCII: Bool

    /// The smallest drawing of a curve.
    private static let leastCurve = (rows: 5, columns: 24)

    /// True if a place has room for the curve alone, so that the title has to say where the run stands.
    static func hasOnlyCurve(_ item: RunItem, in place: Rect) -> Bool {
        item.reason == nil && place.rows <= leastCurve.rows
    }

    func draw(on canvas: inout Canvas, in place: Rect) {
        var rest = place
        // Why a run failed is worth more than its curve.
        let room =
            item.reason == nil ? min(place.rows / 3, place.rows - Self.leastCurve.rows) : max(2, place.rows / 2)
        for line in headLines(columns: place.columns).prefix(Self.hasOnlyCurve(item, in: place) ? 0 : max(1, room)) {
            canvas.put(line.text, row: rest.row, column: rest.column, columns: rest.columns, style: line.style)
            rest = rest.inset(top: 1)
        }
        let sample = sampleLines(columns: rest.columns, most: rest.rows - Self.leastCurve.rows - 2)
        if !sample.isEmpty {
            var row = rest.endRow - sample.count
            for (index, line) in sample.enumerated() {
                canvas.put(
                    line, row: row, column: rest.column, columns: rest.columns, style: index == 0 ? .quiet : .plain)
                row += 1
            }
            rest.rows -= sample.count + 1
        }
        drawCurve(on: &canvas, in: rest)
    }

    private func headLines(columns: Int) -> [(text: String, style: Style)] {
        var lines = [(text: item.standing(isBrief: columns < 46), style: Style.plain)]
        if item.state == .paused { lines.append(("It waits while a draft is written.", .quiet)) }
        if columns >= 46 || item.reason == nil { lines.append((onOneLine(item.model), .quiet)) }
        if let reason = item.reason {
            lines += wrappedLines(onOneLine(reason, limit: 1000), columns: max(1, columns)).map {
                ($0, Style(.failure))
            }
        }
        return lines
    }

    /// The step of the newest sample and its text; nothing if there is no room, or none.
    private func sampleLines(columns: Int, most: Int) -> [String] {
        guard let sample = details?.sample, most >= 2 else { return [] }
        let text = wrappedLines(onOneLine(sample.text, limit: 2000), columns: max(1, columns))
        let count = min(most - 1, max(2, most / 2))
        var shown = Array(text.prefix(count))
        if text.count > count, let last = shown.indices.last {
            shown[last] = clipped(shown[last] + " …", columns: columns)
        }
        return ["Sample at step \(sample.step)"] + shown
    }

    private func drawCurve(on canvas: inout Canvas, in place: Rect) {
        func say(_ text: String) {
            canvas.put(text, row: place.row, column: place.column, columns: place.columns, style: .quiet)
        }
        guard place.rows > 0 else { return }
        guard let details else { return say("Reading its log…") }
        guard !details.training.isEmpty || !details.validation.isEmpty else {
            return say("No update is in its log yet.")
        }
        guard place.rows >= Self.leastCurve.rows, place.columns >= Self.leastCurve.columns else {
            return say("There is no room for its curve.")
        }
        let curve = LossCurve(
            training: details.training.map { (x: Double($0.step), y: $0.loss) },
            validation: details.validation.map { (x: Double($0.step), y: $0.loss) }, isRaw: isRaw, isASCII: isASCII)
        let lines = curve.lines(width: place.columns, height: place.rows)
        for (offset, line) in lines.prefix(place.rows).enumerated() {
            // The axis and the names below the curve are quiet.
            let isCurve = offset < lines.count - (lines.count > Self.leastCurve.rows ? 3 : 2)
            canvas.put(
                line, row: place.row + offset, column: place.column, columns: place.columns,
                style: isCurve ? .plain : .quiet)
        }
    }
}

extension RunItem {
    /// `step 120 of 400 · loss 1.2345 · 3 min left`; brief without the nouns.
    func standing(isBrief: Bool) -> String {
        var facts = [isBrief ? "\(step) of \(steps)" : "step \(step) of \(steps)"]
        if let loss { facts.append((isBrief ? "" : "loss ") + RunItem.text(ofLoss: loss)) }
        if goesOn, let left = secondsLeft.flatMap(RunItem.text(ofSeconds:)) {
            facts.append(isBrief ? left : "\(left) left")
        }
        return facts.joined(separator: " · ")
    }

    /// Four digits behind the point, as the command line has them.
    private static func text(ofLoss loss: Double) -> String {
        guard loss.isFinite, abs(loss) < 1e9 else { return "—" }
        let parts = Int((abs(loss) * 10_000).rounded()).quotientAndRemainder(dividingBy: 10_000)
        let digits = String(parts.remainder)
        return (loss < 0 ? "-" : "") + "\(parts.quotient)." + String(repeating: "0", count: 4 - digits.count) + digits
    }

    private static func text(ofSeconds seconds: Double) -> String? {
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return nil }
        let whole = Int(seconds.rounded(.up))
        switch whole {
        case ..<100: return "\(whole) s"
        case ..<6000: return "\(whole / 60) min"
        case ..<172_800: return "\(whole / 3600) h"
        default: return "\(whole / 86_400) days"
        }
    }
}
