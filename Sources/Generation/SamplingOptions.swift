/// The options for drawing the next token from the model's distribution.
///
/// Names and meanings follow GenerationConfig (transformers) and llama.cpp if the two agree; the
/// neutral value of each option does not change the distribution. `SamplingOption` has the names, ranges and texts of
/// the properties, and a test holds that table to this type.
public struct SamplingOptions: Sendable, Hashable, Codable {
    /// Divides the logits; 0 always takes the most likely token (greedy).
    public var temperature: Float = 0.7
    /// Keeps the `topK` most likely tokens; 0 keeps all.
    public var topK: Int = 0
    /// Keeps the smallest set of tokens whose probabilities sum to at least `topP`; 1 keeps all.
    public var topP: Float = 0.95
    /// Drops tokens with less than `minP` times the probability of the most likely one; 0 keeps all.
    public var minP: Float = 0
    /// Divides positive and multiplies negative logits of tokens seen in the window; 1 is neutral. CTRL, arXiv:1909.05858.
    public var repetitionPenalty: Float = 1
    /// The number of last tokens, prompt included, that the three penalties look at.
    public var penaltyWindow: Int = 64
    /// Subtracted from the logit of each token seen in the window; 0 is neutral.
    public var presencePenalty: Float = 0
    /// Subtracted, times the count in the window, from the logit of each token seen; 0 is neutral.
    public var frequencyPenalty: Float = 0
    /// The most tokens a variant may have; at least 1.
    public var maxTokens: Int = 256
    /// The text ends before it would contain one of these.
    public var stop: [String] = []

    /// Keeps the tokens whose surprise is nearest to the expected one, up to this share; 1 keeps all. arXiv:2202.00666.
    public var typicalP: Float = 1
    /// Drops tokens less likely than this; 0 keeps all. arXiv:2210.15191.
    public var epsilonCutoff: Float = 0
    /// Like `epsilonCutoff`, but drops fewer tokens if the distribution is even; 0 keeps all. arXiv:2210.15191.
    public var etaCutoff: Float = 0
    /// Drops tokens more than this many standard deviations of the logits below the highest; 0 keeps all. arXiv:2411.07641.
    public var topNSigma: Float = 0
    /// The probability of dropping all likely tokens but the least likely of them (XTC); 0 is never.
    public var xtcProbability: Float = 0
    /// The probability from which XTC counts a token as likely.
    public var xtcThreshold: Float = 0.1
    /// Scales the penalty on tokens that would continue a repeated run (DRY); 0 is neutral.
    public var dryMultiplier: Float = 0
    /// The factor by which DRY's penalty grows with each further token of the run.
    public var dryBase: Float = 1.75
    /// The longest run that may repeat without a DRY penalty.
    public var dryAllowedLength: Int = 2
    /// Texts that end a run for DRY.
    public var drySequenceBreakers: [String] = ["\n", ":", "\"", "*"]
    /// 2 keeps the surprise of the text near `mirostatTau`, instead of top-k, top-p and the like; 0 is off.
    /// arXiv:2007.14966.
    public var mirostat: Int = 0
    /// The surprise that mirostat aims for, in bits.
    public var mirostatTau: Float = 5
    /// How fast mirostat corrects the surprise.
    public var mirostatEta: Float = 0.1
    /// The temperature moves this far up and down with the distribution's entropy; 0 keeps it fixed.
    public var dynamicTemperatureRange: Float = 0
    public var dynamicTemperatureExponent: Float = 1
    /// No run of this many tokens occurs twice, prompt included; 0 allows all.
    public var noRepeatNgramSize: Int = 0
    /// Added to the logits of these token ids.
    public var logitBias: [Int: Float] = [:]
    /// Texts that a draft does not contain, ignoring case.
    public var bannedPhrases: [String] = []
    /// The text does not end before this many tokens; 0 is neutral.
    public var minTokens: Int = 0
    /// Texts that a draft contains as words of their own, ignoring case. A draft ends without one only if a hard limit or
    /// `maxTokens` leaves no room for it.
    public var mustInclude: [String] = []
    /// How many of the most likely tokens to report for each position, besides the one written; 0 reports none.
    public var alternatives: Int = 0
    /// The grammar of the whole text, in llama.cpp's GBNF; `nil`: any text.
    public var grammar: String?
    /// The JSON schema that the whole text must satisfy; `nil`: any text. Not together with `grammar`.
    public var jsonSchema: String?
    /// True if a draft is the bare text: no quotation marks, label or preamble around it. Built for templates that ask
    /// for the text alone.
    public var tidy = false
    /// How far the variants of a request must differ.
    public var distinct = Distinct.off
    /// How many candidates are written, of which the best are shown; 0: as many as are shown.
    public var bestOf = 0
    /// How much a reasoning model thinks before it answers.
    public var reasoning = ReasoningEffort.auto

    public init() {}
}
