// Templates as the studio lists them.

import Generation
import Studio
import Templates

extension TemplateLibrary {
    /// The valid templates by family, then the broken ones.
    /// - Parameter base: the user's own sampling options, over which those of a template are laid.
    func items(over base: SamplingOptions) -> [TemplateItem] {
        let valid = families.flatMap { family in
            family.templates.map { TemplateItem($0, familyTitle: family.title, over: base) }
        }
        let broken = self.broken.map { broken in
            TemplateItem(
                name: broken.name, title: broken.name, familyTitle: "Broken", summary: broken.file,
                brokenReason: broken.problems.first?.description ?? "It cannot be read.")
        }
        return valid + broken
    }
}

extension TemplateItem {
    fileprivate init(_ template: PromptTemplate, familyTitle: String, over base: SamplingOptions) {
        self.init(
            name: template.name, title: template.title, familyTitle: familyTitle, summary: template.summary,
            fields: template.fields, limits: template.limits, variantCount: template.variantCount,
            sampling: template.sampling.applied(to: base))
    }
}
