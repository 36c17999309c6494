import Generation

// The messages of long work, whatever it does: each piece of work is a job with a number.
// - A job's messages come in this order: `started`, `progress` any number of times, and one of `finished`, `failed` and
//   `cancelled`. A job that was cancelled before it started has no `started`.
// - After its last message nothing of a job counts any more.
//
// New long work is a case of `JobWork`, a case of `JobResult`, and its answer in `StudioState.end`. Its words in the
// status line are in `JobLine.swift`.

/// The work that a job does.
public enum JobWork: Sendable, Hashable {
    /// Save a new generation (status `running`) and write it. The job also sends each `GenerationMessage`.
    case generate(StudioRequest)
    /// Write an answer of a conversation. The job also sends each `GenerationMessage` and each `AnswerMessage`.
    case answer(AnswerRequest)
    /// Ask the model for a conversation's title; nothing is kept of it.
    case title(TitleRequest)
    /// Sum up older turns of a conversation once more.
    case summary(SummaryRequest)
    /// Write drafts to a file.
    case export(ExportRequest)
    /// Download a model, or go on with a download whose part is there.
    case download(DownloadRequest)
}

/// A message of a job, whatever its work.
public enum JobMessage: Sendable, Equatable {
    /// The work begins. A job may wait before it, as an export waits for an earlier one.
    case started
    /// At most about ten times a second.
    case progress(JobProgress)
    case finished(JobResult)
    /// The sentence says what, why and what to do.
    case failed(sentence: String)
    /// It ended because of `StudioEffect.cancel`.
    case cancelled
}

/// The result of a job that finished.
public enum JobResult: Sendable, Hashable {
    case generated
    /// The title that the model gives.
    case titled(String)
    /// The version that goes to the model now.
    case summarized(draft: Int64)
    case exported(path: String, draftCount: Int)
    /// Nothing was exported: the file is there already, and the request does not overwrite it.
    case fileExists
    /// The model's name in the list of models.
    case downloaded(name: String)
}

/// A message that only the generating of drafts has, beside those of any job.
public enum GenerationMessage: Sendable, Equatable {
    /// Before the first text. If the generation could not be saved, its id is `nil`, there are no draft ids, and
    /// `notSaved` follows.
    case began(
        generationId: Int64?, draftIds: [Int64], seed: UInt64, uuid: String? = nil,
        parts: [PartSpecification] = [])
    /// Before the first text: the prompt leaves less room than was asked for.
    case roomIsScarce(ContextRoom)
    case text(variant: Int, piece: String)
    /// The next piece of a variant's thoughts, which are no part of its text.
    case reasoning(variant: Int, piece: String)
    /// The variant is written again: its text so far is void.
    case restarted(variant: Int)
    case details(variant: Int, DraftDetails)
    case draftFinished(variant: Int, reason: FinishReason, tokenCount: Int)
    /// The candidates that are the drafts, the best one first; the others are left out.
    case chosen([Int])
    /// The counts and times of the whole generation, before the job's last message.
    case timed(GenerationTimings)
    case saved(generationId: Int64, draftIds: [Int64], uuid: String? = nil)
    case notSaved(sentence: String)
    /// A sentence of the generator, to be seen once.
    case notice(String)
    /// The generator waits for something else; `nil` once it goes on.
    case waiting(GeneratorWait?)
}
