// A request for texts, read from its fields.

import Generation

/// What is the same in chat and legacy completions, and what differs.
enum AnswerShape: Sendable {
    case chat, completion
}

/// What a client asked for.
struct AskedTexts: Sendable {
    var shape: AnswerShape
    /// One for each prompt; each has `variantCount` choices.
    var requests: [GenerationRequest]
    var streams: Bool
    /// True if the last event of a stream counts tokens.
    var includesUsage: Bool
    /// How many of the likeliest tokens to list beside each token; `nil`: no likelihoods.
    var likelihoods: Int?

    /// The number of choices of one prompt.
    var choiceCount: Int { requests.first?.variantCount ?? 1 }

    /// - Parameters:
    ///   - model: the model that was asked for; its options lie below those of the request.
    ///   - freshSeed: the seed of a request without one.
    init(_ fields: RequestFields, _ shape: AnswerShape, model: ServedModel, freshSeed: UInt64) throws(APIError) {
        self.shape = shape
        streams = try fields.truth("stream")
        includesUsage = try Self.includesUsage(fields)
        let count = try fields.count("n", in: GenerationRequest.variantRange) ?? 1
        likelihoods = try Self.likelihoods(fields, shape)
        var sampling = try fields.sampling(over: model.sampling, mostTokens: model.mostTokens)
        sampling.alternatives = likelihoods.map { max($0, 1) } ?? 0
        let seed = try fields.seed()
        let prompts: [GenerationRequest.Prompt]
        switch shape {
        case .chat: prompts = [.chat(try fields.messages())]
        case .completion:
            try fields.refuseOldFields()
            prompts = try fields.prompts().map { .raw($0) }
        }
        requests = prompts.map { prompt in
            var request = GenerationRequest(
                prompt: prompt, variantCount: count, sampling: sampling, seed: seed ?? freshSeed)
            request.seedMustReplay = seed != nil
            return request
        }
        let missing = requests.first.map { model.generator.capabilities.missing(for: $0) } ?? []
        guard missing.isEmpty else {
            let isTooLong = missing.contains { if case .longPrompt = $0 { true } else { false } }
            throw APIError(
                missing.map(\.description).joined(separator: " "),
                code: isTooLong ? "context_length_exceeded" : "unsupported_parameter")
        }
    }

    private static func includesUsage(_ fields: RequestFields) throws(APIError) -> Bool {
        guard let options = fields["stream_options"] else { return false }
        guard options.members != nil else { throw RequestFields.wrong("stream_options", takes: "an object", options) }
        guard let value = options["include_usage"], !value.isNull else { return false }
        guard let truth = value.truth else {
            throw RequestFields.wrong("stream_options.include_usage", takes: "true or false", value)
        }
        return truth
    }

    /// In chats `logprobs` is a switch beside `top_logprobs`; in legacy completions it is the number.
    private static func likelihoods(_ fields: RequestFields, _ shape: AnswerShape) throws(APIError) -> Int? {
        switch shape {
        case .completion: return try fields.count("logprobs", in: 0...100)
        case .chat:
            let isAsked = try fields.truth("logprobs")
            let count = try fields.count("top_logprobs", in: 0...100)
            guard isAsked || (count ?? 0) == 0 else {
                throw APIError("top_logprobs needs logprobs. Set logprobs to true.", param: "top_logprobs")
            }
            return isAsked ? count ?? 0 : nil
        }
    }
}
