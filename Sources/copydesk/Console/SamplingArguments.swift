import ArgumentParser
import Generation

/// `-o name=value` on sampling options, by the names that configuration files of models use.
enum SamplingArguments {
    /// Writes one option into `sampling`.
    /// - Throws: a `ValidationError` that names the option and what it takes.
    static func set(_ name: String, to value: String, in sampling: inout SamplingOptions) throws {
        guard let option = SamplingOption.all.first(where: { $0.name == name }) else {
            let names = SamplingOption.all.map(\.name).joined(separator: ", ")
            throw ValidationError("There is no option '\(name)'. The options are: \(names).")
        }
        guard option.set(value, &sampling) else {
            throw ValidationError("-o \(name)=\(value): \(name) takes \(option.takes).")
        }
    }
}

/// One sampling option as text: its name, what it takes and how it is set.
struct SamplingOption: Sendable {
    let name: String
    let takes: String
    let set: @Sendable (String, inout SamplingOptions) -> Bool

    static let all: [SamplingOption] = [
        number("temperature", \.temperature, 0...5),
        number("top_p", \.topP, 0...1),
        count("top_k", \.topK, 0...1_000_000),
        number("min_p", \.minP, 0...1),
        number("repetition_penalty", \.repetitionPenalty, 0.1...10),
        count("penalty_window", \.penaltyWindow, 0...1_000_000),
        number("presence_penalty", \.presencePenalty, -10...10),
        number("frequency_penalty", \.frequencyPenalty, -10...10),
        count("max_tokens", \.maxTokens, 1...1_000_000),
        number("typical_p", \.typicalP, 0...1),
        number("epsilon_cutoff", \.epsilonCutoff, 0...1),
        number("eta_cutoff", \.etaCutoff, 0...1),
        number("top_n_sigma", \.topNSigma, 0...100),
        number("xtc_probability", \.xtcProbability, 0...1),
        number("xtc_threshold", \.xtcThreshold, 0...1),
        number("dry_multiplier", \.dryMultiplier, 0...100),
        number("dry_base", \.dryBase, 1...100),
        count("dry_allowed_length", \.dryAllowedLength, 0...1_000_000),
        count("mirostat", \.mirostat, 0...2),
        number("mirostat_tau", \.mirostatTau, 0...100),
        number("mirostat_eta", \.mirostatEta, 0...1),
        number("dynamic_temperature_range", \.dynamicTemperatureRange, 0...5),
        number("dynamic_temperature_exponent", \.dynamicTemperatureExponent, 0...10),
        count("no_repeat_ngram_size", \.noRepeatNgramSize, 0...1_000_000),
        count("min_tokens", \.minTokens, 0...1_000_000),
        SamplingOption(
            name: "logit_bias", takes: "a token's id and a number from -100 to 100, as 42:-5; give it once a token"
        ) { value, sampling in
            let parts = value.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, let token = Int32(parts[0]), token >= 0,
                let bias = Float(parts[1]), (-100...100).contains(bias)
            else { return false }
            sampling.logitBias[Int(token)] = bias
            return true
        },
        SamplingOption(name: "banned_phrase", takes: "a text, not an empty one; give it once for each phrase") {
            value, sampling in
            guard !value.isEmpty else { return false }
            sampling.bannedPhrases.append(value)
            return true
        },
        SamplingOption(name: "must_include", takes: "a text that holds more than spaces; give it once for each phrase")
        {
            value, sampling in
            guard value.contains(where: { !$0.isWhitespace }) else { return false }
            sampling.mustInclude.append(value)
            return true
        },
        SamplingOption(name: "stop", takes: "a text, not an empty one") { value, sampling in
            guard !value.isEmpty else { return false }
            sampling.stop.append(value)
            return true
        },
    ]

    private static func number(
        _ name: String, _ path: any WritableKeyPath<SamplingOptions, Float> & Sendable, _ range: ClosedRange<Float>
    ) -> SamplingOption {
        SamplingOption(name: name, takes: "a number from \(range.lowerBound) to \(range.upperBound)") {
            text, sampling in
            guard let value = Float(text), range.contains(value) else { return false }
            sampling[keyPath: path] = value
            return true
        }
    }

    private static func count(
        _ name: String, _ path: any WritableKeyPath<SamplingOptions, Int> & Sendable, _ range: ClosedRange<Int>
    ) -> SamplingOption {
        SamplingOption(name: name, takes: "a whole number from \(range.lowerBound) to \(range.upperBound)") {
            text, sampling in
            guard let value = Int(text), range.contains(value) else { return false }
            sampling[keyPath: path] = value
            return true
        }
    }
}
