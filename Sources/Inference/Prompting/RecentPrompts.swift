// The last prompts that were made.
// - A prompt is usually measured before it is sent, and its parts before that, so the same one is asked for again.

import Generation
import Synchronization

/// Remembers prompts by what they depend on. Any thread may ask.
final class RecentPrompts: Sendable {
    /// All of a request that its prompt depends on.
    private struct Key: Sendable, Equatable {
        let prompt: GenerationRequest.Prompt
        let completionPrompt: String?
        let reasoning: ReasoningEffort
        let maxTokens: Int

        init(_ request: GenerationRequest) {
            prompt = request.prompt
            completionPrompt = request.completionPrompt
            reasoning = request.sampling.reasoning
            maxTokens = request.sampling.maxTokens
        }
    }

    /// A conversation is measured as a whole, and without each of four parts.
    private static let limit = 6
    private let prompts = Mutex<[(key: Key, prompt: ModelPrompt)]>([])

    /// The prompt of a request, from memory or by `make`.
    func prompt(for request: GenerationRequest, make: () throws -> ModelPrompt) rethrows -> ModelPrompt {
        let key = Key(request)
        if let known = prompts.withLock({ $0.first { $0.key == key }?.prompt }) { return known }
        // Not under the lock, because a long prompt takes a while and another one may be wanted meanwhile.
        let made = try make()
        prompts.withLock { $0 = [(key, made)] + $0.prefix(Self.limit - 1) }
        return made
    }
}
