// A run's state in words and in JSON, and its curve.

import Foundation
import Text
import Training

/// How a run stands.
struct RunReport: Encodable {
    struct Validation: Encodable {
        var step: Int
        var loss: Double
        var bitsPerByte: Double?

        init?(_ line: LogLine?) {
            guard let line, let loss = line.validationLoss else { return nil }
            (step, self.loss, bitsPerByte) = (line.step, loss, line.validationBitsPerByte)
        }
    }

    var state: String
    var folder: String
    var model: String
    var kind: String
    var step: Int
    var steps: Int
    var epoch: Double?
    var loss: Double?
    var learningRate: Double?
    var tokensPerSecond: Double?
    /// Only while it runs.
    var secondsLeft: Double?
    var validation: Validation?
    var best: Validation?
    var checkpoints: [Int]
    /// Why it failed.
    var reason: String?

    init(_ status: RunStatus, folder: String) {
        let line = status.line
        state = status.state.rawValue
        self.folder = folder
        model = status.facts.model
        kind = RunWords.kind(status.facts.part)
        step = line?.step ?? 0
        steps = status.facts.stepCount
        epoch = line?.epoch
        loss = line?.loss
        learningRate = line?.learningRate
        tokensPerSecond = line?.tokensPerSecond
        secondsLeft = status.isRunning ? line?.secondsLeft : nil
        validation = Validation(status.evaluation)
        best = Validation(status.best)
        checkpoints = status.checkpoints
        reason = status.facts.end?.reason
    }

    private var title: String {
        let words = state == RunStatus.State.paused.rawValue ? "paused while a draft is written" : state
        return "\(folder): \(kind) of \(model), \(words)"
    }

    /// The first lines, for a list of runs.
    var briefLines: [String] { Array(lines.prefix(2)) + (reason.map { ["  \($0)"] } ?? []) }

    var lines: [String] {
        var lines = [title]
        var facts = ["step \(step) of \(steps)"]
        if let loss { facts.append("loss \(RunWords.loss(loss))") }
        if let tokensPerSecond { facts.append(RunWords.speed(tokensPerSecond)) }
        if let left = secondsLeft.flatMap(SizeText.seconds) { facts.append("\(left) left") }
        lines.append(facts.joined(separator: " · "))
        if let validation {
            let bits = validation.bitsPerByte.map { " (\(RunWords.loss($0)) bits a byte)" } ?? ""
            var words = "validation \(RunWords.loss(validation.loss))\(bits) at step \(validation.step)"
            if let best, best.step != validation.step {
                words += ", best \(RunWords.loss(best.loss)) at step \(best.step)"
            }
            lines.append(words)
        }
        if let last = checkpoints.last {
            lines.append("checkpoints: \(checkpoints.map(String.init).joined(separator: ", "))")
            if !["finished", "running", "paused"].contains(state) {
                lines.append("It can go on from step \(last): the same command with --resume.")
            }
        }
        if let reason { lines.append(reason) }
        return lines
    }
}

/// Words about runs.
enum RunWords {
    static func kind(_ part: TrainedPart) -> String {
        switch part {
        case .everything: "all weights"
        case .adapters(let rank, _, _): "an adapter of rank \(rank)"
        }
    }

    static func loss(_ value: Double) -> String {
        value.formatted(.number.precision(.fractionLength(4)).grouping(.never))
    }

    /// A log may hold any number.
    static func speed(_ tokensPerSecond: Double) -> String { "\(Int(max(0, min(tokensPerSecond, 1e12)))) tokens/s" }

    static func rate(_ value: Double) -> String {
        value == 0 ? "0" : value.formatted(.number.notation(.scientific).precision(.significantDigits(1...3)))
    }

    /// One line about the newest updates.
    static func line(_ line: LogLine, of steps: Int) -> String {
        var facts = ["step \(line.step) of \(steps)"]
        if let loss = line.loss { facts.append("loss \(Self.loss(loss))") }
        if let rate = line.learningRate { facts.append("rate \(Self.rate(rate))") }
        if let speed = line.tokensPerSecond { facts.append(Self.speed(speed)) }
        if line.step < steps, let left = line.secondsLeft.flatMap(SizeText.seconds) { facts.append("\(left) left") }
        if let skipped = line.skipped { facts.append("\(counted(skipped, "update")) without a label") }
        return facts.joined(separator: " · ")
    }
}

extension LossCurve {
    init(_ lines: [LogLine], isRaw: Bool, isASCII: Bool) {
        self.init(
            training: lines.compactMap { line in line.loss.map { (x: Double(line.step), y: $0) } },
            validation: lines.compactMap { line in line.validationLoss.map { (x: Double(line.step), y: $0) } },
            isRaw: isRaw, isASCII: isASCII)
    }
}
