import Foundation
import Generation
import Inference

/// The facts about a model in a list of models, from its header alone.
public struct ModelDescription: Sendable, Equatable, Codable {
    public var name: String
    /// `nil` for the built-in model.
    public var path: String?
    /// Where it lies, and whose it is.
    public var origin = LibraryOrigin.own
    /// More names that open it; `nil` if there are none.
    public var otherNames: [String]?
    /// The title in the file.
    public var title: String?
    public var architecture: String?
    public var parameters: Int?
    public var bytes: Int?
    /// The type of the weights as people name it: `Q8_0`, or a mix such as `Q4_K_M`.
    public var elementType: String?
    public var contextLength: Int?
    public var layers: Int?
    public var width: Int?
    public var vocabulary: Int?
    public var hasChatTemplate: Bool?
    public var license: String?
    /// The sampling options that the author recommends; `nil` if there are none.
    public var sampling: SamplingOverrides?
    /// A sentence for each recommended value that does not count; `nil` if there is none.
    public var samplingNotes: [String]?
    /// `nil` for a model; an adapter writes nothing alone.
    public var adapter: AdapterDescription?
    /// Why it cannot be used: it is not complete, damaged, or of a kind that cannot be run; `nil` if all is well.
    public var problem: String?

    /// A model of which only the place is known, such as one on a server.
    public init(name: String, path: String?, origin: LibraryOrigin = .own, problem: String? = nil) {
        self.name = name
        self.path = path
        self.origin = origin
        self.problem = problem
    }

    public init(_ model: OpenedModel) {
        let file = model.file
        name = model.name
        origin = model.origin
        path = model.origin == .builtIn ? nil : file.path
        title = try? file.optionalString("general.name")
        architecture = try? file.optionalString("general.architecture")
        license = try? file.optionalString("general.license")
        parameters = file.tensorNames.reduce(0) { sum, name in
            sum + (file.shape(of: name) ?? []).reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
        }
        if let architecture {
            contextLength = try? file.optionalInt("\(architecture).context_length")
            layers = try? file.optionalInt("\(architecture).block_count")
            width = try? file.optionalInt("\(architecture).embedding_length")
        }
        let author = file.authorSampling
        sampling = author.overrides.isEmpty ? nil : author.overrides
        samplingNotes = author.notes.isEmpty ? nil : author.notes
        hasChatTemplate = file.metadata["tokenizer.chat_template"] != nil
        if let gguf = ((file as? AdaptedModel)?.base ?? file) as? GGUFFile {
            bytes = gguf.files.reduce(0) { $0 + $1.byteCount }
            // The texts of the vocabulary stay in the file: only their number is wanted.
            if case .array(let tokens) = gguf.metadata["tokenizer.ggml.tokens"] { vocabulary = tokens.count }
            elementType = FileType.name(of: gguf)
        } else {
            let paths = Set(file.files.map(\.path))
            bytes = paths.isEmpty ? nil : paths.reduce(0) { $0 + (FileFacts($1)?.bytes ?? 0) }
            vocabulary = file.shape(of: "token_embd.weight")?.last
        }
    }

    /// True for a model that can write.
    public var isUsable: Bool { problem == nil && adapter == nil }

    /// In a few words: `llama, 8.1M parameters, Q8_0, context 512`.
    public var summary: String {
        if let problem { return problem }
        var parts: [String] = []
        if adapter != nil { parts.append("adapter") }
        if let architecture { parts.append(architecture) }
        if let parameters { parts.append(Self.short(parameters) + " parameters") }
        if let elementType { parts.append(elementType) }
        if let contextLength { parts.append("context \(contextLength)") }
        if let adapter { parts += adapter.parts }
        return parts.joined(separator: ", ")
    }

    private static func short(_ count: Int) -> String {
        func rounded(_ value: Double) -> String {
            value.formatted(.number.precision(.fractionLength(value < 100 ? 1 : 0)).grouping(.never))
        }
        switch count {
        case 1_000_000_000...: return rounded(Double(count) / 1e9) + "B"
        case 1_000_000...: return rounded(Double(count) / 1e6) + "M"
        case 1000...: return rounded(Double(count) / 1e3) + "K"
        default: return String(count)
        }
    }
}
