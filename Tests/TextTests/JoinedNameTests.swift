import Testing
import Text

@Suite("Names that a sign joins") struct JoinedNameTests {
    private let names = JoinedNames(in: ["Kettle & Vine, a subscription for loose-leaf tea", "Salt + Stone and Oak"])

    @Test(
        "A text that ends inside a name was cut",
        arguments: ["Tea Subscription for Kettle", "Tea Subscription for Kettle &", "A bar of Salt", "By SALT +"])
    func endsInside(text: String) { #expect(names.endsInside(text)) }

    @Test(
        "A text that ends with a whole name, or with another word, was not cut there",
        arguments: [
            "Tea from Kettle & Vine", "Tea from Kettle & Vine.", "Put on the kettle", "A pinch of salt",
            "Loose-Leaf Tea",
            "", "&", "Oak",
        ])
    func endsElsewhere(text: String) { #expect(!names.endsInside(text)) }

    @Test("Without names nothing is cut") func noNames() {
        #expect(!JoinedNames(in: ["a kettle and a vine", "R & d", "Kettle &"]).endsInside("For Kettle"))
    }
}
