// The writer's brand and lexicon, as generate uses them.

import Foundation
import Testing

private let template = """
    ---
    name: Ad
    fields:
      - {name: product, label: Product, required: true, example: "Aurora, a desk lamp"}
      - {name: benefit, label: Benefit, example: bright}
      - {name: tone, label: Tone, kind: choice, choices: [warm, urgent], default: urgent, example: warm}
    ---
    Product: {{ product }}. Benefit: {{ benefit }}. Tone: {{ tone }}.

    """

private func home(_ settings: String) throws -> Home {
    let home = try Home()
    try home.write(template, to: "config/templates/ad.md")
    try home.write(settings, to: "config/config.yaml")
    return home
}

@Suite struct `The brand at the command line` {
    private let brand = "brand: {product: Kettle & Vine, benefit: calm, tone: Warm, audience: readers}\n"

    private func prompt(_ home: Home, _ arguments: String...) throws -> Run {
        try home.run(["inspect", "prompt", "ad", "--json"] + arguments)
    }

    @Test func `fills the fields that are not given, and says which`() throws {
        let home = try home(brand)
        let whole = try prompt(home)
        #expect(whole.error == "copydesk: From your brand: product, benefit, tone.\n")
        #expect(
            (try whole.json["prompt"] as? String)?.contains("Product: Kettle & Vine. Benefit: calm. Tone: warm.")
                == true)
        let part = try prompt(home, "-p", "tone=urgent")
        #expect(part.error == "copydesk: From your brand: product, benefit.\n")
        #expect((try part.json["prompt"] as? String)?.contains("Tone: urgent.") == true)
    }

    @Test func `leaves out the benefit of its product beside another product`() throws {
        let run = try prompt(try home(brand), "-p", "product=Aurora")
        #expect(run.error == "copydesk: From your brand: tone.\n")
        #expect((try run.json["prompt"] as? String)?.contains("Product: Aurora. Benefit: . Tone: warm.") == true)
    }

    @Test func `is not used for the examples, nor where a field does not take it`() throws {
        let examples = try prompt(try home(brand), "--examples")
        #expect(examples.error.isEmpty)
        #expect((try examples.json["prompt"] as? String)?.contains("Product: Aurora, a desk lamp.") == true)
        let odd = try prompt(try home("brand: {product: Tea, tone: gloomy}\n"))
        #expect(
            odd.error == """
                copydesk: From your brand: product.
                copydesk: The tone of your brand is not used here. Tone cannot be 'gloomy': choose one of warm, urgent.

                """)
        #expect((try odd.json["prompt"] as? String)?.contains("Tone: urgent.") == true)
    }

    @Test func `is set by config set, and kept with the draft as its fields`() throws {
        let home = try home("")
        #expect(try home.run("config", "set", "brand.product", "Kettle & Vine").status == 0)
        #expect(try home.run("config", "get", "brand.product").output == "Kettle & Vine\n")
        let run = try home.run("generate", "ad", "-n", "1", "--seed", "1", "--json", "-o", "max_tokens=2")
        let generation = try #require(try run.json["generation"] as? [String: Any], "\(run.error)")
        #expect((generation["fields"] as? [String: String])?["product"] == "Kettle & Vine")
    }
}

@Suite struct `The lexicon at the command line` {
    private func run(_ home: Home, _ arguments: String...) throws -> Run {
        try home.run(["generate", "--seed", "1", "--json", "-o", "max_tokens=1"] + arguments)
    }

    @Test func `says before it writes that a banned word stands in a field or must occur`() throws {
        let home = try home("lexicon: {banned: [\"synerg*\"]}\n")
        let field = try run(home, "ad", "-p", "product=Synergistic tea", "-n", "1")
        #expect(
            field.status == 0
                && field.error
                    == "copydesk: The field 'product' contains a word that your lexicon bans ('synerg*'), so no draft "
                    + "repeats it.\n"
        )
        let prompt = try run(home, "--prompt", "Write about synergy.", "-o", "must_include=synergy now", "-n", "1")
        #expect(
            prompt.error.hasPrefix(
                """
                copydesk: The prompt contains a word that your lexicon bans ('synerg*'), so no draft repeats it.
                copydesk: must_include asks for 'synergy now', and your lexicon bans 'synerg*'. Remove one of the two.

                """), "\(prompt.error)")
        #expect(try run(home, "ad", "-p", "product=Tea", "-n", "1").error.isEmpty)
    }

    @Test func `says which required word had no room`() throws {
        let home = try home("lexicon: {must: [incontrovertible, {word: unquestionably, in: 1}]}\n")
        let run = try run(home, "ad", "-p", "product=Tea", "-n", "2")
        #expect(
            run.error == """
                copydesk: 0 of 2 drafts contain 'incontrovertible', and your lexicon asks for it in all: there was no room \
                for it before the end. Raise the limit or the most tokens, or ask for fewer words.
                copydesk: 0 of 2 drafts contain 'unquestionably', and your lexicon asks for it in 1: there was no room for \
                it before the end. Raise the limit or the most tokens, or ask for fewer words.

                """)
    }

    @Test func `a required word with a number of variants is set as it is written`() throws {
        let home = try home("")
        #expect(
            try home.run("config", "set", "lexicon.must", "tea", "{word: Kettle & Vine, in: 2}").status == 0)
        #expect(try home.settingsText() == "lexicon:\n  must: [\"tea\", {word: \"Kettle & Vine\", in: 2}]\n")
        #expect(try home.run("config", "get", "lexicon.must").output == "tea\n{word: \"Kettle & Vine\", in: 2}\n")
        let refused = try home.run("config", "set", "lexicon.must", "{word: tea, in: 0}")
        #expect(refused.status == 64 || refused.status == 2, "\(refused.status)")
        #expect(refused.error.contains("lexicon.must takes words, or {word: tea, in: 2}"), "\(refused.error)")
    }
}
