// Sampling options by the names that the command line and templates give them.
// - Every option is there, in the order in which it is declared; a test holds the list against the type.

import Generation

/// A sampling option's value.
enum SamplingValue: Encodable, Hashable {
    case number(Float)
    case count(Int)
    case text(String?)
    case texts([String])
    case biases([Int: Float])

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .number(let number): try container.encode(number)
        case .count(let count): try container.encode(count)
        case .text(let text): try container.encode(text)
        case .texts(let texts): try container.encode(texts)
        case .biases(let biases): try container.encode(biases)
        }
    }

    /// On one line; a list as often under its name as it has items.
    fileprivate func settings(name: String) -> [String] {
        switch self {
        case .number(let number): ["\(name)=\(number)"]
        case .count(let count): ["\(name)=\(count)"]
        case .text(let text): ["\(name)=\(text.map(Self.quoted) ?? "none")"]
        case .texts(let texts): texts.map { "\(name)=\(Self.quoted($0))" }
        case .biases(let biases): biases.sorted { $0.key < $1.key }.map { "\(name)=\($0.key):\($0.value)" }
        }
    }

    /// A text in quotes, its line breaks as `\n`; a long one is cut.
    private static func quoted(_ text: String) -> String {
        let short = text.prefix(60)
        let line = short.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).joined(separator: "\\n")
        return "\"\(line)\(short.endIndex < text.endIndex ? "…" : "")\""
    }
}

extension SamplingOptions {
    var named: [(name: String, value: SamplingValue)] {
        [
            ("temperature", .number(temperature)),
            ("top_k", .count(topK)),
            ("top_p", .number(topP)),
            ("min_p", .number(minP)),
            ("repetition_penalty", .number(repetitionPenalty)),
            ("penalty_window", .count(penaltyWindow)),
            ("presence_penalty", .number(presencePenalty)),
            ("frequency_penalty", .number(frequencyPenalty)),
            ("max_tokens", .count(maxTokens)),
            ("stop", .texts(stop)),
            ("typical_p", .number(typicalP)),
            ("epsilon_cutoff", .number(epsilonCutoff)),
            ("eta_cutoff", .number(etaCutoff)),
            ("top_n_sigma", .number(topNSigma)),
            ("xtc_probability", .number(xtcProbability)),
            ("xtc_threshold", .number(xtcThreshold)),
            ("dry_multiplier", .number(dryMultiplier)),
            ("dry_base", .number(dryBase)),
            ("dry_allowed_length", .count(dryAllowedLength)),
            ("dry_sequence_breakers", .texts(drySequenceBreakers)),
            ("mirostat", .count(mirostat)),
            ("mirostat_tau", .number(mirostatTau)),
            ("mirostat_eta", .number(mirostatEta)),
            ("dynamic_temperature_range", .number(dynamicTemperatureRange)),
            ("dynamic_temperature_exponent", .number(dynamicTemperatureExponent)),
            ("no_repeat_ngram_size", .count(noRepeatNgramSize)),
            ("logit_bias", .biases(logitBias)),
            ("banned_phrase", .texts(bannedPhrases)),
            ("min_tokens", .count(minTokens)),
            ("must_include", .texts(mustInclude)),
            ("logprobs", .count(alternatives)),
            ("grammar", .text(grammar)),
            ("json_schema", .text(jsonSchema)),
        ]
    }

    /// The options that are not what they are where nobody sets them, each as `name=value`.
    public var changedSettings: [String] {
        zip(named, SamplingOptions().named).filter { $0.value != $1.value }.flatMap { option, _ in
            option.value.settings(name: option.name)
        }
    }
}
