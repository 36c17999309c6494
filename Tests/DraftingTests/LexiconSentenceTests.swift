// What a writer is told when drafts lack the words of the lexicon.

import Drafting
import Generation
import Testing

@Suite struct `Banned words in a writer's own texts` {
    private func conflicts(_ banned: [String], _ fields: [String: String]) -> [String] {
        var order = DraftOrder(prompt: "x", system: nil, raw: false, seed: 1)
        order.templateName = "ad"
        order.fields = fields
        order.request.conditions.lexicon.banned = banned
        return order.lexiconConflicts
    }

    @Test func `are named with their field`() {
        #expect(
            conflicts(["synergy", "game-chang*", "茶"], ["a": "Synergy’s end", "b": "A game-changer", "c": "我们的茶很好"])
                == [("a", "synergy"), ("b", "game-chang*"), ("c", "茶")].map {
                    "The field '\($0)' contains a word that your lexicon bans ('\($1)'), so no draft repeats it."
                })
        #expect(conflicts(["tea"], ["a": "steam, teapot"]) == [])
    }
}

@Suite struct `Words that drafts lack` {
    private func sentences(
        _ drafts: [(text: String, reason: FinishReason?)], _ must: Lexicon.Required..., candidates: Int = 0
    ) -> [String] {
        var generation = SavedGeneration(title: "t", model: ModelIdentity(name: "m", hash: "", engine: ""), seed: 1)
        generation.drafts = drafts.enumerated().map { index, draft in
            var saved = SavedDraft(
                id: Int64(index), generationId: 1, ordinal: index, text: draft.text, finishReason: draft.reason,
                createdAt: 0, updatedAt: 0)
            saved.isCandidate = index >= drafts.count - candidates
            return saved
        }
        var lexicon = Lexicon()
        lexicon.must = must
        return generation.lexiconShortfalls(lexicon)
    }

    private let advice =
        ": there was no room for it before the end. Raise the limit or the most tokens, or ask for "
        + "fewer words."

    @Test func `are named with the number of drafts, and with the cause if it is the room`() {
        #expect(
            sentences([("Tea.", .limit)], .init(word: "vine")) == [
                "The draft lacks 'vine', and your lexicon asks for it" + advice
            ])
        #expect(
            sentences([("Tea.", .limit), ("A Vine.", .stop), ("Cups", .length)], .init(word: "vine")) == [
                "1 of 3 drafts contain 'vine', and your lexicon asks for it in all" + advice
            ])
        #expect(
            sentences([("Tea.", .stop), ("Cups", .stop)], .init(word: "vine", variantCount: 1)) == [
                "0 of 2 drafts contain 'vine', and your lexicon asks for it in 1."
            ])
    }

    @Test func `are not missed in drafts that were stopped, that are no choice, or that have enough of them`() {
        #expect(sentences([("Tea", .stopped), ("", nil), ("x", .failed)], .init(word: "vine")) == [])
        #expect(sentences([("A vine.", .stop), ("Tea.", .stop)], .init(word: "vine"), candidates: 1) == [])
        #expect(sentences([("A vine.", .stop), ("Tea.", .limit)], .init(word: "Vine", variantCount: 1)) == [])
        #expect(sentences([("Kettle’s tea-time.", .stop)], .init(word: "kettle"), .init(word: "Tea")) == [])
        #expect(sentences([("我们的茶很好。", .stop)], .init(word: "茶")) == [])
        // More than there are drafts means all of them.
        #expect(sentences([("A vine.", .stop)], .init(word: "vine", variantCount: 5)) == [])
        #expect(sentences([("A vine.", .stop)]) == [])
    }
}
