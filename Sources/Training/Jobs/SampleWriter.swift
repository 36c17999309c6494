// Texts that a model writes while it learns.

import Generation
import Inference

/// Writes a text with the model as it is now. The most likely token is taken each time, so that texts of different steps
/// differ by what was learned alone.
struct SampleWriter {
    let request: TrainingJob.Sample
    let name: String
    let threadCount: Int

    /// - Returns: nil if the model cannot write, which does not stop the training.
    func text(of model: TrainedModel) -> String? {
        guard let source = try? TrainedSource.whole(of: model),
            let generator = try? LocalGenerator(file: source, name: name, threadCount: threadCount),
            let hasTemplate = try? ConversationEncoder(file: source, name: name).hasTemplate
        else { return nil }
        var sampling = SamplingOptions()
        sampling.temperature = 0
        sampling.maxTokens = request.maxTokens
        let asked = GenerationRequest(
            prompt: hasTemplate ? .chat([Message(.user, request.prompt)]) : .raw(request.prompt), sampling: sampling,
            seed: 1)
        var text = ""
        do {
            try generator.write(asked, isStopped: { false }) { event in
                if case .text(let piece, variant: 0) = event { text += piece }
                if case .restarted(variant: 0) = event { text = "" }
            }
        } catch {
            // What came so far is the sample.
        }
        return text
    }
}
