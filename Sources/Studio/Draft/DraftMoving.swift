import Generation

// Moving among the variants and in their texts.

extension DraftPane {
    mutating func selectVariant(by step: Int, in surroundings: PaneSurroundings) {
        guard let generation = shownGeneration else { return }
        let next = generation.selected + step
        if case .compare(let comparison) = mode {
            let right = otherVariant(in: generation, than: comparison.left, from: comparison.right, step: step)
            return compare(comparison.left, with: right, in: generation, surroundings)
        }
        if next < 0, case .overview = mode, form != nil, step == -1 { return part = .form }
        change(generation.key) { $0.selected = min(max(0, next), $0.variants.count - 1) }
        if case .reader = mode { readerTop = 0 }
    }

    /// Scrolls the selected text by rows. If it fits its place, or at its edge, selects the next variant.
    mutating func scroll(by rows: Int, in surroundings: PaneSurroundings) {
        if chat != nil { return scrollChat(by: rows, in: surroundings) }
        switch mode {
        case .reader, .compare:
            readerTop += rows
            if rows < 0 { changeSelected { $0.follows = false } }
        case .edit: break
        case .overview:
            guard let variant = selectedVariant, let card = selectedCard(in: surroundings) else { return }
            let last = max(0, variant.cardRowCount - card.textRows)
            let next = variant.top + rows
            if next < 0 || next > last {
                let isInside = (rows < 0 && variant.top > 0) || (rows > 0 && variant.top < last)
                if isInside {
                    changeSelected { $0.top = rows < 0 ? 0 : last }
                } else {
                    selectVariant(by: rows < 0 ? -1 : 1, in: surroundings)
                }
            } else {
                changeSelected { $0.top = next }
            }
            if rows < 0 { changeSelected { $0.follows = false } }
        }
    }

    mutating func moveToEdge(isEnd: Bool) {
        switch mode {
        case .overview:
            changeSelected { $0.follows = isEnd }
            if !isEnd {
                changeSelected { $0.top = 0 }
                if let shown { change(shown) { $0.selected = 0 } }
            }
        case .reader, .compare:
            if !isEnd { changeSelected { $0.follows = false } }
            readerTop = isEnd ? Int.max / 2 : 0
        case .edit: break
        }
    }

    /// Goes to the end of the selected text and stays there while it grows.
    /// - Returns: true if the text grows.
    mutating func followEnd(in surroundings: PaneSurroundings) -> Bool {
        // If a complete text fits its place, this key goes to the last variant, as `g` goes to the first.
        if case .overview = mode, let generation = shownGeneration, let variant = selectedVariant, variant.isEnded,
            let card = selectedCard(in: surroundings), variant.cardRowCount <= card.textRows
        {
            change(generation.key) { $0.selected = $0.variants.count - 1 }
            return false
        }
        changeSelected { $0.follows = true }
        readerTop = Int.max / 2
        return running != nil && selectedVariant?.isEnded == false
    }

    /// Opens the selected variant in the reader.
    /// - Returns: false if there is none.
    mutating func read() -> Bool {
        guard let variant = selectedVariant else { return false }
        part = .variants
        mode = .reader
        readerTop = variant.follows ? Int.max / 2 : variant.top
        return true
    }

    /// Selects the nearest variant outside the trash.
    mutating func selectNeighbour(of generation: OpenGeneration) {
        let after = generation.variants.indices.first { $0 > generation.selected && !generation.variants[$0].inTrash }
        let before = generation.variants.indices.last { $0 < generation.selected && !generation.variants[$0].inTrash }
        if let next = after ?? before { change(generation.key) { $0.selected = next } }
    }

    /// Shows a variant, unless another one is being edited.
    mutating func reveal(_ key: Int, _ index: Int) {
        change(key) { $0.selected = index }
        if !isEditing, generation(key) != nil { shown = key }
    }

    // MARK: Comparing

    var canCompare: Bool {
        guard let generation = shownGeneration, !generation.isChoosing else { return false }
        return generation.variants.count { !$0.text.isEmpty && !$0.inTrash } > 1
    }

    /// Compares the selected variant with the next one that has a text.
    /// - Returns: false if there is no other one, or a variant is being edited.
    mutating func compare(in surroundings: PaneSurroundings) -> Bool {
        guard let generation = shownGeneration, canCompare, !isEditing else { return false }
        let right = otherVariant(in: generation, than: generation.selected, from: generation.selected, step: 1)
        compare(generation.selected, with: right, in: generation, surroundings)
        return true
    }

    private mutating func compare(
        _ left: Int, with right: Int, in generation: OpenGeneration, _ surroundings: PaneSurroundings
    ) {
        part = .variants
        readerTop = 0
        let columns = Comparison.columns(ofPane: surroundings.place.columns)
        mode = .compare(Comparison(left: left, right: right, of: generation, columns: columns))
    }

    private func otherVariant(in generation: OpenGeneration, than left: Int, from start: Int, step: Int) -> Int {
        let count = generation.variants.count
        var index = start
        for _ in 0..<count {
            index = (index + step + count) % count
            let variant = generation.variants[index]
            if index != left && !variant.inTrash && !variant.text.isEmpty { return index }
        }
        return start
    }
}
