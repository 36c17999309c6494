// What a learning does against forgetting.
// - A few rows are the base's own answers to general prompts, written with a fixed seed before anything is trained. They
//   hold the adapter to what the model did before, without any text from outside.
// - One text is only measured, never trained on: if the model predicts it worse afterwards, it has forgotten something.
// - Both were written for this program.

import Foundation
import Generation
import Inference

/// General prompts, and a general text.
public enum GeneralText {
    /// Asked one after another, the first ones first.
    static let prompts = [
        "Explain in two sentences why the sky is blue.",
        "Give one reason to keep a diary.",
        "Describe a kitchen in the early morning, in two sentences.",
        "How do you boil an egg? Answer in two sentences.",
        "What is a library for? Answer in one sentence.",
        "Write the first two sentences of a letter to an old friend.",
        "Name three things that float on water.",
        "What does a carpenter do? Answer in one sentence.",
        "Say in two sentences how rain forms.",
        "Give a short piece of advice to someone who starts a new job.",
        "What is the difference between a lake and a river? Answer in two sentences.",
        "Describe a train station at night, in two sentences.",
        "Why do people learn languages? Answer in one sentence.",
        "Write two sentences about a dog that waits at a door.",
        "How can one save water at home? Answer in two sentences.",
        "What makes a good meeting? Answer in one sentence.",
        "Write a polite refusal of an invitation, in two sentences.",
        "What is a budget? Answer in one sentence.",
        "Describe the taste of an apple, in one sentence.",
        "Why does ice float? Answer in two sentences.",
        "Write two sentences about a market on a rainy day.",
        "How do bees make honey? Answer in two sentences.",
        "What should one pack for a day in the mountains?",
        "Say in one sentence what a map is.",
    ]

    /// The text of the measure: description, speech, instructions, figures.
    public static let sample = """
        The harbour wakes before the town does. At five the first boats come in, low in the water, and the men on the quay \
        throw ropes without looking, as they have done for years. By seven the crates stand in rows. A woman in a yellow \
        coat walks along them with a notebook, asks for a price, shakes her head, and asks again. Nobody hurries. The gulls \
        know that something will fall, and they wait on the roof of the ice house.

        "How much did you take on Tuesday?" she asks.

        "Less than I hoped," says the oldest of the men. "The wind turned at noon, and we had to come back."

        To mend a net, spread it on a flat floor in good light. Cut away the loose ends around the hole until every side \
        has whole meshes. Fill a needle with twine of the same strength, tie it to the first knot, and work from the top to \
        the bottom, one row after another. Pull each knot tight before you begin the next one. If a row is too long, take \
        two meshes together; if it is too short, make one more. A small hole takes ten minutes, a large one an afternoon.

        In the year before, the harbour landed 4,200 tonnes of fish, a little more than in each of the three years before \
        that. Herring made up more than half of it. The number of boats fell from 61 to 54, because some owners retired and \
        found no one to buy their licence. The council now offers a loan to anyone under thirty who wants to begin, and it \
        has promised to repair the northern wall, which two storms have damaged. The work will cost about 3 million and \
        will be paid over eight years.

        Children learn here early that the sea gives and takes. They can read a chart before they can read a long book, and \
        they know which cloud means rain within the hour. Many of them leave for the city when they are grown. Some come \
        back, usually in spring, and say that they missed the noise of the masts. On summer evenings the whole street sits \
        outside. Someone plays, someone else complains about the music, and the light stays on the water until ten.
        """
}

/// A general prompt with the base's answer.
public struct GeneralAnswer: Sendable, Equatable, Codable {
    public var prompt: String
    public var answer: String
    /// False if the model has no chat template, so that the answer goes on from the prompt.
    public var isChat: Bool

    var row: CorpusRow {
        isChat
            ? .pair(prompt: prompt, answer: answer)
            : .completion(prompt: prompt + "\n", answer: answer, endsTurn: false)
    }
}

extension GeneralAnswer {
    private static let mostSentences = 3
    private static let mostTokens = 160
    /// Of the answers; it is the same for all learnings, so that a base always says the same.
    private static let seed: UInt64 = 20_250_101

    /// The base's answers to the first general prompts. An answer that does not come to an end is left out, because a
    /// model would learn to stop in the middle.
    /// - Parameter report: is told how many prompts are behind.
    /// - Throws: errors of the model, and what `report` throws.
    public static func written(
        by source: any ModelSource, name: String, count: Int, threadCount: Int, report: (Int) throws -> Void
    ) throws -> [GeneralAnswer] {
        let generator = try LocalGenerator(file: source, name: name, threadCount: threadCount)
        let isChat = try ConversationEncoder(file: source, name: name).hasTemplate
        var answers: [GeneralAnswer] = []
        for (index, prompt) in GeneralText.prompts.enumerated() where answers.count < count {
            try report(index)
            var request = GenerationRequest(
                prompt: isChat ? .chat([Message(.user, prompt)]) : .raw(prompt + "\n"),
                limits: LengthLimits(sentences: mostSentences), seed: seed &+ UInt64(index))
            request.sampling.maxTokens = mostTokens
            request.sampling.reasoning = .off
            let draft = try WrittenDraft(request, by: generator)
            guard draft.isWhole, !draft.text.allSatisfy(\.isWhitespace) else { continue }
            answers.append(GeneralAnswer(prompt: prompt, answer: draft.text, isChat: isChat))
        }
        return answers
    }
}

/// The text that a model writes for a request of one variant: the best of the candidates, if the request asks for some.
struct WrittenDraft {
    let text: String
    private let reason: FinishReason?

    /// True if the text came to an end of its own or at a limit that keeps sentences whole.
    var isWhole: Bool { reason == .stop || reason == .limit }

    init(
        _ request: GenerationRequest, by generator: LocalGenerator, isStopped: @escaping () -> Bool = { false }
    ) throws {
        var texts: [Int: String] = [:]
        var reasons: [Int: FinishReason] = [:]
        var chosen = 0
        try generator.write(request, isStopped: isStopped) { event in
            switch event {
            case .text(let piece, let variant): texts[variant, default: ""] += piece
            case .restarted(let variant): texts[variant] = ""
            case .draftFinished(let variant, let reason, _): reasons[variant] = reason
            case .chosen(let order): chosen = order.first ?? 0
            default: break
            }
        }
        (text, reason) = (texts[chosen] ?? "", reasons[chosen])
    }
}
