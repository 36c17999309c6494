import Generation

// The choices of a person in the studio, which the next start of the studio finds again.
// - They hold names, numbers and options of the parameters dialog, and no text of a form or a draft.
// - Reading never fails because of a part: one of a wrong type or out of its range is left out, and the rest counts.

public struct RememberedChoices: Sendable, Hashable, Codable {
    /// The version of the form in which they are kept.
    public static let format = 1

    /// The model that was last chosen in the studio; `nil` if none was.
    public var model: String?
    /// Values of the parameters dialog by the template's short name; "" is the free prompt.
    public var parameters: [String: ChosenParameters]
    /// `nil` if nothing was exported yet.
    public var export: ExportChoice?
    /// The generation that was open; `nil` if there was none.
    public var open: OpenPlace?
    /// The UUID of the conversation that was open; `nil` if there was none.
    public var conversation: String?

    public init(
        model: String? = nil, parameters: [String: ChosenParameters] = [:], export: ExportChoice? = nil,
        open: OpenPlace? = nil, conversation: String? = nil
    ) {
        self.model = model
        self.parameters = parameters
        self.export = export
        self.open = open
        self.conversation = conversation
    }

    private enum CodingKeys: CodingKey { case format, model, parameters, export, open, conversation }

    /// - Throws: `NewerChoices` if a later version wrote them in another form; a `DecodingError` if they are no object.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let format = (try? container.decode(Int.self, forKey: .format)) ?? Self.format
        guard format <= Self.format else { throw NewerChoices(format: format) }
        model = (try? container.decode(String.self, forKey: .model)).flatMap { $0.isEmpty ? nil : $0 }
        let parameters = try? container.decode(Lossy<ChosenParameters>.self, forKey: .parameters)
        self.parameters = parameters?.values.filter { !$0.value.isEmpty } ?? [:]
        export = try? container.decode(ExportChoice.self, forKey: .export)
        open = try? container.decode(OpenPlace.self, forKey: .open)
        conversation = (try? container.decode(String.self, forKey: .conversation)).flatMap { $0.isEmpty ? nil : $0 }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.format, forKey: .format)
        try container.encodeIfPresent(model, forKey: .model)
        try container.encode(parameters, forKey: .parameters)
        try container.encodeIfPresent(export, forKey: .export)
        try container.encodeIfPresent(open, forKey: .open)
        try container.encodeIfPresent(conversation, forKey: .conversation)
    }
}

/// A later version wrote the choices in a form that this one does not read.
public struct NewerChoices: Error, Hashable {
    public var format: Int
}

/// The values that a person set in the parameters dialog. They override those of the template.
public struct ChosenParameters: Sendable, Hashable, Codable {
    public var sampling: SamplingOverrides
    /// `nil`: as the template says.
    public var variantCount: Int?
    /// `nil`: a fresh one for each generation.
    public var seed: UInt64?

    public init(sampling: SamplingOverrides = .init(), variantCount: Int? = nil, seed: UInt64? = nil) {
        self.sampling = sampling
        self.variantCount = variantCount
        self.seed = seed
    }

    private enum CodingKeys: String, CodingKey {
        case sampling
        case variantCount = "variants"
        case seed
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        sampling = (try? container.decode(SamplingOverrides.self, forKey: .sampling)) ?? SamplingOverrides()
        let variantCount = try? container.decode(Int.self, forKey: .variantCount)
        self.variantCount = variantCount.flatMap { GenerationRequest.variantRange.contains($0) ? $0 : nil }
        seed = try? container.decode(UInt64.self, forKey: .seed)
    }

    public var isEmpty: Bool { sampling.isEmpty && variantCount == nil && seed == nil }
}

/// The last export.
public struct ExportChoice: Sendable, Hashable, Codable {
    /// As typed; `nil` is the working folder.
    public var folder: String?
    public var format: ExportFormat

    public init(folder: String? = nil, format: ExportFormat) {
        self.folder = folder
        self.format = format
    }

    /// - Throws: a `DecodingError` if it has no format that this version knows.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        folder = (try? container.decode(String.self, forKey: .folder)).flatMap { $0.isEmpty ? nil : $0 }
        format = try container.decode(ExportFormat.self, forKey: .format)
    }
}

/// A generation in the Draft pane, and the place on the screen that the writer was at.
public struct OpenPlace: Sendable, Hashable, Codable {
    public enum PaneName: String, Sendable, Hashable, Codable {
        case templates, draft, history
    }

    /// The visible part of the Draft pane.
    public enum View: String, Sendable, Hashable, Codable {
        case form, variants, reader
    }

    public var generationId: Int64
    /// Of the generation, because a restored store reuses ids; `nil` if it is unknown.
    public var uuid: String?
    /// The selected variant, from 0.
    public var variant: Int
    public var pane: PaneName
    public var view: View
    /// True if the form above was the template's own, with the chosen parameters; false if it was opened from history,
    /// with those of the generation.
    public var hasOwnForm: Bool

    public init(
        generationId: Int64, uuid: String? = nil, variant: Int = 0, pane: PaneName = .draft, view: View = .variants,
        hasOwnForm: Bool = false
    ) {
        self.generationId = generationId
        self.uuid = uuid
        self.variant = variant
        self.pane = pane
        self.view = view
        self.hasOwnForm = hasOwnForm
    }

    private enum CodingKeys: String, CodingKey {
        case generationId = "generation"
        case uuid, variant, pane, view, hasOwnForm
    }

    /// - Throws: a `DecodingError` if it names no generation.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(generationId: try container.decode(Int64.self, forKey: .generationId))
        uuid = try? container.decode(String.self, forKey: .uuid)
        variant = (try? container.decode(Int.self, forKey: .variant)) ?? variant
        pane = (try? container.decode(PaneName.self, forKey: .pane)) ?? pane
        view = (try? container.decode(View.self, forKey: .view)) ?? view
        hasOwnForm = (try? container.decode(Bool.self, forKey: .hasOwnForm)) ?? hasOwnForm
    }
}

/// An object of values by name. One that cannot be read is left out.
private struct Lossy<Value: Decodable>: Decodable {
    var values: [String: Value] = [:]

    private struct Name: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Name.self)
        for name in container.allKeys {
            if let value = try? container.decode(Value.self, forKey: name) { values[name.stringValue] = value }
        }
    }
}
