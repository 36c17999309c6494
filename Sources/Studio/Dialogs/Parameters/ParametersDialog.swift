import Generation

// The parameters of a form while they are typed: text that is checked at every key, and values when it is accepted.
// - Every option of the table that a dialog may set has a row, and so have the number of variants and the seed.
// - If nobody touched a row, it keeps its value, even one that could not be typed (a store of another version may hold
//   one), so it never stops the other rows from being set.

struct ParametersDialog: StudioDialog {
    /// A row: an option of the table, the number of variants, or the seed.
    struct Field: Sendable {
        let name: String
        let label: String
        let hint: String
        let help: String
        let content: Content

        enum Content: Sendable {
            case option(SamplingOption)
            case variants
            case seed
        }
    }

    /// A line of the list.
    enum Item: Sendable, Hashable {
        case heading(String)
        /// By its index in `fields`.
        case field(Int)
    }

    static let variantsName = "variants"
    static let seedName = "seed"

    /// All rows: the common ones first.
    static let fields: [Field] = {
        let options = SamplingOption.all
        func field(_ option: SamplingOption) -> Field {
            Field(
                name: option.name, label: option.label, hint: option.hint, help: option.help, content: .option(option))
        }
        let own = [
            Field(
                name: variantsName, label: "Variants", hint: "how many are written side by side",
                help: "How many drafts are written side by side.", content: .variants),
            Field(
                name: seedName, label: "Seed", hint: "a number repeats a text; empty: fresh",
                help: "The same seed gives the same drafts. Empty: a fresh one for each generation.", content: .seed),
        ]
        return options.filter { $0.group == .common }.map(field) + own
            + options.filter { $0.group != .common }.map(field)
    }()

    static let variantsKind = SamplingOption.Kind.count(GenerationRequest.variantRange)

    /// One for each of `fields`.
    private(set) var editors: [TextEditor]
    /// The texts of `editors` when the dialog opened.
    let opened: [String]
    /// The values with which the dialog opened.
    let parameters: FormParameters
    /// The values of the form's template.
    let usual: FormParameters

    /// True if all rows were set back to `usual`.
    private(set) var isReset = false
    /// Index in `fields`.
    private(set) var selected = 0
    /// First line of the list that is visible.
    private(set) var top = 0
    /// True if the rest is listed below the common rows.
    private(set) var showsAll = false
    private(set) var search = TextEditor()
    private(set) var isSearching = false
    /// The row whose number the next digit replaces, because nothing was typed there since it was selected.
    private var replaced: Int?
    /// The persona whose next conversation has these parameters; `nil`: they are those of what the Draft pane shows.
    var persona: String?

    /// - Parameter usual: the values of the form before the writer set any: its template's, over the settings'.
    init(_ parameters: FormParameters, usual: FormParameters) {
        self.parameters = parameters
        self.usual = usual
        opened = ParametersDialog.fields.map { field in
            switch field.content {
            case .option(let option): option.line(of: option.value(in: parameters.sampling))
            case .variants: "\(parameters.variantCount)"
            case .seed: parameters.seed.map { "\($0)" } ?? ""
            }
        }
        editors = opened.map { TextEditor($0) }
        replaced = selected
    }

    var context: Context { isSearching ? .optionSearch : .parameters }

    // MARK: Keys

    mutating func press(_ key: KeyPress, for action: Action?) -> DialogOutcome {
        switch action {
        case .accept: return accept()
        case .close:
            // If only the rows that a search found are listed, all of them come back first.
            guard !search.isEmpty else { return .close(nil) }
            clearSearch()
        case .resetParameters: reset()
        case .searchOptions: isSearching = true
        case .toggleOptions:
            clearSearch()
            showsAll.toggle()
        case .endTyping: if !items.isEmpty { isSearching = false }
        case .cancelTyping: clearSearch()
        default: type(key)
        }
        return .stay
    }

    private mutating func accept() -> DialogOutcome {
        guard let problem = firstProblem else {
            return .close(
                persona.map { .setPersonaParameters($0, chosen, touched) } ?? .setParameters(chosen, touched))
        }
        reveal(problem)
        return .stay
    }

    private mutating func reset() {
        var fresh = ParametersDialog(usual, usual: usual)
        fresh.isReset = true
        fresh.showsAll = showsAll
        fresh.search = search
        fresh.selected = selected
        fresh.persona = persona
        fresh.replaced = selected
        self = fresh
    }

    func hint(of binding: Binding) -> String? {
        switch binding.action {
        case .close where !search.isEmpty: "all rows"
        case .toggleOptions where showsAll: "less"
        default: binding.hint
        }
    }

    /// Gives a key to the search, or to the selected row.
    private mutating func type(_ key: KeyPress) {
        if isSearching {
            let before = search.text
            _ = search.handle(key, columns: 80)
            if search.text != before { selectBest() }
        } else {
            if replaced == selected, replacesNumber(key) { editors[selected].setText("") }
            replaced = nil
            if case .paste(let text) = key {
                _ = editors[selected].handle(.paste(pasted(text)), columns: 80)
            } else {
                _ = editors[selected].handle(key, columns: 80)
            }
        }
    }

    /// True if a key begins another number in a row that holds one.
    private func replacesNumber(_ key: KeyPress) -> Bool {
        switch ParametersDialog.fields[selected].content {
        case .variants, .seed: break
        case .option(let option):
            switch option.kind {
            case .number, .count, .oneOf: break
            case .choice, .text, .texts, .biases: return false
            }
        }
        switch key {
        case .character(let character): return character.isNumber || "-.".contains(character)
        case .paste: return true
        default: return false
        }
    }

    /// A pasted text in the notation of its row: a line break becomes `\n`.
    private func pasted(_ text: String) -> String {
        guard case .option(let option) = ParametersDialog.fields[selected].content else { return text }
        switch option.kind {
        case .text: return OptionLine.escaped(text)
        case .texts:
            // One line may hold a list in our notation; a text of several lines is one item.
            var lines = Substring(text)
            while lines.last?.isNewline ?? false { lines.removeLast() }
            return lines.contains(where: \.isNewline) ? OptionLine.escaped(String(lines)) : String(lines)
        case .number, .count, .oneOf, .choice, .biases: return text
        }
    }

    // MARK: Listing

    /// The listed rows: if there is a search, its results; else the common rows, or all rows by group.
    var items: [Item] {
        let words = search.text.lowercased().split(whereSeparator: \.isWhitespace)
        if !words.isEmpty { return found(words).map(Item.field) }
        let fields = ParametersDialog.fields
        let isCommon = fields.map { field in
            if case .option(let option) = field.content { option.group == .common } else { true }
        }
        var items = fields.indices.filter { isCommon[$0] }.map(Item.field)
        guard showsAll else { return items }
        for group in SamplingOption.Group.allCases where group != .common {
            items.append(.heading(group.title))
            items += fields.indices.filter { index in
                if case .option(let option) = fields[index].content { option.group == group } else { false }
            }.map(Item.field)
        }
        return items
    }

    /// The fields that hold every word; if a field's name holds them, it comes first.
    private func found(_ words: [Substring]) -> [Int] {
        func holds(_ text: String) -> Bool {
            let text = text.lowercased()
            return words.allSatisfy { text.contains($0) }
        }
        let fields = ParametersDialog.fields
        let byName = fields.indices.filter { holds("\(fields[$0].name) \(fields[$0].label)") }
        let byHelp = fields.indices.filter {
            let field = fields[$0]
            return !byName.contains($0) && holds("\(field.name) \(field.label) \(field.hint) \(field.help)")
        }
        return byName + byHelp
    }

    private var listed: [Int] {
        items.compactMap { if case .field(let index) = $0 { index } else { nil } }
    }

    /// Moves the choice along the listed rows. Up from the first one, the search begins.
    mutating func move(by rows: Int) {
        let listed = listed
        guard !listed.isEmpty else { return }
        let place = listed.firstIndex(of: selected) ?? 0
        if rows == -1, place == 0 { return isSearching = true }
        selected = listed[(place + rows).clamped(to: 0...listed.count - 1)]
        replaced = selected
    }

    mutating func settle(in surroundings: DialogSurroundings) {
        let listed = listed
        if !listed.contains(selected), let first = listed.first {
            selected = first
            replaced = first
        }
        let items = items
        let visible = visibleRows(in: surroundings)
        let row = items.firstIndex(of: .field(selected)) ?? 0
        // The heading above the first row of a group is shown with it.
        if row > 0, case .heading = items[row - 1] {
            top = scrolled(top, toShow: row - 1, count: items.count, visible: visible)
        }
        top = scrolled(top, toShow: row, count: items.count, visible: visible)
    }

    /// Shows a row even if it is not listed.
    private mutating func reveal(_ index: Int) {
        selected = index
        if !listed.contains(index) {
            clearSearch()
            showsAll = true
        }
        isSearching = false
    }

    /// Selects the best match after a change of the search.
    private mutating func selectBest() {
        top = 0
        if let first = listed.first { selected = first }
        replaced = selected
    }

    mutating func clearSearch() {
        search = TextEditor()
        isSearching = false
    }
}
