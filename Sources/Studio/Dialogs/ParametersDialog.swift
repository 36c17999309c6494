import Generation

// The parameters of a form as they are typed: text until it is accepted, and checked at every key.

struct ParametersDialog: Sendable {
    enum Name: String, Sendable, Hashable, CaseIterable {
        case temperature, topP, topK, minP, repetitionPenalty, presencePenalty, frequencyPenalty, maxTokens, variants
        case seed

        var label: String {
            switch self {
            case .temperature: "Temperature"
            case .topP: "Top-p"
            case .topK: "Top-k"
            case .minP: "Min-p"
            case .repetitionPenalty: "Repetition penalty"
            case .presencePenalty: "Presence penalty"
            case .frequencyPenalty: "Frequency penalty"
            case .maxTokens: "Max tokens"
            case .variants: "Variants"
            case .seed: "Seed"
            }
        }

        var explanation: String {
            switch self {
            case .temperature: "0: always the likeliest; higher is bolder"
            case .topP: "likeliest words up to this share; 1: all"
            case .topK: "this many likeliest words; 0 keeps all"
            case .minP: "none under this share of the best; 0: all"
            case .repetitionPenalty: "above 1 repeats less"
            case .presencePenalty: "lowers words that occurred; 0 is neutral"
            case .frequencyPenalty: "lowers words each time they occurred"
            case .maxTokens: "the longest a variant may get"
            case .variants: "how many are written side by side"
            case .seed: "a number repeats a text; empty: fresh"
            }
        }

        /// Lowest and highest number allowed, and whether it is whole.
        var range: (lowest: Double, highest: Double, isWhole: Bool) {
            switch self {
            case .temperature: (0, 5, false)
            case .topP, .minP: (0, 1, false)
            case .topK: (0, 100_000, true)
            case .repetitionPenalty: (0.1, 5, false)
            case .presencePenalty, .frequencyPenalty: (-5, 5, false)
            case .maxTokens: (1, 100_000, true)
            case .variants: (1, Double(Form.largestVariantCount), true)
            case .seed: (0, Double(UInt64.max), true)
            }
        }
    }

    var editors: [TextEditor]
    var selected = 0
    var top = 0

    init(of form: Form) {
        let sampling = form.sampling
        editors = Name.allCases.map { name in
            switch name {
            case .temperature: TextEditor(plainNumber(sampling.temperature))
            case .topP: TextEditor(plainNumber(sampling.topP))
            case .topK: TextEditor("\(sampling.topK)")
            case .minP: TextEditor(plainNumber(sampling.minP))
            case .repetitionPenalty: TextEditor(plainNumber(sampling.repetitionPenalty))
            case .presencePenalty: TextEditor(plainNumber(sampling.presencePenalty))
            case .frequencyPenalty: TextEditor(plainNumber(sampling.frequencyPenalty))
            case .maxTokens: TextEditor("\(sampling.maxTokens)")
            case .variants: TextEditor("\(form.variantCount)")
            case .seed: TextEditor(form.seed.map { "\($0)" } ?? "")
            }
        }
    }

    func text(of name: Name) -> String {
        let index = Name.allCases.firstIndex(of: name) ?? 0
        return editors[index].text.split(whereSeparator: \.isWhitespace).joined()
    }

    /// What is wrong with a value, in a few words; `nil` where nothing is.
    func problem(of name: Name) -> String? {
        let text = text(of: name)
        if name == .seed { return text.isEmpty || UInt64(text) != nil ? nil : "a whole number, or nothing" }
        let range = name.range
        guard let number = number(text), !range.isWhole || number == number.rounded() else {
            return range.isWhole ? "a whole number" : "a number such as 0.8"
        }
        guard number >= range.lowest, number <= range.highest else {
            return "from \(plainNumber(Float(range.lowest))) to \(plainNumber(Float(range.highest)))"
        }
        return nil
    }

    var firstProblem: Int? { Name.allCases.firstIndex { problem(of: $0) != nil } }

    /// Puts the values into a form; only where there is no problem.
    func apply(to form: inout Form) {
        guard firstProblem == nil else { return }
        func value(_ name: Name) -> Double { number(text(of: name)) ?? name.range.lowest }
        form.sampling.temperature = Float(value(.temperature))
        form.sampling.topP = Float(value(.topP))
        form.sampling.topK = Int(value(.topK))
        form.sampling.minP = Float(value(.minP))
        form.sampling.repetitionPenalty = Float(value(.repetitionPenalty))
        form.sampling.presencePenalty = Float(value(.presencePenalty))
        form.sampling.frequencyPenalty = Float(value(.frequencyPenalty))
        form.sampling.maxTokens = Int(value(.maxTokens))
        form.variantCount = Int(value(.variants))
        form.seed = UInt64(text(of: .seed))
    }

    /// A decimal comma is understood too.
    private func number(_ text: String) -> Double? {
        let value = Double(String(text.map { $0 == "," ? "." : $0 }))
        return value.flatMap { $0.isFinite ? $0 : nil }
    }
}

/// `0.9`, `1`: the shortest that reads back the same.
func plainNumber(_ value: Float) -> String {
    guard value.isFinite else { return "\(value)" }
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
