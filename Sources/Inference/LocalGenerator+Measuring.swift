// Counts the tokens of prompts.
// - It needs no weights and not the decoding queue, so it answers while a draft is written.

import Dispatch
import Generation

extension LocalGenerator {
    /// The tokens of the prompt that a request would send; also of one that is too long for the model.
    /// - Throws: `ChatTemplateError` if the model's template refuses the conversation.
    public func measure(_ request: GenerationRequest) async throws -> PromptMeasure? {
        try await withCheckedThrowingContinuation { continuation in
            // A long conversation takes a while, and the pool's threads are few.
            DispatchQueue.global(qos: .userInitiated).async { [self] in
                continuation.resume(
                    with: Result {
                        let count = try prompts.prompt(for: request).tokens.count
                        // An empty prompt gets a token for the model to start from.
                        return PromptMeasure(tokenCount: max(count, 1), isExact: true)
                    })
            }
        }
    }
}
