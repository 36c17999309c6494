/// How the next token is drawn from the model's distribution.
///
/// Names and meanings follow GenerationConfig (transformers) and llama.cpp where they agree; the
/// neutral value of each option leaves the distribution as it is. `SamplingOption` has the names, ranges and texts of
/// the properties, and a test holds that table to this type.
public struct SamplingOptions: Sendable, Hashable, Codable {
    /// Divides the logits; 0 always takes the likeliest token (greedy).
    public var temperature: Float = 0.7
    /// Keeps the `topK` likeliest tokens; 0 keeps all.
    public var topK: Int = 0
    /// Keeps the smallest set of tokens whose probabilities sum to at least `topP`; 1 keeps all.
    public var topP: Float = 0.95
    /// Drops tokens less likely than `minP` times the likeliest one; 0 keeps all.
    public var minP: Float = 0
    /// Divides positive and multiplies negative logits of tokens seen in the window; 1 is neutral. CTRL, arXiv:1909.05858.
    public var repetitionPenalty: Float = 1
    /// How many of the last tokens (prompt included) the three penalties look at.
    public var penaltyWindow: Int = 64
    /// Subtracted from the logit of each token seen in the window; 0 is neutral.
    public var presencePenalty: Float = 0
    /// Subtracted, times the count in the window, from the logit of each token seen; 0 is neutral.
    public var frequencyPenalty: Float = 0
    /// The most tokens a variant may have; at least 1.
    public var maxTokens: Int = 256
    /// The text ends before the first of these that it would contain.
    public var stop: [String] = []

    /// Keeps the tokens whose surprise is nearest to the expected one, up to this share; 1 keeps all. arXiv:2202.00666.
    public var typicalP: Float = 1
    /// Drops tokens less likely than this; 0 keeps all. arXiv:2210.15191.
    public var epsilonCutoff: Float = 0
    /// As `epsilonCutoff`, but the less, the more even the distribution is; 0 keeps all. arXiv:2210.15191.
    public var etaCutoff: Float = 0
    /// Drops tokens more than this many standard deviations of the logits below the likeliest; 0 keeps all. arXiv:2411.07641.
    public var topNSigma: Float = 0
    /// With this probability, leaves out all likely tokens but the least likely of them (XTC); 0 never does.
    public var xtcProbability: Float = 0
    /// From which probability on a token is likely, for XTC.
    public var xtcThreshold: Float = 0.1
    /// Scales the penalty on tokens that would go on with a repeated run (DRY); 0 is neutral.
    public var dryMultiplier: Float = 0
    /// What DRY's penalty grows by with each further token of the run.
    public var dryBase: Float = 1.75
    /// The longest run that DRY lets repeat.
    public var dryAllowedLength: Int = 2
    /// Texts over which DRY's runs do not reach.
    public var drySequenceBreakers: [String] = ["\n", ":", "\"", "*"]
    /// 2 holds the surprise of the text near `mirostatTau` in place of top-k, top-p and the like; 0 does not.
    /// arXiv:2007.14966.
    public var mirostat: Int = 0
    /// The surprise that mirostat aims at, in bits.
    public var mirostatTau: Float = 5
    /// How fast mirostat corrects.
    public var mirostatEta: Float = 0.1
    /// The temperature moves this far up and down with the distribution's entropy; 0 keeps it fixed.
    public var dynamicTemperatureRange: Float = 0
    public var dynamicTemperatureExponent: Float = 1
    /// No run of this many tokens occurs twice, prompt included; 0 allows all.
    public var noRepeatNgramSize: Int = 0
    /// Added to the logits of these token ids.
    public var logitBias: [Int: Float] = [:]
    /// Texts that a draft does not contain, whatever the case of their letters.
    public var bannedPhrases: [String] = []
    /// No end of text before this many tokens; 0 allows it at once.
    public var minTokens: Int = 0
    /// Texts that a draft contains as words of their own, whatever the case of their letters; only a hard limit or
    /// `maxTokens` that leaves no room for one ends a draft without it.
    public var mustInclude: [String] = []
    /// How many of the likeliest tokens to report for each position, besides the one written; 0 reports nothing.
    public var alternatives: Int = 0
    /// What the whole text must be, as a grammar in llama.cpp's GBNF; `nil` for any text.
    public var grammar: String?
    /// What the whole text must be valid for, as a JSON schema; `nil` for any text. Not beside `grammar`.
    public var jsonSchema: String?

    public init() {}
}
