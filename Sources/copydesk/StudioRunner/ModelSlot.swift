import Foundation
import Inference
import Models
import Terminal

/// The model that writes in the studio: opened once in the background, replaced on wish.
@UIActor
final class ModelSlot {
    private let library: ModelLibrary
    private let threadCount: Int
    /// The model in use, or the opening of it; a failed one gives way to the model before it.
    private var current: Task<LocalGenerator, any Error>?

    init(library: ModelLibrary, threadCount: Int) {
        self.library = library
        self.threadCount = threadCount
    }

    /// Opens a model and, where that succeeds, uses it from now on.
    func use(_ name: String?) -> Task<LocalGenerator, any Error> {
        let before = current
        let opening = Task.detached(priority: .userInitiated) { [library, threadCount] in
            let model = try library.open(name)
            return try LocalGenerator(
                file: model.file, name: model.name, threadCount: threadCount, prefixCache: PromptPrefixes.cache)
        }
        current = Task {
            do {
                return try await opening.value
            } catch {
                guard let before else { throw error }
                return try await before.value
            }
        }
        return opening
    }

    /// The model in use; waits while it is being opened.
    func generator() async throws -> LocalGenerator {
        guard let current else { throw Failure("No model is chosen. Press m to choose one.") }
        return try await current.value
    }
}
