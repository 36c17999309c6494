// How the learning rate goes over a run: a function of the number of completed updates and nothing else, so that a run
// that goes on after a stop has the same rates.
// The shapes are those of transformers' `get_scheduler`.

import Foundation

/// The learning rate of each update.
public struct LearningRateSchedule: Sendable, Equatable, Codable {
    /// What the rate does after the warmup.
    public enum Shape: String, Sendable, CaseIterable, Codable {
        case constant
        /// Straight down to the minimum at the last update.
        case linear
        /// Half a cosine down to the minimum.
        case cosine
    }

    /// The rate of the first update, if there is a warmup.
    public enum WarmupStart: String, Sendable, CaseIterable, Codable {
        /// 0, as transformers has it: the first update moves nothing.
        case zero
        /// The first step of the way up, as usual where a model is trained from nothing.
        case firstStep = "first"
    }

    public var shape: Shape
    /// The rate at the end of the warmup.
    public var peak: Double
    /// The rate at the end of `linear` and `cosine`.
    public var minimum: Double
    /// The number of updates on the way up, or, below 1, their share of all updates.
    public var warmup: Double
    public var warmupStart: WarmupStart

    public init(
        shape: Shape, peak: Double, minimum: Double = 0, warmup: Double = 0, warmupStart: WarmupStart = .zero
    ) {
        self.shape = shape
        self.peak = peak
        self.minimum = minimum
        self.warmup = warmup
        self.warmupStart = warmupStart
    }

    /// The number of updates on the way up, of `total`.
    public func warmupCount(of total: Int) -> Int {
        let count = warmup < 1 ? (warmup * Double(total)).rounded(.up) : warmup.rounded(.down)
        return Int(min(max(count, 0), Double(Int32.max)))
    }

    /// The rate of the update after `done` completed ones, of `total`.
    public func rate(after done: Int, of total: Int) -> Double {
        let warmupCount = warmupCount(of: total)
        if done < warmupCount {
            let step = warmupStart == .zero ? done : done + 1
            return peak * Double(step) / Double(max(warmupCount, 1))
        }
        let progress = min(Double(done - warmupCount) / Double(max(total - warmupCount, 1)), 1)
        let share =
            switch shape {
            case .constant: 1.0
            case .linear: 1 - progress
            case .cosine: 0.5 * (1 + cos(Double.pi * progress))
            }
        return minimum + (peak - minimum) * share
    }
}
