// What a writer says of the brand in one place: every template with a field of one of these names starts from it.
// - A value that a field does not take, such as a tone that its choices lack, is not offered there.
// - Audience and benefit are those of the brand's product: beside another product they are not filled in.

/// The values of the fields that many templates share.
public struct BrandProfile: Sendable, Hashable {
    /// The fields, by their names in templates.
    public enum Field: String, Sendable, Hashable, CaseIterable {
        case product, audience, tone, benefit
    }

    /// Texts that are not blank, by field.
    public private(set) var values: [Field: String] = [:]

    public init() {}

    /// - Parameter values: blank ones count as missing.
    public init(_ values: [Field: String]) {
        self.values = values.filter { !FieldText.trimmed($0.value).isEmpty }
    }

    public var isEmpty: Bool { values.isEmpty }

    /// The value for a field of a template, in its normal form; `nil` if there is none or the field does not take it.
    public func value(for field: PromptField) -> String? {
        guard let text = Field(rawValue: field.name).flatMap({ values[$0] }) else { return nil }
        return try? field.value(of: text)
    }

    /// The values for all fields of a template, by name.
    public func values(for fields: [PromptField]) -> [String: String] {
        var values: [String: String] = [:]
        for field in fields { values[field.name] = value(for: field) }
        return values
    }

    /// The values for the fields that a writer left out, by name.
    /// - Parameter given: the writer's own texts; a field that is given stays as it is, even if it is given empty.
    public func values(for fields: [PromptField], beside given: [String: String]) -> [String: String] {
        var values = values(for: fields).filter { given[$0.key] == nil }
        if let product = given[Field.product.rawValue], !isProduct(product) {
            for field in [Field.audience, .benefit] { values[field.rawValue] = nil }
        }
        return values
    }

    /// The fields whose value of the brand they do not take, each with the reason.
    public func refused(by fields: [PromptField]) -> [(field: PromptField, problem: FieldProblem)] {
        fields.compactMap { field in
            guard let text = Field(rawValue: field.name).flatMap({ values[$0] }),
                let problem = field.problem(of: text)
            else { return nil }
            return (field, problem)
        }
    }

    private func isProduct(_ text: String) -> Bool {
        FieldText.oneLine(text).lowercased() == values[.product].map { FieldText.oneLine($0).lowercased() }
    }
}
