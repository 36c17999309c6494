import Generation

// Choosing the best of more candidates than are shown: one line while they are written, then the cards of the chosen ones.
// - The places keep their ids: the chosen candidates take the first ones, in their order, as in the store.
// - If the writing ends without a choice, every candidate is a draft, and nothing is left out.

extension OpenGeneration {
    /// True while candidates are written that will not all be shown.
    var isChoosing: Bool { !isFinished && leftOut.isEmpty && variants.count > max(1, request.variantCount) }

    /// `writing 16, best 5`
    var choosingText: String { "writing \(variants.count), best \(max(1, request.variantCount))" }

    /// True if there are reasons to show.
    var hasChoice: Bool { !leftOut.isEmpty || variants.contains { $0.details.score != nil } }

    mutating func choose(_ chosen: [Int]) {
        let chosen = chosen.filter(variants.indices.contains)
        guard leftOut.isEmpty, !chosen.isEmpty else { return }
        let order = chosen + variants.indices.filter { !chosen.contains($0) }
        var ordered = order.map { variants[$0] }
        for place in ordered.indices {
            ordered[place].draftId = variants[place].draftId
            ordered[place].details.twinOf = ordered[place].details.twinOf.flatMap(order.firstIndex(of:))
        }
        variants = Array(ordered[..<chosen.count])
        leftOut = Array(ordered[chosen.count...])
        selected = 0
        top = 0
    }

    /// Makes a candidate that was left out the last variant.
    mutating func takeCandidate(_ index: Int) {
        guard leftOut.indices.contains(index) else { return }
        variants.append(leftOut.remove(at: index))
    }

    /// Puts a variant among the candidates that were left out.
    mutating func leaveOut(_ index: Int, at place: Int) {
        guard variants.indices.contains(index) else { return }
        leftOut.insert(variants.remove(at: index), at: place.clamped(to: 0...leftOut.count))
        selected = selected.clamped(to: 0...max(0, variants.count - 1))
    }
}

extension DraftPane {
    /// True while a choice is being made, in the generation that is shown or in another one.
    var isChoosing: Bool { runningGeneration?.isChoosing == true || shownGeneration?.isChoosing == true }

    /// `writing 16, best 5 ▰▰▰▱▱▱▱▱▱▱ 6 done`
    func drawChoosing(_ generation: OpenGeneration, on canvas: inout Canvas, in place: Rect) {
        let bar = meter(generation.writtenFraction, cells: 10)
        let text = "\(generation.choosingText) \(bar) \(generation.finishedCount) done"
        canvas.put(text, row: place.row, column: place.column + 1, columns: place.columns - 1, style: Style(.accent))
    }
}

extension StudioState {
    /// Lists the candidates with the reasons of the choice. One that was left out can be taken.
    mutating func openChoice() {
        guard let generation = shownGeneration, generation.hasChoice, !generation.isChoosing else { return }
        let chosen = generation.variants.enumerated().map { index, variant in
            ListDialog.Row(
                title: "\(Variant.letter(index))  \(excerpt(of: variant))", detail: sum(of: variant),
                note: reasons(of: variant), choice: .reveal(generation: generation.key, variant: index))
        }
        let leftOut = generation.leftOut.enumerated().map { index, variant in
            ListDialog.Row(
                title: "–  \(excerpt(of: variant))", detail: sum(of: variant), note: reasons(of: variant),
                choice: .takeCandidate(generation: generation.key, index: index))
        }
        let title = generation.leftOut.isEmpty ? "Why these" : "Why these; – was left out"
        dialog = ListDialog(.candidates, title: title, rows: chosen + leftOut, selected: generation.selected)
    }

    private func excerpt(of variant: Variant) -> String { clipped(onOneLine(variant.text), columns: 48) }

    private func sum(of variant: Variant) -> String { variant.details.score?.shownSum ?? "" }

    /// `-3.87 = likelihood -1.37`, `lacks a name -2.50`
    private func reasons(of variant: Variant) -> [String] {
        guard let score = variant.details.score else { return ["It was not compared with the others."] }
        let reasons = score.shownReasons
        return ["\(score.shownSum) = \(reasons[0])"] + reasons.dropFirst()
    }

    mutating func takeCandidate(_ index: Int, in key: Int) {
        guard let generation = draft.generation(key), generation.leftOut.indices.contains(index) else { return }
        guard !generation.isUnsaved, let id = generation.leftOut[index].draftId else {
            return say("A candidate can be taken once its generation is saved.", isFailure: true)
        }
        draft.undoSteps.append(.take(generation: key, draftId: id, place: index))
        draft.change(key) { $0.takeCandidate(index) }
        draft.reveal(key, generation.variants.count)
        let undo = KeyTable.label(.undo, in: .variants)
        write(
            .take(draftId: id),
            done: "\(Variant.letter(generation.variants.count)) is a draft now; \(undo) leaves it out again")
    }

    /// Makes a draft that was taken a candidate again.
    mutating func leaveOut(_ draftId: Int64, of key: Int, at place: Int) {
        guard let index = draft.generation(key)?.variants.firstIndex(where: { $0.draftId == draftId }) else { return }
        // A comparison names its variants by their places.
        if case .compare = draft.mode, draft.shown == key { draft.mode = .overview }
        draft.change(key) { $0.leaveOut(index, at: place) }
        draft.reveal(key, draft.generation(key)?.selected ?? 0)
        write(.leaveOut(draftId: draftId), done: "\(Variant.letter(index)) is left out again")
    }
}
