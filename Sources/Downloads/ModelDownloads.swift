// Finds models on servers and brings them into the models folder.
// - Everything blocks the caller's thread; stopping ends it within some 50 ms.
// - What is unfinished lies in `.partial/` of the folder, so no list of models ever shows it; a model gets its name in one
//   step, when all its bytes have arrived, have their checksums, and the caller's check found them to be a model.
// - An error before the first byte leaves nothing; one behind it leaves what a later download can go on from.

import Foundation
import Generation

/// Downloads into one models folder.
public struct ModelDownloads: Sendable {
    /// The models folder; it is made if it is missing.
    public let folder: String
    public let environment: DownloadEnvironment
    let check: @Sendable ([String]) throws -> Void
    let pathElsewhere: @Sendable (_ sha256: String) -> String?

    /// - Parameters:
    ///   - check: throws a sentence if the files at these paths are no complete model. They are the model's file, the parts
    ///     of a split one in their order, or its folder; they have their names already, but lie in a hidden folder.
    ///   - pathElsewhere: a file of another program with this checksum, which could be used in place; else `nil`.
    public init(
        folder: String, environment: DownloadEnvironment, check: @escaping @Sendable (_ paths: [String]) throws -> Void,
        pathElsewhere: @escaping @Sendable (_ sha256: String) -> String? = { _ in nil }
    ) {
        self.folder = folder
        self.environment = environment
        self.check = check
        self.pathElsewhere = pathElsewhere
    }

    /// Asks the source which files a reference means. Nothing is written.
    /// - Parameter sha256: the checksum that the only file must have, as its owner gave it; else `nil`.
    /// - Throws: `DownloadError`
    public func plan(
        _ reference: ModelReference, sha256: String? = nil, isStopped: () -> Bool = { false }
    ) throws -> PullPlan {
        throw DownloadError.stopped
    }

    /// Downloads what a plan says, from where an earlier download ended.
    /// - Parameter report: called at most about ten times a second, and at the beginning and the end of a phase.
    /// - Throws: `DownloadError`
    public func pull(
        _ plan: PullPlan, isStopped: () -> Bool = { false }, report: (JobProgress) -> Void = { _ in }
    ) throws -> PulledModel {
        throw DownloadError.stopped
    }

    /// Repositories with GGUF files whose names fit the words, the most downloaded first.
    /// - Parameter limit: how many at most, 1 to 100.
    /// - Throws: `DownloadError`
    public func search(_ words: String, limit: Int = 20, isStopped: () -> Bool = { false }) throws -> [FoundModel] {
        throw DownloadError.stopped
    }

    /// The downloads in this folder that can go on, by name.
    public var unfinished: [UnfinishedPull] { [] }

    /// Removes what an unfinished download left.
    /// - Throws: `DownloadError.running` if some process works on it.
    public func discard(_ pull: UnfinishedPull) throws {}
}
