// The sampling options of the settings, in the forms of the studio.

import Generation
import Testing

@testable import Studio

private func sampling(_ temperature: Float) -> SamplingOptions {
    var options = SamplingOptions()
    options.temperature = temperature
    return options
}

private func template(_ temperature: Float) -> TemplateItem {
    TemplateItem(
        name: "slogan", title: "Slogan", familyTitle: "Ads",
        fields: [.init(name: "topic", label: "Topic", example: "tea")], sampling: sampling(temperature))
}

@Suite struct `Sampling options of the settings` {
    @Test func `a free prompt begins with them, and goes back to them`() {
        var script = StudioScript()
        script.send(.freePromptSampling(sampling(1.3)))
        script.press(.character("f"))
        #expect(script.state.draft.form?.template == nil && script.state.draft.form?.sampling == sampling(1.3))
        script.state.draft.form?.sampling = sampling(0.2)
        script.press(.escape, .character("p"), .control("r"), .enter)
        #expect(script.state.dialog == nil && script.state.draft.form?.sampling == sampling(1.3))
    }

    @Test func `an open form follows them unless the writer changed an option`() {
        var script = StudioScript(templates: [template(0.5)])
        script.open("slogan")
        script.send(.templatesLoaded([template(0.8)]))
        #expect(script.state.draft.form?.sampling == sampling(0.8))
        script.state.draft.form?.sampling = sampling(0.1)
        script.send(.templatesLoaded([template(0.9)]))
        #expect(script.state.draft.form?.sampling == sampling(0.1))
        #expect(script.state.draft.form?.template?.sampling == sampling(0.9))
    }

    @Test func `an open free prompt follows them too`() {
        var script = StudioScript()
        script.press(.character("f"))
        script.send(.freePromptSampling(sampling(1.1)))
        #expect(script.state.draft.form?.sampling == sampling(1.1))
        script.state.draft.form?.sampling = sampling(0.1)
        script.send(.freePromptSampling(sampling(0.9)))
        #expect(script.state.draft.form?.sampling == sampling(0.1))
    }
}
