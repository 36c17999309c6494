// A title for a conversation, in a line of the model. Without it, a conversation is called by the user's first words.

import Drafting
import Generation
import Text

public enum ChatTitle {
    private static let instruction =
        "You name conversations. Answer with a title of two to six words in the language of the conversation, and nothing else."
    /// The characters of the conversation that the title is made from.
    private static let readCharacters = 2000

    /// Asks the model for a title; nothing is kept.
    /// - Returns: `nil` if it was stopped or wrote nothing.
    /// - Throws: the errors of the generator.
    public static func ask(
        _ conversation: Conversation, turns: [Turn], generator: any TextGenerator, stopSignal: StopSignal
    ) async throws -> String? {
        var text = ""
        for turn in turns where text.count < readCharacters {
            text += "\(conversation.persona.speakers.label(of: turn.role)): \(turn.text)\n"
        }
        text = String(text.prefix(readCharacters))
        var request = GenerationRequest(
            prompt: .chat([Message(.system, instruction), Message(.user, "\(text)\n\nThe title of this conversation?")]
            ),
            completionPrompt: "\(text)\n\nThe title of this conversation:", seed: DraftOrder.freshSeed())
        request.sampling.temperature = 0.3
        request.sampling.maxTokens = 24
        request.sampling.tidy = true
        request.sampling.stop = ["\n"]
        request.limits = LengthLimits(lines: 1, hard: generator.capabilities.keepsHardLimits)
        let missing = generator.capabilities.missing(for: request)
        guard missing.isEmpty else { throw GeneratorRefusal(model: generator.identity.name, missing: missing) }
        var title = ""
        for try await event in generator.generate(request, stopSignal: stopSignal) {
            switch event {
            case .text(let piece, 0): title += piece
            case .restarted(0): title = ""
            default: break
            }
        }
        guard !stopSignal.isRaised, title.contains(where: { $0.isLetter || $0.isNumber }) else { return nil }
        let line = Title.of(title)
        return line.last == "." ? String(line.dropLast()) : line
    }
}
