// Writes the drafts of a comparison: for each prompt one by the base and one by the base with its adapter.
// - Both drafts of a pair have the same seed, options and limits.
// - It works on the calling thread, and gives way between two drafts.

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

    /// - Parameter report: is told how many pairs are written.
    /// - Returns: nil if it was stopped before the last pair.
    /// - Throws: errors of writing, such as a prompt that is too long for the model.
    public func pairs(
        for requests: [ComparedRequest], stopSignal: StopSignal, report: (Int) -> Void
    ) throws -> [BlindComparison.Pair]? {
        var pairs: [BlindComparison.Pair] = []
        for compared in requests {
            var request = compared.request
            request.variantCount = 1
            request.sampling.bestOf = 0
            var texts: [String] = []
            for generator in [base, adapted] {
                givesWayTo.map { GivingWay(activity: $0).wait(stopSignal) }
                if stopSignal.isRaised { return nil }
                let draft = try WrittenDraft(request, by: generator) { stopSignal.isRaised }
                if stopSignal.isRaised { return nil }
                texts.append(draft.text)
            }
            pairs.append(BlindComparison.Pair(base: texts[0], adapted: texts[1]))
            report(pairs.count)
        }
        return pairs
    }
}

extension LearningComparison {
    /// A comparison of written pairs.
    /// - Parameters:
    ///   - seed: of the sides.
    ///   - learned: the texts that the adapter was trained on.
    public init(_ requests: [ComparedRequest], pairs: [BlindComparison.Pair], seed: UInt64, learned: [String]) {
        let known = CopyShare(rows: learned)
        func mean(_ texts: [String]) -> Double {
            let shares = texts.compactMap { known.share(of: $0) }
            return shares.isEmpty ? 0 : shares.reduce(0, +) / Double(shares.count)
        }
        self.init(
            prompts: requests.map(\.prompt), pairs: pairs, seed: seed,
            copies: Copies(base: mean(pairs.map(\.base)), adapted: mean(pairs.map(\.adapted))))
    }
}
