// How an adapter is trained on starred drafts: the usual starting points for few rows, not tuned on anybody's drafts.
// - The held-out drafts are measured three times an epoch, and each time a checkpoint is made, so that the best one can
//   be taken.

import Generation
import Inference

extension TrainingJob {
    /// Rows of an update.
    private static let learningRows = 8
    private static let measuresPerEpoch = 3

    /// The job of a learning, with settings that the person may change before `addingLearning`.
    public static var learning: TrainingJob {
        var job = TrainingJob()
        job.part = .adapters(rank: 8, alpha: 16, targets: .all)
        job.settings.epochs = 3
        // Few rows at once, because the run gives way between two batches.
        job.settings.batchSize = 1
        job.settings.accumulation = learningRows
        job.settings.schedule = LearningRateSchedule(shape: .cosine, peak: 1e-4)
        job.keepsBest = true
        return job
    }

    /// Adds the rows, and what depends on their number unless the person has set it.
    public mutating func addLearning(_ rows: LearningRows, general: [GeneralAnswer]) {
        data = rows.trainingData(general: general.map(\.row))
        validationData = rows.heldOutData
        // Equal rows were left out before, and a general text stays even if a draft says the same.
        reading.keepsDuplicates = true
        // A prompt that is too long loses its beginning, because a kept text is worth more than its whole prompt.
        encoding.cutsPrompts = true
        let plan = StepPlan(
            exampleCount: max(1, rows.trained.count + general.count), batchSize: settings.batchSize,
            accumulation: settings.accumulation, epochs: settings.epochs)
        let interval = max(1, plan.stepsPerEpoch / Self.measuresPerEpoch)
        if settings.evaluationInterval == 0 { settings.evaluationInterval = interval }
        if settings.checkpointInterval == 0 { settings.checkpointInterval = settings.evaluationInterval }
        // The best of an epoch decides: shorter runs of bad luck are usual with few drafts.
        patience = patience ?? max(plan.stepsPerEpoch, settings.evaluationInterval)
    }
}
