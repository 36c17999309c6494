// The brand's values in the fields of a template.

import Generation
import Testing

@Suite struct `A brand profile` {
    private let brand = BrandProfile([
        .product: "Kettle & Vine, loose-leaf tea", .audience: "people at home", .tone: "Warm", .benefit: "calm",
    ])
    private let fields = [
        PromptField(name: "product", label: "Product", isRequired: true),
        PromptField(name: "benefit", label: "Benefit"),
        PromptField(name: "audience", label: "Audience"),
        PromptField(name: "tone", label: "Tone", kind: .choice, choices: ["warm", "urgent"], defaultValue: "urgent"),
        PromptField(name: "keyword", label: "Keyword"),
    ]

    @Test func `fills the fields of its names, in their normal form`() {
        #expect(
            brand.values(for: fields) == [
                "product": "Kettle & Vine, loose-leaf tea", "benefit": "calm", "audience": "people at home",
                "tone": "warm",
            ])
        #expect(BrandProfile().values(for: fields) == [:] && BrandProfile([.tone: " \n"]).isEmpty)
    }

    @Test func `leaves what is given, even if it is empty`() {
        #expect(
            brand.values(for: fields, beside: ["product": " kettle & vine, loose-leaf tea", "tone": ""])
                == ["benefit": "calm", "audience": "people at home"])
    }

    @Test func `keeps its benefit and its audience from another product`() {
        #expect(brand.values(for: fields, beside: ["product": "Aurora, a desk lamp"]) == ["tone": "warm"])
    }

    @Test func `is not used in a field that does not take it`() {
        let fields = [PromptField(name: "tone", label: "Tone", kind: .choice, choices: ["formal"])]
        #expect(brand.values(for: fields) == [:])
        #expect(
            brand.refused(by: fields).map { $0.problem.sentence(label: $0.field.label) } == [
                "Tone cannot be 'Warm': choose one of formal."
            ])
        #expect(brand.refused(by: self.fields).isEmpty)
    }
}

@Suite struct `The words of a lexicon` {
    private func lexicon(_ banned: String...) -> Lexicon {
        var lexicon = Lexicon()
        lexicon.banned = banned
        return lexicon
    }

    @Test(arguments: [
        ("synergy", "Real SYNERGY!", true), ("synergy", "synergistic, synergyless", false),
        ("synergy", "It is synergy-free.", true),
        ("game-chang*", "A game-changer", true), ("kettle", "Kettle’s", true),
        ("synerg*", "A synergistic plan", true), ("state of the art", "It is state of the art.", true),
        ("state of the art", "the art of the state", false), ("tea", "steam", false), ("a b", "a", false),
        ("tea", "", false), ("Tee", "Der beste Tee.", true), ("café", "Un CAFÉ", true),
    ])
    func `are found as words of their own, in any casing`(word: String, text: String, stands: Bool) {
        #expect(lexicon(word).bannedWord(in: text) == (stands ? word : nil))
    }

    @Test func `contradict each other if a required word contains a banned one`() {
        var lexicon = lexicon("tea", "leverag*")
        lexicon.must = [.init(word: "green Tea"), .init(word: "cups"), .init(word: "Leverage", variantCount: 2)]
        #expect(lexicon.contradictions.map(\.word) == ["green Tea", "Leverage"])
        #expect(lexicon.contradictions.map(\.banned) == ["tea", "leverag*"])
    }
}
