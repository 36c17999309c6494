// Candidates, parts and thoughts at the command line: what is printed, what is said beside it, what stays hidden.

import Drafting
import Foundation
import Generation
import Store
import Testing

@testable import copydesk

@Suite struct `Candidates from the command line` {
    /// A home with one generation: two chosen drafts of two parts, and two candidates that were left out.
    private func written() throws -> Home {
        let home = try Home()
        let store = try DraftStore.open(path: home.path("data/copydesk.db"))
        var generation = SavedGeneration(
            title: "Search ad", prompt: "Sell a lamp.", model: ModelIdentity(name: "m", hash: "", engine: ""), seed: 7,
            drafts: (0..<4).map {
                SavedDraft(id: 0, generationId: 0, ordinal: $0, text: "", createdAt: 0, updatedAt: 0)
            })
        generation.parts = [
            PartSpecification(name: "Headline", limits: LengthLimits(characters: 30)), PartSpecification(name: "Text"),
        ]
        var kept = try store.beginGeneration(generation)
        for (index, text) in ["Bright\nAll night.", "Warm\nAll day.", "Dark\nNo.", "Dim\nHm."].enumerated() {
            kept.drafts[index].text = text
            kept.drafts[index].finishReason = .stop
            kept.drafts[index].isCandidate = index >= 2
            kept.drafts[index].details.score = DraftScore(
                meanLogProbability: -1 - Double(index) / 4, parts: ["complete": 0.5])
        }
        kept.drafts[0].details.reasoning = "They want a lamp."
        kept.status = .complete
        try store.finishGeneration(kept)
        try store.close()
        return home
    }

    @Test func `lists and exports hide them until they are asked for`() throws {
        let home = try written()
        let list = try home.run("history")
        #expect(list.output.contains("Warm All day.") && !list.output.contains("Dark No."))
        #expect(try home.run("history", "--candidates").output.contains("· Dark No."))
        let item = try #require(try home.run("history", "--json").objects("generations").first)
        #expect(item["candidates"] as? Int == 2 && (item["drafts"] as? [Any])?.count == 2)
        #expect(try home.run("history", "search", "lamp", "--json").objects("drafts").count == 2)
        #expect(try home.run("history", "search", "lamp", "--candidates", "--json").objects("drafts").count == 4)
        #expect(try home.run("export", "--all", "--format", "json").objects("drafts").count == 2)
        let all = try home.run("export", "--all", "--candidates", "--format", "json").objects("drafts")
        #expect(all.map { $0["candidate"] as? Bool } == [false, false, true, true])
    }

    @Test func `one that is named by its id is shown and exported, and the addition is refused beside ids`() throws {
        let home = try written()
        #expect(try home.run("export", "3", "--format", "txt").output.contains("Headline: Dark\nText: No.\n"))
        let refused = try home.run("export", "3", "--candidates")
        #expect(refused.status == 2)
        #expect(refused.error.contains("a draft that is named by its id is exported even if it was not chosen"))
        let nothing = try home.run("export", "--candidates")
        #expect(nothing.status == 2 && nothing.error.contains("Nothing to export"))
        #expect(try home.run("history", "show", "3").output.contains("a candidate that was not chosen"))
    }

    @Test func `a draft is shown with its parts, and on request with its thoughts and the others`() throws {
        let home = try written()
        let plain = try home.run("history", "show", "1").output
        #expect(plain.contains("\nHeadline: Bright\nText: All night.\n"))
        #expect(plain.contains("4 words, not part of the text") && !plain.contains("They want a lamp."))
        #expect(plain.contains("30 characters (kept while writing)"))
        #expect(try home.run("history", "show", "1", "--reasoning").output.contains("They want a lamp."))
        let whole = try home.run("history", "show", "1", "--candidates").output
        #expect(whole.contains("Chosen:\n  1. draft 1: -0.50 = likelihood -1.00, complete +0.50"))
        #expect(whole.contains("Left out:\n  3. draft 3: -1.00 ="))
        let json = try home.run("history", "show", "1", "--candidates", "--json")
        #expect(try json.objects("drafts").compactMap { $0["id"] as? Int } == [1, 3, 4])
        #expect(try json.json["candidates"] as? Int == 0)
        #expect(try home.run("history", "show", "1", "--json").json["candidates"] as? Int == 2)
    }

    @Test func `thoughts are exported only if they are asked for`() throws {
        let home = try written()
        for format in ["md", "txt", "html", "json", "jsonl", "csv"] {
            #expect(try !home.run("export", "--all", "--format", format).output.contains("They want a lamp."))
            let asked = try home.run("export", "--all", "--format", format, "--reasoning")
            #expect(asked.output.contains("They want a lamp."), "\(format)")
        }
    }

    @Test func `a salvage hides nothing that it could read`() throws {
        let home = try written()
        #expect(try home.run("salvage", home.path("saved.json")).status == 0)
        let saved = try String(contentsOfFile: home.path("saved.json"), encoding: .utf8)
        #expect(saved.contains("They want a lamp.") && saved.contains("\"Dim\\nHm.\""))
    }

    @Test func `what was written by the built-in model has every key, in generate as in history`() throws {
        let home = try Home()
        let run = try home.run(
            "generate", "article-headline", "--examples", "-n", "2", "--seed", "7", "-o", "best_of=0", "--json")
        #expect(try run.json["candidates"] as? Int == 0)
        let draft = try #require(try run.objects("drafts").first)
        for key in ["reasoning", "parts", "tidied", "again", "twinOf", "candidate", "score"] {
            #expect(draft[key] != nil, "\(key)")
        }
    }
}

@Suite struct `What generate says of its drafts` {
    private func generation(_ texts: [String]) -> SavedGeneration {
        SavedGeneration(
            title: "t", model: ModelIdentity(name: "m", hash: "", engine: ""), seed: 9,
            drafts: texts.enumerated().map { index, text in
                SavedDraft(
                    id: 0, generationId: 0, ordinal: index, text: text, finishReason: .stop, createdAt: 0, updatedAt: 0)
            })
    }

    @Test func `parts stand behind their names, and a twin names the draft that it equals`() {
        var written = generation(["Bright\nAll night.", "Bright\nAll night."])
        written.drafts[1].details.twinOf = 0
        #expect(DraftNotes.numbered(written) == "1.\nBright\nAll night.\n\n2. (= 1)\nBright\nAll night.\n\n")
        written.parts = [PartSpecification(name: "Headline"), PartSpecification(name: "Text")]
        #expect(DraftNotes.numbered(written).hasPrefix("1.\nHeadline: Bright\nText: All night.\n"))
        written.drafts.removeLast()
        #expect(DraftNotes.numbered(written) == "Headline: Bright\nText: All night.\n")
    }

    @Test func `attempts, twins and thoughts that took all tokens get a sentence each`() {
        var written = generation(["a", "b", "b", ""])
        written.drafts[1].details.attempts = 2
        written.drafts[2].details.attempts = 3
        written.drafts[2].details.twinOf = 1
        written.drafts[3].details.reasoning = "So much to think"
        written.drafts[3].finishReason = .length
        written.drafts[3].tokenCount = 256
        #expect(
            DraftNotes.sentences(about: written) == [
                "Draft 2 was written again, because it equaled another text.",
                "Draft 3 equals draft 2, although it was written 3 times.",
                "Draft 4 is empty: the model's thoughts took all 256 tokens. Allow more with -o max_tokens=…, or less "
                    + "thinking with -o reasoning=low or off.",
            ])
        written.drafts[0].details.endedBefore = "synergy"
        #expect(
            DraftNotes.sentences(about: written)[1]
                == "Draft 1 ends before 'synergy', which is banned: nothing else fit there.")
        written.drafts[0].details.endedBefore = nil
        written.drafts[2].details.attempts = 1
        #expect(DraftNotes.sentences(about: written)[1] == "Draft 3 equals draft 2.")
        #expect(DraftNotes.sentences(about: generation(["a", "b"])).isEmpty)
    }

    @Test func `a text is printed while it is written only if nothing of it can become void`() {
        func streams(_ change: (inout GenerationRequest) -> Void) -> Bool {
            var request = GenerationRequest(prompt: .raw("x"), variantCount: 1, seed: 1)
            change(&request)
            return StreamingPrinter(request: request, mayStream: true, stopSignal: StopSignal()).isStreaming
        }
        #expect(streams { _ in })
        #expect(streams { $0.sampling.distinct = .text })
        #expect(streams { $0.conditions.inputs = ["x"] })
        #expect(
            !streams {
                $0.sampling.distinct = .text
                $0.conditions.inputs = ["x"]
            })
        #expect(!streams { $0.variantCount = 2 })
        #expect(!streams { $0.sampling.bestOf = 8 })
        #expect(!streams { $0.conditions.parts = [PartSpecification(name: "Headline")] })
    }

    @Test func `the reasons of a choice are in plain words, the weightiest first, and add up`() {
        var written = generation(["good", "bad"])
        written.drafts[0].details.score = DraftScore(
            meanLogProbability: -1.25, parts: ["unnamed": -2.5, "sameOpening": -1.5, "overlap": -0.004])
        written.drafts[1].details.score = DraftScore(meanLogProbability: -2, parts: ["over": -2])
        written.drafts[1].isCandidate = true
        #expect(
            ChoiceText.report(of: written) == """
                Chosen:
                  1. -5.25 = likelihood -1.25, lacks a name -2.50, opens like a better one -1.50
                     good
                Left out:
                  2. -4.00 = likelihood -2.00, is over the limit -2.00
                     bad

                """)
        #expect(
            ChoiceText.report(of: generation(["a"])).hasPrefix("No candidates were compared, so there are no reasons"))
    }

    @Test func `likelihoods follow the candidates to their places, and those of a void text are dropped`() throws {
        let likelihoods = Likelihoods()
        func token(_ text: String) -> TokenAlternative { TokenAlternative(id: 1, text: text, logProbability: -1) }
        func take(_ event: GenerationEvent) { likelihoods.take(.generation(event)) }
        take(.alternatives(variant: 0, position: 0, [], chosen: token("void")))
        take(.restarted(variant: 0))
        take(.alternatives(variant: 0, position: 0, [], chosen: token("a")))
        take(.alternatives(variant: 1, position: 0, [], chosen: token("b")))
        take(.chosen([1, 0]))
        let text = likelihoods.json(of: generation(["b", "a"]))
        let read = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let drafts = try #require(read["drafts"] as? [[String: Any]])
        let tokens = drafts.map { ($0["logprobs"] as? [[String: Any]])?.compactMap { $0["text"] as? String } }
        #expect(tokens == [["b"], ["a"]])
    }
}
