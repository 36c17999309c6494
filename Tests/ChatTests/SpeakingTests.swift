import Chat
import Generation
import Testing

@Suite struct `Who speaks` {
    @Test func `is named by the persona`() {
        let persona = Persona(speakers: Persona.Speakers(user: "Guest", assistant: "Innkeeper"))
        let conversation = Conversation(persona: persona, model: "built-in")
        #expect(conversation.speaker(of: Turn(role: .assistant, text: "Good evening.")) == "Innkeeper")
        #expect(conversation.speaker(of: Turn(role: .user, text: "A room, please.")) == "Guest")
    }
}
