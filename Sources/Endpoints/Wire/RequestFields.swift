// The sampling options as servers call them: one row an option, the table that requests and capabilities read.
// - A field is sent if its value differs from our default or from the neutral value. So a field that changes nothing and
//   that nobody set is not sent: strict servers refuse a request for a single field that they do not know.
// - Names of extensions are those of llama.cpp's server (tools/server/README.md); OpenAI's API has the others.

import Generation

/// One sampling option as a field of a request.
struct RequestField: Sendable {
    /// Its name in `SamplingOption`.
    let option: String
    /// Its name in a request.
    let name: String
    /// Options of which one must be on, or this one means nothing; empty if it stands alone.
    let needs: [String]
    /// True if it is sent only with another value than our default, which is the one of servers too.
    let onlyIfChanged: Bool

    init(_ option: String, as name: String? = nil, needs: String..., onlyIfChanged: Bool = false) {
        self.option = option
        self.name = name ?? option
        self.needs = needs
        self.onlyIfChanged = onlyIfChanged
    }

    /// The options whose values go over as they are. Others have rules of their own in `RequestBody`.
    static let all: [RequestField] = [
        .init("temperature"), .init("top_p"), .init("top_k"), .init("min_p"), .init("typical_p"),
        .init("presence_penalty"), .init("frequency_penalty"), .init("repetition_penalty", as: "repeat_penalty"),
        .init(
            "penalty_window", as: "repeat_last_n", needs: "repetition_penalty", "presence_penalty",
            "frequency_penalty", onlyIfChanged: true),
        .init("stop"), .init("logit_bias"), .init("top_n_sigma"),
        .init("xtc_probability"), .init("xtc_threshold", needs: "xtc_probability"),
        .init("dry_multiplier"), .init("dry_base", needs: "dry_multiplier"),
        .init("dry_allowed_length", needs: "dry_multiplier"),
        .init("dry_sequence_breakers", needs: "dry_multiplier"),
        .init("mirostat"), .init("mirostat_tau", needs: "mirostat"), .init("mirostat_eta", needs: "mirostat"),
        .init("dynamic_temperature_range", as: "dynatemp_range"),
        .init("dynamic_temperature_exponent", as: "dynatemp_exponent", needs: "dynamic_temperature_range"),
    ]

    private static func isOn(_ name: String, _ sampling: SamplingOptions) -> Bool {
        SamplingOption.named(name).map { $0.value(in: sampling) != $0.neutral } ?? false
    }

    /// The value as JSON; `nil` if the field is not sent.
    func json(_ sampling: SamplingOptions) -> String? {
        guard let option = SamplingOption.named(option), case let value = option.value(in: sampling) else { return nil }
        guard needs.isEmpty || needs.contains(where: { Self.isOn($0, sampling) }) else { return nil }
        let isDefault = value == option.defaultValue
        if isDefault, onlyIfChanged || needs.isEmpty && value == option.neutral { return nil }
        switch value {
        case .number(let number): return number.isFinite ? JSONText.number(number) : nil
        case .count(let count): return String(count)
        case .text(let text): return text.map(JSONText.string)
        case .texts(let texts):
            let texts = texts.filter { !$0.isEmpty }
            return texts.isEmpty ? nil : JSONText.array(texts.map(JSONText.string))
        case .biases(let biases):
            let sorted = biases.filter { $0.value.isFinite }.sorted { $0.key < $1.key }
            let members = sorted.map { (String($0.key), JSONText.number($0.value)) }
            return members.isEmpty ? nil : JSONText.object(members)
        }
    }
}
