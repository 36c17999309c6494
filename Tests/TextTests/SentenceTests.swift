import Testing

@testable import Text

@Suite struct `The sentences of a text` {
    @Test(arguments: [
        ("", 0), ("A headline", 1), ("One. Two.", 2), ("Really?! Yes…", 2), ("Costs 3.50 euros.", 1),
        ("“Stop.” He did.", 2), ("“Stop!” he said.", 1), ("今天。明天！", 2), ("See example.com now.", 1),
        ("Wait... what?", 1),
        ("Wait… Then go.", 2), ("One.Two", 1), ("Is it a?b=c", 1), ("👍", 1), ("Nice! 👍", 1), ("Nice! 👍 Buy it.", 2),
        ("まず。「はい。」次。", 3), ("यह है। वह है।", 2), ("هل هذا؟ نعم.", 2), ("Title\n\nBody text.", 2),
        ("wrapped\nonto two lines.", 1),
        ("- Milk\n- Eggs", 2), ("It ended (at last). We left.", 2), ("*One.* Two.", 2), ("He left.\"", 1),
    ])
    func `are counted by what ends them`(text: String, sentences: Int) {
        #expect(TextLength(of: text).sentences == sentences)
    }

    @Test(arguments: [
        "The sale ends on Sept. 5 at noon.", "Our shop on 5th Ave. opens at nine.", "It opens Jan. 5 in Leeds.",
        "Add approx. 5 parts water.", "1. Buy milk.", "Am 3. Mai geht es los.", "Das ist z. B. ein Haus.",
        "Mr. Smith met Dr. Jones and Prof. Lee.", "The U.S. economy grew.", "Yes, e.g. Cats.", "See No. 5 first.",
        "J. K. Rowling wrote it.", "Acme Inc. sells lamps.", "We met at 3 p.m. Monday at the pier.",
        "The 19. Jahrhundert began.",
        "Das 19. Jahrhundert begann.", "Meet St. Paul today.", "A. First point", "II. Second part",
        "Vgl. Kap. 3 und Abb. 4.",
        "M. Dupont habite ici.", "La Sra. García vive aquí.", "Il dott. Rossi è qui.", "O Sr. Silva mora aqui.",
        "Art. 5 GG gilt.",
        "Nr. 7 ist da.", "Bitte bis 24. Dezember bestellen.", "Call Lt. Cdr. Brown.", "The J.P. Morgan office.",
        "Tel. 030 1234",
        "Der 2. Weltkrieg war lang.", "Im 3. OG ist es.", "Die 2. Bundesliga spielt.", "Am 1. Advent ist es.",
        "Der 40. Jahrestag kommt.",
        "Hr. Müller und Fr. Meier kommen.", "Mo.–Fr. 9–18 Uhr offen.", "Max. 5 Stück.", "Bhf. Zoo ist nah.",
        "« Viens ! » dit-il.",
        "En EE. UU. hay.", "iv. Buy milk.", "Attn. Mr. Lee.", "It opens on 5 mar. 2026.", "Am 3. 4. 2026 geht es los.",
        "  12. Twelfth item", "(1. First)", "Open Mon.–Fri. 9 to 5.", "It weighs 5 lbs. per box.",
    ])
    func `do not end at an abbreviation, a number, a list mark or an initial`(text: String) {
        #expect(TextLength(of: text).sentences == 1, "\(Sentences.ends(in: text, isComplete: true))")
    }

    @Test(arguments: [
        "We go. All is well.", "Ready, set, go. Now we run.", "Get up. He left.", "That is all. We left.",
        "It is the end. Fin.",
        "I made it by 5. Then I left.", "They sold 24. Everyone cheered.", "He lives on 5th Ave. The house is big.",
        "It opens at 9 a.m. We wait.", "Bring milk, eggs, etc. Then cook.", "It was I. You knew.",
        "The answer is no. Try again.",
        "She likes art. He likes music.", "We sat. They stood.", "In the sun. On the sea.", "Ich mag das. Du nicht.",
        "El sol. La luna.",
        "It is new. 5 remain.", "It is new. $5 each.", "This is art. 20 artists show it.",
        "Just say no. 5 reasons follow.",
        "It is out. iPhone is next.", "We sell all. eBay sells it.", "It starts at 5 p.m. Free entry!",
        "Visit Acme Inc. Call now.",
        "Come to 5th Ave. Shop now.", "Come to Baker St. Free parking.", "Lamps, desks, etc. Shop now.",
        "Get it in Sept. Order now.",
        "Made in the U.S.A. Free shipping.", "Get plan B. Call us.", "Get vitamin D. Feel better.",
        "It is USB-C. Charge fast.",
        "Heute 50 % inkl. MwSt. Sofort lieferbar.", "Livres, stylos, etc. Achetez maintenant.",
        "a) Buy milk. b) Buy eggs.",
        "今天很好!明天更好。", "I am 24. The lamp is new.", "She works for the gov. Visit her.", "Choose plan B. Then pay.",
        "It is in. Good.", "Made in the U.S.A. It lasts.", "Max. He is a dog.",
        "A new test. Another one.",
    ])
    func `end at ordinary words and behind what may end one`(text: String) {
        #expect(TextLength(of: text).sentences == 2, "\(Sentences.ends(in: text, isComplete: true))")
    }

    @Test(arguments: [
        ("Open on Sept. ", 0, 0), ("Open on Sept. 5", 0, 0), ("On 5th Ave. T", 0, 1), ("On 5th Ave. The", 1, 1),
        ("On 5th Ave. The ", 1, 1),
        ("At 5 p.m. Mon", 0, 1), ("At 5 p.m. Monday ", 0, 0), ("In the U.S. Thomas ", 0, 0), ("Am 3. M", 0, 1),
        ("Am 3. Mai ", 0, 0), ("It is 3. Mond ", 1, 1),
        ("It is so. B", 1, 1),
    ])
    func `are certain only once the next word cannot change it`(text: String, certain: Int, possible: Int) {
        let ends = Sentences.ends(in: text, isComplete: false)
        #expect(ends.count(where: \.isCertain) == certain, "\(ends)")
        #expect(ends.count == possible, "\(ends)")
    }

    @Test func `end behind what closes after the terminator`() {
        #expect(Sentences.ends(in: "“Yes.” Then (no!) He.", isComplete: true).map(\.offset) == [10, 21])
    }
}
