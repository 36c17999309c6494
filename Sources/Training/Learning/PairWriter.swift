// Writes the drafts of a comparison: for each prompt one by the base and one by the base with its adapter.
// - Both drafts of a pair have the same seed, options and limits.
// - It works on the calling thread, and gives way before each draft.

import Files
import Foundation
import Generation
import Inference

/// A prompt to compare, with its request.
public struct ComparedRequest: Sendable {
    public var prompt: LearningComparison.Prompt
    public var request: GenerationRequest

    /// - Parameter request: of one variant; its seed is that of the pair.
    public init(prompt: LearningComparison.Prompt, request: GenerationRequest) {
        self.prompt = prompt
        self.request = request
    }
}

/// A pair that waits for the others of its comparison.
public struct WrittenPair: Sendable, Equatable, Codable {
    public var prompt: LearningComparison.Prompt
    /// Of its drafts.
    public var seed: UInt64
    public var pair: BlindComparison.Pair

    func answers(_ compared: ComparedRequest) -> Bool { prompt == compared.prompt && seed == compared.request.seed }
}

/// Writes pairs.
public struct PairWriter {
    private let base: LocalGenerator
    private let adapted: LocalGenerator
    /// What it gives way to; nil: nothing.
    public var givesWayTo: ActivityFile?

    /// - Parameter adapter: the path of the adapter.
    /// - Throws: `ModelFileError`, `ModelError`, `AdapterError` or `ChatTemplateError` if a file cannot be used.
    public init(source: any ModelSource, name: String, adapter path: String, threadCount: Int) throws {
        base = try LocalGenerator(file: source, name: name, threadCount: threadCount)
        let adapter = try AdapterFiles.open(path: path, for: source)
        adapted = try LocalGenerator(
            file: try AdaptedModel(source, [AppliedAdapter(adapter)]), name: name, threadCount: threadCount)
    }

    /// The pairs of a comparison.
    public struct Written: Sendable, Equatable {
        public var prompts: [LearningComparison.Prompt] = []
        public var pairs: [BlindComparison.Pair] = []
        /// Prompts that both writers answered with the same text.
        public var sameCount = 0

        public init() {}

        mutating func add(_ prompt: LearningComparison.Prompt, _ pair: BlindComparison.Pair) {
            prompts.append(prompt)
            pairs.append(pair)
        }
    }

    /// Writes pairs until there are enough. A prompt that the model cannot take, because it is too long or contradicts
    /// itself, is left out, and so is one that both writers answer with the same text, because there is nothing to prefer.
    /// The next prompt takes its place. If none is left, pairs of equal texts fill up the number.
    /// - Parameters:
    ///   - requests: in the order in which they are taken; more than `count` are spares.
    ///   - known: pairs that were written before a stop, and need not be written again.
    ///   - keep: gets each pair that was written now.
    ///   - report: is told how many pairs are written.
    /// - Returns: nil if it was stopped before the last pair.
    /// - Throws: errors of writing, and what `keep` throws.
    public func pairs(
        for requests: [ComparedRequest], count: Int, known: [WrittenPair] = [], stopSignal: StopSignal,
        keep: (WrittenPair) throws -> Void = { _ in }, report: (Int) -> Void
    ) throws -> Written? {
        var written = Written()
        var same: [(LearningComparison.Prompt, BlindComparison.Pair)] = []
        for compared in requests where written.pairs.count < count {
            let pair: BlindComparison.Pair
            if let earlier = known.first(where: { $0.answers(compared) }) {
                pair = earlier.pair
            } else {
                guard let base = try text(compared, by: base, stopSignal) else { continue }
                guard !stopSignal.isRaised, let adapted = try text(compared, by: adapted, stopSignal) else { continue }
                if stopSignal.isRaised { break }
                pair = BlindComparison.Pair(base: base, adapted: adapted)
                try keep(WrittenPair(prompt: compared.prompt, seed: compared.request.seed, pair: pair))
            }
            if pair.base == pair.adapted {
                same.append((compared.prompt, pair))
            } else {
                written.add(compared.prompt, pair)
                report(written.pairs.count)
            }
        }
        if stopSignal.isRaised { return nil }
        written.sameCount = same.count
        for (prompt, pair) in same.prefix(max(0, count - written.pairs.count)) { written.add(prompt, pair) }
        return written
    }

    /// - Returns: nil if the model cannot take the prompt, or it was stopped.
    private func text(
        _ compared: ComparedRequest, by generator: LocalGenerator, _ stopSignal: StopSignal
    ) throws -> String? {
        givesWayTo.map { GivingWay(activity: $0).wait(stopSignal) }
        if stopSignal.isRaised { return nil }
        var request = compared.request
        request.variantCount = 1
        do {
            return try WrittenDraft(request, by: generator) { stopSignal.isRaised }.text
        } catch let error as LocalGeneratorError where error.exceedsContext {
            return nil
        } catch is RuleConflict {
            return nil
        }
    }
}

extension LearningComparison {
    /// A comparison of written pairs.
    /// - Parameters:
    ///   - seed: of the sides.
    ///   - learned: the texts that the adapter was trained on.
    public init(_ written: PairWriter.Written, seed: UInt64, learned: [String]) {
        let known = CopyShare(rows: learned)
        func mean(_ texts: [String]) -> Double {
            let shares = texts.compactMap { known.share(of: $0) }
            return shares.isEmpty ? 0 : shares.reduce(0, +) / Double(shares.count)
        }
        self.init(
            prompts: written.prompts, pairs: written.pairs, seed: seed,
            copies: Copies(base: mean(written.pairs.map(\.base)), adapted: mean(written.pairs.map(\.adapted))),
            sameCount: written.sameCount)
    }
}
