// The names of sampling options in exports and in the history.

import Generation

extension SamplingOptions {
    /// The options that differ from their defaults, each as `name=value` on one line; a list repeats its name
    /// for each item.
    public var changedSettings: [String] {
        SamplingOption.all.filter { $0.value(in: self) != $0.defaultValue }.flatMap { option in
            switch option.value(in: self) {
            case .number, .count: ["\(option.name)=\(option.line(of: option.value(in: self)))"]
            case .text(let text): ["\(option.name)=\(text.map(quoted) ?? "none")"]
            case .texts(let texts):
                texts.isEmpty ? ["\(option.name)=none"] : texts.map { "\(option.name)=\(quoted($0))" }
            case .biases(let biases):
                SamplingValue.biases(biases).parts.map { "\(option.name)=\($0)" }
            }
        }
    }

    /// A text in quotes, its line breaks as `\n`; a long one is cut.
    private func quoted(_ text: String) -> String {
        let short = text.prefix(60)
        let line = short.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).joined(separator: "\\n")
        return "\"\(line)\(short.endIndex < text.endIndex ? "…" : "")\""
    }
}
