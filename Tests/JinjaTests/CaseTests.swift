// Every case of Fixtures/cases.json: what jinja2 rendered, or the line of its error. See make_cases.py.

import Foundation
import Jinja
import Testing

@Suite struct CaseTests {
    private let document: JinjaValue

    init() throws {
        let url = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/cases.json")
        document = try JSONReader.read(Array(try Data(contentsOf: url)))
    }

    private func options(_ value: JinjaValue?) -> JinjaOptions {
        var options = JinjaOptions()
        let now = document["now"]?.number ?? 0
        options.now = { JinjaDate(secondsSinceEpoch: now) }
        if let trims = value?["trim"] { options.trimBlocks = trims == true }
        if let strips = value?["lstrip"] { options.lstripBlocks = strips == true }
        if let keeps = value?["keep"] { options.keepTrailingNewline = keeps == true }
        if value?["strict"] == true { options.undefined = .strict }
        return options
    }

    private func cases(_ group: String) -> [JinjaValue] {
        (document["cases"]?.items ?? []).filter { $0["group"]?.text == group }
    }

    @Test(arguments: ["numbers", "strings", "collections", "statements", "whitespace", "strict"])
    func `a template renders as in jinja2`(group: String) throws {
        let cases = cases(group)
        #expect(!cases.isEmpty)
        for item in cases {
            let source = item["template"]?.text ?? ""
            do {
                let template = try JinjaTemplate(source: source, options: options(item["options"]))
                let text = try template.render(group == "strict" ? ["d": [:]] : document["data"]?.context ?? [:])
                let expected = item["text"]?.text
                #expect(text.debugDescription == expected?.debugDescription, "\(source.debugDescription)")
            } catch {
                #expect(item["error"] != nil, "\(error) in \(source.debugDescription)")
            }
        }
    }

    @Test func `an error of jinja2 is an error in the same line`() {
        let cases = cases("errors")
        #expect(!cases.isEmpty)
        for item in cases {
            let source = item["template"]?.text ?? ""
            let error = #expect(throws: JinjaError.self, "\(source.debugDescription)") {
                let template = try JinjaTemplate(source: source, options: options(nil))
                _ = try template.render(["l": [1], "d": [:]])
            }
            // jinja2 does not know the line where Python refuses what it compiled to, as for a lost `break`.
            guard let line = item["line"]?.number, line > 0 else { continue }
            #expect(error?.line == line, "\(error?.description ?? "") in \(source.debugDescription)")
            #expect(error?.reason.isEmpty == false && error?.column ?? 0 > 0)
        }
    }

    @Test func `the variables of a template are those that jinja2 finds undeclared`() throws {
        let cases = document["variables"]?.items ?? []
        #expect(!cases.isEmpty)
        for item in cases {
            let source = item["template"]?.text ?? ""
            let names = try JinjaTemplate(source: source).referencedVariables()
            #expect(names.sorted() == item["names"]?.items.map { $0.text ?? "" }, "\(source)")
        }
    }
}
