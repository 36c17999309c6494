// A chat on a terminal: asks for words, shows answers, does what the words with a slash say.
// - Whatever fails is told in a sentence, and the chat goes on; words that could not be kept stand at the prompt again.
// - Ctrl-C stops an answer and keeps it; at an empty prompt, the second one ends the chat, as Ctrl-D does.

import Chat
import Dispatch
import Export
import Foundation
import Generation
import Models
import Store
import Templates

final class ChatLoop {
    let talk: ChatTalk
    /// How new conversations are begun.
    let opening: ChatOpening
    let reader = LineReader(environment: ProcessInfo.processInfo.environment)
    /// What stands at the prompt to begin with.
    var nextText = ""
    /// What happens with the text that is sent, if it is not simply said.
    var editing: Turn?
    private var ending: [any DispatchSourceSignal] = []

    init(_ talk: ChatTalk, opening: ChatOpening) {
        self.talk = talk
        self.opening = opening
        talk.isInteractive = true
    }

    func run() async throws {
        watchEndings()
        defer { for source in ending { source.cancel() } }
        try begin()
        var wasCancelled = false
        while true {
            let text = nextText
            nextText = ""
            switch await reader.read(prompt: prompt, text: text, history: said) {
            case .ended: return
            case .cancelled(let wasEmpty):
                editing = nil
                if wasEmpty, wasCancelled { return }
                wasCancelled = wasEmpty
                if wasEmpty { Console.printError("Ctrl-C again, or Ctrl-D, ends the chat.") }
            case .text(let text):
                wasCancelled = false
                do {
                    if try await !take(text) { return }
                } catch let error as BrokenPipe {
                    throw error
                } catch {
                    Console.printError("copydesk: \(Console.sentence(of: error))")
                    if !nextText.isEmpty { tellUnsent() }
                }
            }
        }
    }

    private func tellUnsent() {
        Console.printError("(Your words stand at the prompt again: Enter sends them, Ctrl-C clears them.)")
    }

    /// What the user said in this conversation, for the keys up and down.
    private var said: [String] { talk.turns.filter { $0.role == .user }.map(\.text) }

    private var prompt: String {
        let name = talk.conversation.persona.speakers.user
        return name == Persona.Speakers().user ? "> " : "\(name)> "
    }

    private func begin() throws {
        let conversation = talk.conversation
        let count = talk.turns.count
        Console.printError(
            "\(conversation.persona.title), answered by \(talk.modelName)"
                + (count > 0 ? ": \(conversation.title) (\(count) turns)" : "")
                + ". /help lists the words, Ctrl-D ends.")
        if talk.isNew { for line in opening.filledFields() { Console.printError(line) } }
        if let greeting = talk.greeting ?? (talk.turns.last?.role == .assistant ? talk.turns.last?.text : nil) {
            try show(greeting)
        }
        do {
            _ = try talk.openModel()
        } catch {
            Console.printError("copydesk: \(Console.sentence(of: error))")
        }
        guard let words = try talk.unsentWords() else { return }
        nextText = words
        Console.printError("(What you said last has no answer yet: Enter sends it, Ctrl-C clears it.)")
    }

    /// Shows what the other one says, with its name if the persona gives it one.
    func show(_ text: String) throws { try Console.writeWrapped("\(talk.speakerPrefix)\(text)\n\n") }

    /// - Returns: false if the chat ends.
    private func take(_ text: String) async throws -> Bool {
        if let turn = editing {
            editing = nil
            try await sendEdited(text, instead: turn)
            return true
        }
        switch ChatWord.read(text) {
        case .nothing: return true
        case .unknown(let sentence):
            Console.printError("copydesk: \(sentence)")
            return true
        case .word(.quit, _): return false
        case .word(let word, let argument):
            try await perform(word, argument)
            return true
        case .say(let words):
            try await say(words)
            return true
        }
    }

    private func say(_ words: String) async throws {
        let user: Turn
        do {
            _ = try talk.openModel()
            user = try talk.keep(words)
        } catch {
            nextText = words
            throw error
        }
        do {
            try await answer(.answer(to: user.id))
        } catch {
            if error is BrokenPipe { throw error }
            if !talk.wasSent { _ = try? talk.withdraw(user) }
            if !talk.wasSent || talk.unanswered != nil { nextText = words }
            throw error
        }
    }

    /// Writes an answer; Ctrl-C stops it and keeps what is written.
    func answer(_ target: ChatAnswer.Target) async throws {
        let stopSignal = StopSignal()
        reader.beginAnswer()
        let interrupts = InterruptWatch(stopSignal: stopSignal)
        defer {
            interrupts.cancel()
            reader.restore()
        }
        let generation = try await talk.answer(target, stopSignal: stopSignal)
        let unanswered = talk.unanswered
        if stopSignal.isRaised {
            Console.printError(
                unanswered == nil ? "(stopped; what was written is kept)" : "(stopped before the first word)")
        }
        tellEnd(generation)
        try Console.write("\n")
        guard let unanswered else { return }
        nextText = unanswered.text
        tellUnsent()
    }

    private func tellEnd(_ generation: SavedGeneration?) {
        guard let drafts = generation?.drafts else { return }
        if drafts.count > 1 { Console.printError("The conversation goes on from draft 1; /swipe N chooses another.") }
        if drafts.contains(where: { $0.finishReason == .length }) {
            Console.printError("(cut by the most tokens; /continue goes on)")
        }
        if drafts.allSatisfy(\.text.isEmpty), talk.unanswered == nil {
            Console.printError("(no text; /retry tries again)")
        }
    }

    /// Restores the terminal if the program is told to end while it waits for a key.
    private func watchEndings() {
        ending = [SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { [reader] in
                reader.restore()
                exit(ExitStatus.interrupted)
            }
            source.resume()
            return source
        }
    }
}
