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
        try withoutActuallyEscaping(isStopped) { isStopped in
            try makePlan(reference, sha256: sha256, Requests(environment: environment, isStopped: isStopped))
        }
    }

    /// Downloads what a plan says, from where an earlier download ended.
    /// - Parameter report: called at most about ten times a second, and at the beginning and the end of a phase.
    /// - Throws: `DownloadError`
    public func pull(
        _ plan: PullPlan, isStopped: () -> Bool = { false }, report: (JobProgress) -> Void = { _ in }
    ) throws -> PulledModel {
        if plan.isThere {
            let names = plan.isFolder ? [plan.name] : plan.files.map(\.fileName)
            return PulledModel(name: plan.name, paths: names.map { "\(folder)/\($0)" }, wasThere: true)
        }
        if environment.isOffline { throw DownloadError.offline }
        return try withoutActuallyEscaping(isStopped) { isStopped in
            try withoutActuallyEscaping(report) { report in
                try Pull(self, plan, Requests(environment: environment, isStopped: isStopped), report).run()
            }
        }
    }

    /// Repositories with GGUF files whose names fit the words, the most downloaded first.
    /// - Parameter limit: how many at most, 1 to 100.
    /// - Throws: `DownloadError`
    public func search(_ words: String, limit: Int = 20, isStopped: () -> Bool = { false }) throws -> [FoundModel] {
        if environment.isOffline { throw DownloadError.offline }
        return try withoutActuallyEscaping(isStopped) { isStopped in
            let requests = Requests(environment: environment, isStopped: isStopped)
            return try HubClient(requests, endpoint: environment.endpoint)
                .search(words, limit: min(max(1, limit), 100))
        }
    }

    /// The downloads in this folder that can go on, by name.
    public var unfinished: [UnfinishedPull] {
        let parts = PartFolder(modelsFolder: folder)
        var pulls: [[String]: UnfinishedPull] = [:]
        for key in parts.keys {
            guard let facts = PartFacts(path: parts.facts(key)) else { continue }
            // Without a part it is complete and was about to get its name, or no byte of it came.
            let isReady = facts.keys.contains { HubJSON.isKey($0) && PartFolder.exists(parts.ready($0)) }
            guard let bytes = PartFolder.size(parts.part(key)) ?? (isReady ? facts.size : nil) else { continue }
            var pull =
                pulls[facts.keys]
                ?? UnfinishedPull(
                    reference: facts.reference, name: facts.name, bytesThere: 0, totalBytes: facts.totalBytes,
                    isRunning: false, keys: facts.keys)
            pull.bytesThere = pull.bytesThere &+ bytes
            pull.isRunning = pull.isRunning || PartLock.isHeld(key, in: parts)
            pulls[facts.keys] = pull
        }
        return pulls.values.sorted { ($0.name, $0.reference) < ($1.name, $1.reference) }
    }

    /// Removes what an unfinished download left.
    /// - Throws: `DownloadError.running` if some process works on it.
    public func discard(_ pull: UnfinishedPull) throws {
        let parts = PartFolder(modelsFolder: folder)
        var (made, locks): ([String], [PartLock]) = ([], [])
        defer {
            locks.forEach { $0.letGo() }
            parts.removeIfEmpty(made)
        }
        for key in Set(pull.keys).sorted() where HubJSON.isKey(key) {
            guard let lock = try PartLock(key, in: parts, made: &made) else {
                throw DownloadError.running(name: pull.name)
            }
            locks.append(lock)
        }
        for key in pull.keys where HubJSON.isKey(key) {
            parts.removeFiles(key)
            try? FileManager.default.removeItem(atPath: parts.ready(key))
        }
    }
}
