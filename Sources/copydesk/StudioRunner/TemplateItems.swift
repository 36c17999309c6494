// Templates as the studio lists them.

import Generation
import Studio
import Templates

extension TemplateLibrary {
    /// The valid templates by family, then the broken ones.
    /// - Parameters:
    ///   - base: the user's own sampling options, over which those of a template are laid.
    ///   - brand: fills the fields of the same names.
    func items(over base: SamplingOptions, brand: BrandProfile) -> [TemplateItem] {
        let valid = families.flatMap { family in
            family.templates.map { TemplateItem($0, familyTitle: family.title, over: base, brand: brand) }
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
    fileprivate init(
        _ template: PromptTemplate, familyTitle: String, over base: SamplingOptions, brand: BrandProfile
    ) {
        self.init(
            name: template.name, title: template.title, familyTitle: familyTitle, summary: template.summary,
            fields: template.fields, limits: template.limits, variantCount: template.variantCount,
            sampling: template.sampling.applied(to: base), brand: brand.values(for: template.fields),
            isPersona: template.isPersona)
    }
}
