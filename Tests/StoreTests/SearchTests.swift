// Finding anything ever drafted.

import Foundation
import Generation
import Store
import Testing

@Suite struct SearchTests {
    let folder: TemporaryFolder
    let store: DraftStore

    init() throws {
        folder = try TemporaryFolder()
        store = try DraftStore.open(path: folder.store)
    }

    @Test func `all words must be there, in any order, whatever the case and the accents`() throws {
        try store.keep("The café opens at dawn", "A lamp for the desk")
        #expect(try store.found("DAWN cafe") == ["The café opens at dawn"])
        #expect(try store.found("cafe desk").isEmpty)
        #expect(try store.found("the") == ["A lamp for the desk", "The café opens at dawn"])
    }

    @Test func `every word matches as a beginning, in any order, but not in quotes`() throws {
        try store.keep("benefits of exercise", "night at the glacier")
        #expect(try store.found("exerc").count == 1)
        for words in ["benefits exerc", "exerc benefits", "exerc benef ", "EXER \"benefits\""] {
            #expect(try store.found(words) == ["benefits of exercise"], "\(words)")
        }
        for words in ["night glac", "glac night", "glac the nig"] {
            #expect(try store.found(words) == ["night at the glacier"], "\(words)")
        }
        #expect(try store.found("lacier").isEmpty)
        #expect(try store.found("\"exerc\" benefits").isEmpty)
        #expect(try store.found("\"exerc\"").isEmpty)
    }

    @Test func `quoted words stay together`() throws {
        try store.keep("slow dogs and quick foxes", "quick dogs")
        #expect(try store.found("\"quick dogs\"") == ["quick dogs"])
        #expect(try store.found("\"quick dogs") == ["quick dogs"])
    }

    @Test(arguments: [
        "模", "模板", "言模型", "型可以", "以写作", "東京", "ラン", "ランプ", "램프", "프를", "写作", "GPT模型", "ｇｐｔ",
    ])
    func `any substring of Chinese, Japanese or Korean is found`(piece: String) throws {
        let text = "语言模型可以写作，模板也可以。東京でランプを買う。램프를 샀다. GPT模型"
        try store.keep(text, "nothing of it")
        #expect(try store.found(piece) == [text])
    }

    @Test(arguments: ["板模", "型语", "京東", "写模"])
    func `characters that are not neighbours are not found as if they were`(piece: String) throws {
        try store.keep("语言模型可以写作，模板也可以。東京で")
        #expect(try store.found(piece).isEmpty)
    }

    @Test func `composed and decomposed, full and half width find one another`() throws {
        try store.keep("カ\u{3099}ラス", "ﾗﾝﾌﾟ", "Ｈｅｌｌｏ", "Zu\u{308}rich")
        #expect(try store.found("ガラス").count == 1)
        #expect(try store.found("ランプ").count == 1)
        #expect(try store.found("hello").count == 1)
        #expect(try store.found("Zürich").count == 1)
    }

    @Test func `prompt, note, tags, title and fields are searched too`() throws {
        let kept = try store.keep(
            "text", prompt: "<|im_start|>user\nPraise the zeppelin<|im_end|>", template: "product-ad",
            fields: ["product": "Aurora, a solar desk lamp"])
        try store.setNote("ask Berlin", draftId: kept.drafts[0].id)
        try store.tag("autumn", draftIds: [kept.drafts[0].id])
        for query in ["zeppelin", "berlin", "autumn", "product-ad", "solar", "aurora zeppelin text"] {
            #expect(try store.found(query) == ["text"], "\(query)")
        }
        for query in ["im_start", "user"] { #expect(try store.found(query).isEmpty, "\(query)") }
    }

    @Test(arguments: [
        "\"", "\"\"", "*", "a*", "(", "AND", "OR NOT", "NEAR(a b)", "text:lamp", "-lamp", "^lamp", "{a b}: c", "'", ";",
        "a\0b", "\\", "%", "lamp\" OR \"x", "+", "\u{301}", "a AND", "💡*", ". , ;", "\u{FFFF}", "draftSearch",
    ])
    func `nothing a user types is a syntax error`(query: String) throws {
        try store.keep("a lamp")
        _ = try store.search(HistoryQuery(text: query), limit: 10)
    }

    @Test func `a query of any length is answered`() throws {
        try store.keep("a lamp")
        #expect(try store.found(String(repeating: "word ", count: 100_000)).isEmpty)
        #expect(try store.found(String(repeating: "灯", count: 100_000)).isEmpty)
        #expect(try store.found(String(repeating: "\"lamp\" ", count: 100)).count == 1)
    }

    @Test func `emoji and signs are found in the text itself`() throws {
        try store.keep("Grand opening 🎉 today", "50 % off", "plain")
        #expect(try store.found("🎉") == ["Grand opening 🎉 today"])
        #expect(try store.found("grand 🎉") == ["Grand opening 🎉 today"])
        #expect(try store.found("plain 🎉").isEmpty)
        #expect(try store.found("%") == ["50 % off"])
        #expect(try store.found("plain -") == ["plain"])
    }

    @Test func `an empty query finds everything of its scope, newest first, page by page`() throws {
        for number in 1...5 { try store.keep("text \(number)") }
        for text in ["", "  ", "text"] {
            #expect(try store.found(text, limit: 2) == ["text 5", "text 4"])
            #expect(try store.found(text, limit: 0).isEmpty)
            var seen: [[String]] = []
            var request = HistoryPageRequest(query: HistoryQuery(text: text), limit: 2)
            repeat {
                let page = try store.history(request)
                seen.append(page.generations.map { $0.drafts[0].text })
                request.after = page.next
            } while request.after != nil && seen.count < 9
            #expect(seen == [["text 5", "text 4"], ["text 3", "text 2"], ["text 1"]], "by “\(text)”")
        }
        let first = try store.search(HistoryQuery(), limit: 1).first
        #expect(first?.generation.drafts.map(\.text) == ["text 5"])
    }

    @Test func `a draft is found by its streamed text once it is finished or interrupted`() throws {
        let begun = try store.beginGeneration(.example())
        try store.saveText(begun.writing("a zebra").drafts)
        #expect(try store.found("lamp") == ["a zebra"])
        try store.finishGeneration(begun.writing("a zebra").ended(.stopped, nil))
        #expect(try store.found("zebra") == ["a zebra"])
    }

    @Test(arguments: [
        "DROP TABLE draftSearch", "DROP TABLE draftSearch_data", "DROP TABLE draftSearch_config",
        "DELETE FROM draftSearch_data", "UPDATE draftSearch_data SET block = x'00ff00ff'",
        "DELETE FROM draftSearch_docsize", "DELETE FROM draftSearch WHERE rowid = 1", "PRAGMA user_version = 0",
    ])
    func `a missing or broken index is made anew when the store is opened`(damage: String) throws {
        try store.keep("a lamp", "灯光")
        try store.execute(damage)
        try store.close()
        let again = try DraftStore.open(path: folder.store)
        #expect(again.recovery.rebuiltSearch)
        #expect(try again.found("lamp").count == 2)
        #expect(try again.found("灯") == ["灯光"])
        #expect(try again.checkIntegrity().isEmpty)
    }

    @Test(arguments: ["DROP TABLE draftSearch", "UPDATE draftSearch_data SET block = x'00ff00ff'"])
    func `an index that breaks while the store is open is made anew at the next search`(damage: String) throws {
        try store.keep("a lamp")
        try store.execute(damage)
        #expect(try store.found("lamp") == ["a lamp"])
        #expect(try store.checkIntegrity().isEmpty)
    }
}
