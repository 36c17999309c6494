import Foundation

/// Folders that the tests read from.
enum Fixtures {
    /// The repository's top.
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let folder = repository.appending(path: "Tests/InferenceTests/Fixtures")
    /// The model that the program carries.
    static let builtInModel = repository.appending(path: "Sources/CEmbed/built-in.gguf").path
}
