import Generation

// The parameters of a form as they are typed: text until it is accepted, and checked at every key.
// - Every option of the table that a dialog may set has a row, and so have the number of variants and the seed.
// - A row that nobody touched keeps its value as it is, even one that could not be typed (a store of another version
//   may hold such): it is never in the way of the other rows.

struct ParametersDialog: Sendable {
    /// What a row is about.
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

    /// All rows: the common ones first.
    static let fields: [Field] = {
        let options = SamplingOption.all.filter { $0.doors.contains(.dialog) }
        func field(_ option: SamplingOption) -> Field {
            Field(
                name: option.name, label: option.label, hint: option.hint, help: option.help, content: .option(option))
        }
        let own = [
            Field(
                name: "variants", label: "Variants", hint: "how many are written side by side",
                help: "How many drafts are written side by side.", content: .variants),
            Field(
                name: "seed", label: "Seed", hint: "a number repeats a text; empty: fresh",
                help: "The same seed gives the same drafts. Empty: a fresh one for each generation.", content: .seed),
        ]
        return options.filter { $0.group == .common }.map(field) + own
            + options.filter { $0.group != .common }.map(field)
    }()

    static let variantsKind = SamplingOption.Kind.count(GenerationRequest.variantRange)

    /// One for each of `fields`.
    var editors: [TextEditor]
    /// What the editors held when the dialog opened.
    private let opened: [String]
    private let sampling: SamplingOptions
    private let variantCount: Int
    private let seed: UInt64?
    /// How many variants the template asks for.
    private let usualVariantCount: Int

    /// Index in `fields`.
    var selected = 0
    /// First line of the list that is visible.
    var top = 0
    /// Whether the rest is listed behind the common ones.
    var showsAll = false
    var search = TextEditor()
    var isSearching = false

    init(of form: Form) {
        sampling = form.sampling
        variantCount = form.variantCount
        seed = form.seed
        usualVariantCount = Form(template: form.template).variantCount
        opened = ParametersDialog.fields.map { field in
            switch field.content {
            case .option(let option): option.line(of: option.value(in: form.sampling))
            case .variants: "\(form.variantCount)"
            case .seed: form.seed.map { "\($0)" } ?? ""
            }
        }
        editors = opened.map { TextEditor($0) }
    }

    // MARK: Listing

    /// What is listed now: what the search finds, else the common rows, else all of them by group.
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

    /// Every word occurs; first the fields whose names hold them.
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

    var selectedItem: Int? { items.firstIndex(of: .field(selected)) }

    /// Moves the choice along the listed rows; up from the first one is the search.
    mutating func move(by step: Int) {
        let listed = listed
        guard !listed.isEmpty else { return }
        let place = listed.firstIndex(of: selected) ?? 0
        if step == -1, place == 0 { return isSearching = true }
        selected = listed[(place + step).clamped(to: 0...listed.count - 1)]
    }

    /// Keeps the choice on a listed row.
    mutating func selectListed() {
        let listed = listed
        if !listed.contains(selected), let first = listed.first { selected = first }
    }

    /// After a change of the search: what fits best.
    mutating func selectBest() {
        top = 0
        if let first = listed.first { selected = first }
    }

    mutating func clearSearch() {
        search = TextEditor()
        isSearching = false
    }

    // MARK: Values

    func isTouched(_ index: Int) -> Bool { editors[index].text != opened[index] }

    /// What is wrong with a value, in the sentence that every door says; `nil` if nothing is.
    func problem(of index: Int) -> String? {
        guard isTouched(index) else { return nil }
        let text = editors[index].text
        switch ParametersDialog.fields[index].content {
        case .option(let option):
            do {
                _ = try option.readLine(text)
                return nil
            } catch {
                return error.description
            }
        case .variants:
            guard variants(text) == nil else { return nil }
            return SamplingOptionError(name: "variants", kind: ParametersDialog.variantsKind, foundText: text)
                .description
        case .seed:
            let digits = text.filter { !$0.isWhitespace }
            return digits.isEmpty || UInt64(digits) != nil
                ? nil : "seed takes a whole number from 0 to \(UInt64.max) or nothing, and '\(text)' is not one."
        }
    }

    /// What a row takes, after "takes".
    func takes(_ index: Int) -> String {
        switch ParametersDialog.fields[index].content {
        case .option(let option): option.kind.takes
        case .variants: ParametersDialog.variantsKind.takes
        case .seed: "a whole number, or nothing"
        }
    }

    /// Whether a value is another than it would be if nobody had set it.
    func isChanged(_ index: Int) -> Bool {
        let text = editors[index].text
        switch ParametersDialog.fields[index].content {
        case .option(let option):
            guard isTouched(index) else { return option.value(in: sampling) != option.defaultValue }
            return (try? option.readLine(text)) != option.defaultValue
        case .variants: return variants(text) != usualVariantCount
        case .seed: return !text.allSatisfy(\.isWhitespace)
        }
    }

    /// The first row that cannot be read.
    var firstProblem: Int? { editors.indices.first { problem(of: $0) != nil } }

    /// Shows a row, whatever is listed.
    mutating func reveal(_ index: Int) {
        selected = index
        if !listed.contains(index) {
            clearSearch()
            showsAll = true
        }
        isSearching = false
    }

    /// Puts the values into a form; only if there is no problem.
    func apply(to form: inout Form) {
        guard firstProblem == nil else { return }
        form.sampling = sampling
        form.variantCount = variantCount
        form.seed = seed
        for index in editors.indices where isTouched(index) {
            let text = editors[index].text
            switch ParametersDialog.fields[index].content {
            case .option(let option):
                if let value = try? option.readLine(text) { option.set(value, in: &form.sampling) }
            case .variants: form.variantCount = variants(text) ?? form.variantCount
            case .seed: form.seed = UInt64(text.filter { !$0.isWhitespace })
            }
        }
    }

    private func variants(_ text: String) -> Int? {
        guard case .count(let count) = ParametersDialog.variantsKind.value(of: text.filter { !$0.isWhitespace }) else {
            return nil
        }
        return count
    }

    // MARK: Typing

    /// Gives a key to the search, or to the chosen row.
    mutating func type(_ key: KeyPress) -> Bool {
        if isSearching {
            let before = search.text
            let isTaken = search.handle(key, columns: 80)
            if search.text != before { selectBest() }
            return isTaken
        }
        if case .paste(let text) = key {
            return editors[selected].handle(.paste(pasted(text)), columns: 80)
        }
        return editors[selected].handle(key, columns: 80)
    }

    /// A pasted text as its row writes it: line breaks of a text are kept, as `\n`.
    private func pasted(_ text: String) -> String {
        guard case .option(let option) = ParametersDialog.fields[selected].content else { return text }
        switch option.kind {
        case .text: return OptionLine.escaped(text)
        case .texts:
            // A list may be pasted as it is written here; a text of several lines is one item.
            var lines = Substring(text)
            while lines.last?.isNewline ?? false { lines.removeLast() }
            return lines.contains(where: \.isNewline) ? OptionLine.escaped(String(lines)) : String(lines)
        case .number, .count, .oneOf, .biases: return text
        }
    }
}
