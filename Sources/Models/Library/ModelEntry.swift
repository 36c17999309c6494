// A model that has a name, and where it comes from.

/// Where a model of the library lies, and whose it is.
public enum LibraryOrigin: String, Sendable, Hashable, Codable, CaseIterable {
    /// Inside the program.
    case builtIn = "built-in"
    /// In the program's own models folder.
    case own
    /// In a folder that the user's settings name.
    case folder
    case huggingFace = "hugging-face"
    case llamaCpp = "llama.cpp"
    case ollama
    case lmStudio = "lm-studio"
    /// On a server.
    case endpoint

    /// The program whose model it is, as a sentence names it; `nil` if it is the user's own.
    public var programName: String? {
        switch self {
        case .builtIn, .own, .folder, .endpoint: nil
        case .huggingFace: "the Hugging Face cache"
        case .llamaCpp: "llama.cpp"
        case .ollama: "Ollama"
        case .lmStudio: "LM Studio"
        }
    }
}

/// A model that can be opened by its name.
public struct ModelEntry: Sendable, Hashable, Codable {
    /// Unique in the library. It holds no slash, so that it is never taken for a path or for a model of a server.
    public var name: String
    /// More names that open it: those of other links to the same file, and shorter forms.
    public var otherNames: [String]
    /// The GGUF file (of a split model the first part), or the folder.
    public var path: String
    public var origin: LibraryOrigin
    /// The size of its weights.
    public var bytes: Int
    /// True if a program is still writing the file, which therefore was not opened.
    public var isArriving: Bool
}
