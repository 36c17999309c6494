// The brand's values in the forms of the studio.

import Generation
import Testing

@testable import Studio

private let template = TemplateItem(
    name: "slogan", title: "Slogan", familyTitle: "Ads",
    fields: [
        .init(name: "product", label: "Product", example: "Aurora lamp", isRequired: true),
        .init(name: "audience", label: "Audience", example: "students"),
        .init(
            name: "tone", label: "Tone", kind: .choice, choices: ["warm", "urgent"], defaultValue: "urgent",
            example: "warm"),
    ], brand: ["product": "Kettle & Vine", "tone": "warm"])

@Suite struct `The brand in a form` {
    @Test func `is what the form begins with, and is marked`() throws {
        var script = StudioScript(templates: [template])
        script.open("slogan")
        #expect(script.state.draft.form?.values == ["product": "Kettle & Vine", "audience": "", "tone": "warm"])
        let line = try #require(script.frame.lines.first { $0.contains("Kettle & Vine") })
        #expect(line.contains("brand"))
        #expect(try #require(script.frame.lines.first { $0.contains("Audience") }).contains("brand") == false)
        #expect(script.state.draft.form?.isUnsent == false && script.sessions.allSatisfy { $0.values.isEmpty })
    }

    @Test func `gives way to what the writer types, and its mark goes`() throws {
        var script = StudioScript(templates: [template])
        script.open("slogan")
        script.type(" tea")
        #expect(script.state.draft.form?.values["product"] == "Kettle & Vine tea")
        #expect(try #require(script.frame.lines.first { $0.contains("Kettle & Vine tea") }).contains("brand") == false)
        // The typed text is there again when the form is left and opened.
        script.press(.alt("1"), .character("f"))
        script.open("slogan")
        #expect(script.state.draft.form?.values["product"] == "Kettle & Vine tea")
    }

    @Test func `is sent as it stands, and a field that the writer emptied is sent empty`() {
        var script = StudioScript(templates: [template])
        script.open("slogan")
        script.press(.control("g"))
        #expect(script.request?.source.fields["product"] == "Kettle & Vine")
        script.write(["One"])
        script.state.draft.form?.setValues(["tone": ""])
        script.press(.control("g"))
        #expect(script.request?.source.fields["tone"] == "")
    }
}
