// All sampling options in the order of lists and dialogs: the common ones first, then by group.
// - Every property of `SamplingOptions` has its row; a test compares the table with the type.
// - If the table changes, make `docs/options.md` again; its test says how.

extension SamplingOption {
    public static let all: [SamplingOption] = common + choosing + repetition + content

    private static let common: [SamplingOption] = [
        number(
            "temperature", \.temperature, 0...5, neutral: 1, example: 0.9, .common, "Temperature",
            hint: "0: the most likely word; higher: bolder",
            help: "Divides the logits: a higher one makes unlikely tokens more likely. 0 always takes the most likely.",
            source: "Boltzmann machines, Ackley et al. 1985"),
        number(
            "top_p", \.topP, 0...1, neutral: 1, example: 0.8, .common, "Top-p",
            hint: "most likely words to this share; 1: all",
            help: "Keeps the smallest set of most likely tokens whose probabilities sum to this. 1 keeps all.",
            source: "arXiv:1904.09751"),
        count(
            "top_k", \.topK, 0...1_000_000, neutral: 0, example: 40, .common, "Top-k",
            hint: "this many most likely words; 0 keeps all",
            help: "Keeps this many of the most likely tokens. 0 keeps all.", source: "arXiv:1805.04833"),
        number(
            "min_p", \.minP, 0...1, neutral: 0, example: 0.05, .common, "Min-p",
            hint: "none below this share of the best; 0: all",
            help: "Drops tokens below this share of the most likely token's probability. 0 keeps all.",
            source: "arXiv:2407.01082"),
        number(
            "repetition_penalty", \.repetitionPenalty, 0.1...10, neutral: 1, example: 1.1, .common,
            "Repetition penalty", hint: "above 1 repeats less",
            help: "Divides positive and multiplies negative logits of tokens in penalty_window. Above 1 repeats less.",
            source: "CTRL, arXiv:1909.05858"),
        count(
            "max_tokens", \.maxTokens, 1...1_000_000, neutral: nil, example: 120, .common, "Max tokens",
            hint: "the longest a variant may get", help: "The most tokens a draft may have."),
        texts(
            "stop", \.stop, allowsBlank: true, example: ["##", "\n\nNews:"], .common, "Stop texts",
            hint: "the text ends before any of these", help: "A draft ends before the first of these texts."),
        texts(
            "must_include", \.mustInclude, allowsBlank: false, example: ["green tea", "24,99"], .common,
            "Must include", hint: "every draft contains these",
            help: "Texts that every draft contains as words of their own, ignoring case, if there is room for them."),
        texts(
            "banned_phrase", \.bannedPhrases, allowsBlank: true, example: ["very", "state of the art"], .common,
            "Banned phrases", key: "bannedPhrases", hint: "no draft contains these",
            help: "Texts that no draft contains, inside words too, ignoring case."),
    ]

    private static let choosing: [SamplingOption] = [
        number(
            "typical_p", \.typicalP, 0...1, neutral: 1, example: 0.9, .choosing, "Typical-p",
            hint: "the most typical up to this share; 1: all",
            help: "Keeps the tokens whose surprise is nearest to the expected one, up to this share. 1 keeps all.",
            source: "arXiv:2202.00666"),
        number(
            "top_n_sigma", \.topNSigma, 0...100, neutral: 0, example: 1.5, .choosing, "Top-n-sigma",
            hint: "deviations below the best logit; 0: all",
            help: "Drops tokens more than this many standard deviations below the highest logit. 0 keeps all.",
            source: "arXiv:2411.07641"),
        number(
            "epsilon_cutoff", \.epsilonCutoff, 0...1, neutral: 0, example: 0.001, .choosing, "Epsilon cutoff",
            hint: "none less likely than this; 0: all", help: "Drops tokens less likely than this. 0 keeps all.",
            source: "arXiv:2210.15191"),
        number(
            "eta_cutoff", \.etaCutoff, 0...1, neutral: 0, example: 0.002, .choosing, "Eta cutoff",
            hint: "like epsilon, by evenness; 0: all",
            help: "Like epsilon_cutoff, but drops fewer tokens if the distribution is even. 0 keeps all.",
            source: "arXiv:2210.15191"),
        number(
            "xtc_probability", \.xtcProbability, 0...1, neutral: 0, example: 0.5, .choosing, "XTC probability",
            hint: "how often top words are left out; 0: off",
            help: "How often all likely tokens but the least likely of them are dropped (XTC). 0 is never.",
            source: "text-generation-webui pull request 6335"),
        number(
            "xtc_threshold", \.xtcThreshold, 0...1, neutral: nil, example: 0.2, .choosing, "XTC threshold",
            hint: "what counts as likely for XTC",
            help: "The probability from which xtc_probability counts a token as likely.",
            source: "text-generation-webui pull request 6335"),
        number(
            "dynamic_temperature_range", \.dynamicTemperatureRange, 0...5, neutral: 0, example: 0.3, .choosing,
            "Temperature range", hint: "how far entropy moves the temperature",
            help: "How far the temperature moves up and down with the entropy of the distribution. 0 keeps it fixed.",
            source: "llama.cpp pull request 4972"),
        number(
            "dynamic_temperature_exponent", \.dynamicTemperatureExponent, 0...10, neutral: nil, example: 2, .choosing,
            "Temperature curve", hint: "how sharply it follows the entropy",
            help: "The exponent of the entropy that dynamic_temperature_range uses.",
            source: "llama.cpp pull request 4972"),
        oneOf(
            "mirostat", \.mirostat, [0, 2], neutral: 0, example: 2, .choosing, "Mirostat",
            hint: "2 keeps the surprise steady; 0: off",
            help: "2 keeps the text's surprise near mirostat_tau, instead of top_p, top_k and the like. 0 is off.",
            source: "arXiv:2007.14966"),
        number(
            "mirostat_tau", \.mirostatTau, 0...100, neutral: nil, example: 4, .choosing, "Mirostat tau",
            hint: "the surprise mirostat aims for, in bits", help: "The surprise that mirostat aims for, in bits.",
            source: "arXiv:2007.14966"),
        number(
            "mirostat_eta", \.mirostatEta, 0...1, neutral: nil, example: 0.2, .choosing, "Mirostat eta",
            hint: "how fast mirostat corrects", help: "How fast mirostat corrects the surprise.",
            source: "arXiv:2007.14966"),
    ]

    private static let repetition: [SamplingOption] = [
        number(
            "presence_penalty", \.presencePenalty, -10...10, neutral: 0, example: 0.5, .repetition,
            "Presence penalty", hint: "lowers words that occurred; 0: off",
            help: "Subtracted from the logit of each token in penalty_window.", source: "OpenAI API"),
        number(
            "frequency_penalty", \.frequencyPenalty, -10...10, neutral: 0, example: 0.4, .repetition,
            "Frequency penalty", hint: "lowers words each time they occurred",
            help: "Subtracted from a token's logit for each time it occurs in penalty_window.",
            source: "OpenAI API"),
        count(
            "penalty_window", \.penaltyWindow, 0...1_000_000, neutral: 0, example: 128, .repetition, "Penalty window",
            hint: "how many tokens back penalties look",
            help: "How many of the last tokens, prompt included, the three penalties of repetition look at."),
        number(
            "dry_multiplier", \.dryMultiplier, 0...100, neutral: 0, example: 0.8, .repetition, "DRY multiplier",
            hint: "penalizes repeated runs; 0: off",
            help: "Scales the penalty on tokens that continue a repeated run of tokens (DRY). 0 is off.",
            source: "text-generation-webui pull request 5677"),
        number(
            "dry_base", \.dryBase, 1...100, neutral: nil, example: 2, .repetition, "DRY base",
            hint: "how fast DRY grows with the run",
            help: "The factor by which the DRY penalty grows with each further token of the run.",
            source: "text-generation-webui pull request 5677"),
        count(
            "dry_allowed_length", \.dryAllowedLength, 0...1_000_000, neutral: nil, example: 3, .repetition,
            "DRY allowed length", hint: "the longest run that DRY allows",
            help: "The longest run of tokens that may repeat without a DRY penalty.",
            source: "text-generation-webui pull request 5677"),
        texts(
            "dry_sequence_breakers", \.drySequenceBreakers, allowsBlank: true, isNeutralIfEmpty: false,
            example: [";", "\n"], .repetition, "DRY breakers", hint: "DRY runs end at these",
            help: "Texts that end a run for DRY. A list replaces the default one.",
            source: "text-generation-webui pull request 5677"),
        count(
            "no_repeat_ngram_size", \.noRepeatNgramSize, 0...1_000_000, neutral: 0, example: 4, .repetition,
            "No repeated n-gram", hint: "no run of this many tokens twice; 0: off",
            help: "No run of this many tokens occurs twice, prompt included. 0 allows all.", source: "arXiv:1705.04304"),
    ]

    private static let content: [SamplingOption] = [
        count(
            "best_of", \.bestOf, 0...64, neutral: 0, example: 16, .content, "Best of",
            hint: "candidates to choose from; 0: off",
            help:
                "How many candidates are written in one batch; the best of them are the drafts. 0 writes no more than "
                + "are shown."),
        flag(
            "tidy", \.tidy, neutral: false, .content, "Tidy", hint: "on: no quotes, labels, preambles",
            help: "on keeps a draft free of quotation marks around it, labels and preambles. Templates set it."),
        choice(
            "distinct", \.distinct, neutral: .off, example: .opening, .content, "Distinct",
            hint: "no twins; opening: nor the same opening",
            help: "text: a variant that equals another is written again. opening: no two variants begin with the same "
                + "three words, either."),
        choice(
            "reasoning", \.reasoning, neutral: .auto, example: .off, .content, "Reasoning",
            hint: "how much a reasoning model thinks",
            help:
                "How much a reasoning model thinks, in tokens: low 256, medium 1024, high 4096; auto: off if its template "
                + "has a switch, otherwise 4096."),
        count(
            "min_tokens", \.minTokens, 0...1_000_000, neutral: 0, example: 20, .content, "Min tokens",
            hint: "no end before this many tokens", help: "A draft does not end before this many tokens."),
        biases(
            "logit_bias", \.logitBias, -100...100, example: [42: -5, 99: 1.5], .content, "Logit bias",
            hint: "token ids and what to add to their logits",
            help: "Numbers to add to the logits of tokens, by the tokens' ids. -100 bans a token.",
            source: "OpenAI API"),
        text(
            "grammar", \.grammar, example: "root ::= (\"yes\" | \"no\") \".\"\n", replaces: "json_schema", .content,
            "Grammar", hint: "the whole text follows this GBNF grammar",
            help: "The whole text follows this grammar, in llama.cpp's GBNF. Not beside json_schema.",
            source: "llama.cpp, grammars/README.md"),
        text(
            "json_schema", \.jsonSchema,
            example: "{\"type\": \"object\", \"properties\": {\"ok\": {\"type\": \"boolean\"}}}",
            replaces: "grammar", .content, "JSON schema", hint: "the whole text is JSON of this schema",
            help: "The whole text is JSON that is valid for this schema. Not beside grammar.", source: "json-schema.org"
        ),
        count(
            "logprobs", \.alternatives, 0...100, neutral: 0, example: 3, .content, "Log probabilities",
            key: "alternatives", hint: "top tokens listed in JSON",
            help: "How many of the most likely tokens JSON output lists for each position. 0 lists none.",
            source: "OpenAI API"),
    ]
}
