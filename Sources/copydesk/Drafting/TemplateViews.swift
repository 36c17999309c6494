// Templates for the command line and the studio.

import Generation
import Studio
import Templates

extension PromptTemplate {
    var isBuiltIn: Bool { origin == .builtIn }

    /// The field for a text from standard input: `text`, else the first that takes a file, else the only one with several
    /// lines.
    var inputField: PromptField? {
        if let text = field(named: "text") { return text }
        if let file = fields.first(where: \.comesFromFile) { return file }
        let long = fields.filter { $0.kind == .multiline }
        return long.count == 1 ? long.first : nil
    }
}

extension TemplateLibrary {
    /// The studio's list: the valid templates by family, then the broken ones.
    var items: [TemplateItem] {
        let valid = families.flatMap { family in family.templates.map { TemplateItem($0, familyTitle: family.title) } }
        let invalid = broken.map { broken in
            TemplateItem(
                name: broken.name, title: broken.name, familyTitle: "Broken", summary: broken.file,
                brokenReason: broken.problems.first?.description ?? "It cannot be read.")
        }
        return valid + invalid
    }
}

extension TemplateItem {
    fileprivate init(_ template: PromptTemplate, familyTitle: String) {
        self.init(
            name: template.name, title: template.title, familyTitle: familyTitle, summary: template.summary,
            fields: template.fields, limits: template.limits, variantCount: template.variantCount,
            sampling: template.sampling.applied(to: SamplingOptions()))
    }
}
