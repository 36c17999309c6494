// Opens the model that writes: the first one at the start, and others when the writer chooses them.
// - A model that cannot be opened never takes the place of one that can.

import Drafting
import Foundation
import Generation
import Models
import Studio
import Terminal

extension EffectRunner {
    /// The model that the studio opens at its start: that of `-m`, else the one last chosen, else that of the settings.
    /// - Parameter remembered: the one that was last chosen in the studio.
    func firstModel(_ remembered: String?) -> String? { shared.givenModel ?? remembered ?? shared.model }

    /// Opens the first model. If the remembered one cannot be opened, the writer is told, and that of the settings opens.
    /// - Parameter tell: delivers the sentence.
    func openFirstModel(_ remembered: String?, tell: @escaping @Sendable (StudioMessage) -> Void) {
        guard shared.givenModel == nil, let remembered, remembered != shared.model else {
            return useModel(shared.model)
        }
        let openings = generators.use(remembered, orElse: shared.model)
        Task { @UIActor in
            let first = await openings.first.result
            switch first {
            case .success: await takeModel(first, openedAs: remembered)
            case .failure(let error):
                let other = shared.modelLibrary.name(of: shared.model)
                tell(
                    .notice(
                        "The model '\(remembered)', which you chose last, cannot be opened, so \(other) writes until you "
                            + "choose another one. \(StudioHints.sentence(of: error))", isFailure: true))
                await takeModel(openings.used.result, openedAs: shared.model)
            }
        }
    }

    /// Opens a model and uses it from now on.
    /// - Parameter name: `nil` for the built-in one.
    func useModel(_ name: String?) {
        let name = name.map(TextFile.expand)
        let opening = generators.use(name)
        Task { @UIActor in await takeModel(opening.result, openedAs: name) }
    }

    /// Tells the studio that a model is open, and the options that go with it; or why it is not.
    func takeModel(_ opened: Result<any TextGenerator, any Error>, openedAs name: String?) async {
        switch opened {
        case .success(let generator):
            // If another one was chosen meanwhile and can be opened, that one is in use.
            guard let used = try? await generators.generator(), used.identity.name == generator.identity.name else {
                return
            }
            if name != modelInUse || generator.authorSampling != authorInUse {
                loadTemplates(forModel: name, author: generator.authorSampling)
            }
            deliver(
                .modelReady(
                    name: generator.identity.name, contextLength: generator.capabilities.contextLength,
                    openedAs: name.map(lasting)))
        case .failure(let error):
            deliver(.modelFailed(sentence: sentence(of: error, opening: name)))
        }
    }

    /// The path of a file as it holds in any folder; every other name as it is.
    private func lasting(_ name: String) -> String {
        let path = TextFile.absolute(name)
        return name.contains("/") && FileManager.default.fileExists(atPath: path) ? path : name
    }

    /// Says where the name of the model comes from if it is config.yaml.
    private func sentence(of error: any Error, opening name: String?) -> String {
        let sentence = StudioHints.sentence(of: error)
        guard name == shared.model, let place = shared.modelPlace else { return sentence }
        // This sentence takes the place of the notice about the settings.
        let count = settingsProblems.count
        let problems = count == 0 ? "" : " config.yaml has \(counted(count, "other problem")): copydesk config list"
        return "\(sentence) \(place) \(KeyHints.anotherModel)\(problems)"
    }
}
