// Settles the variants of a request: finds twins, starts them anew, and chooses the best candidates.
// - Variants settle in their order. So a variant depends on those before it alone, and is the same with any number of
//   variants.

import Generation

/// Settles variants as they come to their ends.
struct VariantSettling {
    let plan: DraftPlan
    /// Holds the whole prompt except its last token.
    let prefix: KVCache
    let report: (GenerationEvent) -> Void

    /// Settles those whose time has come.
    func settle(_ variants: inout [VariantWriter]) {
        if plan.choosesDrafts { return choose(&variants) }
        for index in variants.indices {
            switch variants[index].phase {
            case .settled: continue
            case .writing:
                // Without twins to find, no variant waits for another one.
                if plan.findsTwins { return } else { continue }
            case .written(let reason):
                guard plan.findsTwins else {
                    variants[index].settle(twinOf: nil, report)
                    continue
                }
                let clash = clash(of: variants[index], with: variants[..<index])
                if clash.isClash, plan.startsTwinsAnew, reason != .length,
                    variants[index].details.attempts < DraftPlan.attemptLimit
                {
                    report(.restarted(variant: index))
                    return variants[index].restart(
                        avoiding: avoided(by: variants[index], beside: variants[..<index].map(\.text)), plan,
                        prefix: prefix)
                }
                variants[index].settle(twinOf: clash.twin, report)
            }
        }
    }

    /// The openings that the next attempt of a variant must not have. A forced opening may change what a text says, so
    /// another stream is tried first, unless the openings have to differ or the draft is greedy.
    private func avoided(by writer: VariantWriter, beside texts: [String]) -> [[String]] {
        let sampling = plan.request.sampling
        let isLastAttempt = writer.details.attempts + 1 >= DraftPlan.attemptLimit
        guard sampling.distinct == .opening || isLastAttempt || sampling.temperature <= 0 else { return [] }
        return (texts + plan.request.conditions.inputs).map { TwinKey($0).opening }
    }

    /// Starts candidates anew that equal an earlier one or a field's text, all in one batch.
    /// - Returns: true if there are such candidates.
    private func restartTwins(_ variants: inout [VariantWriter]) -> Bool {
        guard plan.request.sampling.distinct != .off, plan.grammar == nil else { return false }
        let texts = variants.map(\.text)
        let twins = variants.indices.filter { index in
            guard case .written(let reason) = variants[index].phase, reason != .length,
                variants[index].details.attempts < DraftPlan.candidateAttemptLimit
            else { return false }
            let key = TwinKey(texts[index])
            return !key.isEmpty
                && (texts[..<index] + plan.request.conditions.inputs).contains { TwinKey($0) == key }
        }
        for index in twins {
            report(.restarted(variant: index))
            let openings = (texts[..<index] + plan.request.conditions.inputs).map { TwinKey($0).opening }
            variants[index].restart(avoiding: Array(Set(openings)), plan, prefix: prefix)
        }
        return !twins.isEmpty
    }

    /// Settles all variants as they are, because the user stopped them. Candidates are compared all the same.
    func settleStopped(_ variants: inout [VariantWriter]) {
        for index in variants.indices {
            variants[index].end(.stopped, report)
            if !plan.choosesDrafts { variants[index].settle(twinOf: nil, report) }
        }
        if plan.choosesDrafts { choose(&variants, isStopped: true) }
    }

    /// The variant that a text equals, and true if it must be written anew.
    private func clash(of writer: VariantWriter, with others: ArraySlice<VariantWriter>) -> (twin: Int?, isClash: Bool)
    {
        let key = TwinKey(writer.text)
        guard !key.isEmpty else { return (nil, false) }
        let twin = others.first { TwinKey($0.text) == key }?.variant
        if twin != nil { return (twin, true) }
        if plan.request.conditions.inputs.contains(where: { TwinKey($0) == key }) { return (nil, true) }
        guard plan.request.sampling.distinct == .opening else { return (nil, false) }
        return (nil, others.contains { TwinKey($0.text).opening == key.opening })
    }

    /// Chooses the drafts once all candidates are written.
    private func choose(_ variants: inout [VariantWriter], isStopped: Bool = false) {
        guard !variants.contains(where: \.isWriting) else { return }
        if !isStopped, restartTwins(&variants) { return }
        let choice = CandidateChoice(plan.request, candidates: variants.map(\.candidate))
        let chosen = choice.best(max(plan.request.variantCount, 1))
        for index in variants.indices {
            variants[index].take(score: choice.scores[index], rank: chosen.firstIndex(of: index))
            let twin = choice.twin(of: index, among: chosen)
            variants[index].settle(twinOf: twin, report)
        }
        report(.chosen(chosen))
    }
}
