import Generation
import Testing

@testable import Chat

@Suite struct `Who speaks` {
    private let inn = Conversation(
        uuid: "u", persona: Persona(speakers: Persona.Speakers(user: "Guest", assistant: "Innkeeper")),
        model: "built-in")

    @Test func `is named by the persona`() {
        #expect(inn.speaker(of: Turn(role: .assistant, text: "Good evening.")) == "Innkeeper")
        #expect(inn.speaker(of: Turn(role: .user, text: "A room, please.")) == "Guest")
    }

    @Test func `is named in the transcript for a model without a chat template, which ends before the next speaker`() {
        let messages = [
            Message(.system, "An inn."), Message(.assistant, "Good evening."), Message(.user, "A room."),
        ]
        let request = inn.request(of: messages, seed: 1)
        #expect(request.completionPrompt == "An inn.\n\nInnkeeper: Good evening.\nGuest: A room.\nInnkeeper:")
        #expect(request.sampling.stop == ["\nGuest:", "\nInnkeeper:"])
        #expect(request.conversation == "u")
        let begun = inn.request(of: messages + [Message(.assistant, "We have")], seed: 1)
        #expect(begun.completionPrompt?.hasSuffix("Guest: A room.\nInnkeeper: We have") == true)
    }

    @Test func `has a name on one line in a transcript, whatever the persona calls it`() {
        let odd = Persona.Speakers(user: " The\nguest: ", assistant: " : ")
        #expect(odd.transcript(of: [Message(.user, "Hi.")]) == "The guest: Hi.\nAssistant:")
    }

    @Test(arguments: [
        ("Innkeeper: Good evening.", "Good evening."), ("**Innkeeper:** Good evening.", "Good evening."),
        ("assistant:\nGood evening.", "Good evening."), ("\n助手：晚上好。", "晚上好。"),
        ("INNKEEPER : Good evening.", "Good evening."),
    ])
    func `is taken off the beginning of an answer`(text: String, rest: String) {
        #expect(SpeakerLabel(name: "Innkeeper").find(in: text, isComplete: true) == .label(rest: rest))
    }

    @Test(arguments: [
        "“Assistant: no”, she said.", "\"Innkeeper: a room!\" he called.", "Innkeepers: all of them.",
        "The innkeeper: a man of few words.", "Innkeeper", "Assistant manager: Bob", "Guest: hello", "", " ",
        "Note: no rooms.",
    ])
    func `stays if it is part of what is said`(text: String) {
        #expect(SpeakerLabel(name: "Innkeeper").find(in: text, isComplete: true) == .none)
    }

    @Test(arguments: [
        (["Ass", "istant", ":", " Good", " evening."], "Good evening."),
        (["Ass", "ume so."], "Assume so."), (["Assistant"], "Assistant"),
        (["\"", "Assistant: hi\""], "\"Assistant: hi\""), (["Good ", "evening."], "Good evening."),
        (["**", "Assistant:**", " ", "* tea"], "tea"),
    ])
    func `is taken off however the text is cut`(pieces: [String], text: String) async throws {
        let model = UnlabelledGenerator(
            ScriptedModel(.pieces(pieces)), label: SpeakerLabel(name: "Assistant"))
        var (written, details) = ("", DraftDetails())
        let request = GenerationRequest(prompt: .chat([Message(.user, "Hi.")]), seed: 1)
        for try await event in model.generate(request, stopSignal: StopSignal()) {
            if case .text(let piece, 0) = event { written += piece }
            if case .details(let found, 0) = event { details = found }
        }
        #expect(written == text)
        #expect(details.tidied == (pieces.joined() == text ? [] : [.label]))
    }
}
