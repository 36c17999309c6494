// Chat templates of published models against jinja2. The templates are not ours and so not here:
// `make_cases.py --templates FOLDER --out OTHER` writes what jinja2 renders into a folder, and
// COPYDESK_PEER_TEMPLATES names that folder.

import Foundation
import Jinja
import Testing

private let folder = ProcessInfo.processInfo.environment["COPYDESK_PEER_TEMPLATES"]

@Suite struct PeerTemplateTests {
    @Test(.enabled(if: folder != nil, "COPYDESK_PEER_TEMPLATES names no folder with expectations.json"))
    func `chat templates of published models render as in jinja2`() throws {
        let url = URL(fileURLWithPath: folder ?? "").appendingPathComponent("expectations.json")
        let peer = try JSONReader.read(Array(try Data(contentsOf: url)))
        var options = JinjaOptions()
        options.now = { JinjaDate(secondsSinceEpoch: peer["now"]?.number ?? 0) }
        let contexts = peer["contexts"]?.items ?? []
        var count = 0
        var failures: [String: Int] = [:]
        for entry in peer["templates"]?.items ?? [] {
            let name = entry["name"]?.text ?? ""
            let template: JinjaTemplate
            do {
                template = try JinjaTemplate(source: entry["source"]?.text ?? "", name: name, options: options)
            } catch {
                #expect(entry["error"] != nil, "\(error)")
                continue
            }
            for (context, expected) in zip(contexts, entry["expected"]?.items ?? []) {
                count += 1
                do {
                    let text = try template.render(context["context"]?.context ?? [:])
                    guard !text.utf8.elementsEqual((expected["text"]?.text ?? "").utf8) || expected["error"] != nil
                    else { continue }
                    failures[name, default: 0] += 1
                    if failures[name] == 1 {
                        Issue.record("\(name), \(context["name"]?.text ?? ""): \(Self.difference(text, expected))")
                    }
                } catch {
                    guard expected["error"] == nil else { continue }
                    failures[name, default: 0] += 1
                    if failures[name] == 1 { Issue.record("\(name), \(context["name"]?.text ?? ""): \(error)") }
                }
            }
        }
        #expect(count > 1000)
        #expect(failures.isEmpty)
    }

    private static func difference(_ text: String, _ expected: JinjaValue) -> String {
        if let error = expected["error"]?.text { return "expected the error \(error)" }
        let ours = Array(text.unicodeScalars)
        let theirs = Array((expected["text"]?.text ?? "").unicodeScalars)
        let start = zip(ours, theirs).prefix { $0 == $1 }.count
        func part(_ scalars: [Unicode.Scalar]) -> String {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: scalars.dropFirst(max(0, start - 40)).prefix(120))
            return String(view).debugDescription
        }
        return "at \(start): \(part(ours)) instead of \(part(theirs))"
    }
}
