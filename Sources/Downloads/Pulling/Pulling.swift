// Carries out a plan: brings each file into `.partial`, then gives all of them their names.
// - The locks of all files are held until the end, so no other process works on the same model.

import Files
import Foundation
import Generation

/// One pull at work.
final class Pull {
    private let downloads: ModelDownloads
    private let requests: Requests
    private let plan: PullPlan
    private let parts: PartFolder
    private let meter: ProgressMeter
    private var locks: [PartLock] = []
    /// Folders that were made for this pull.
    private var made: [String] = []
    /// Bytes of the files that are complete.
    private var completeBytes = 0
    private var sums: [String: String] = [:]

    init(_ downloads: ModelDownloads, _ plan: PullPlan, _ requests: Requests, _ report: @escaping (JobProgress) -> Void)
    {
        (self.downloads, self.plan, self.requests) = (downloads, plan, requests)
        parts = PartFolder(modelsFolder: downloads.folder)
        meter = ProgressMeter(total: plan.totalBytes, report: report)
    }

    func run() throws -> PulledModel {
        if let free = FreeSpace.bytes(downloads.folder), free < plan.neededBytes {
            throw DownloadError.noSpace(folder: downloads.folder, needed: plan.neededBytes, free: free)
        }
        let missing = plan.files.filter { plan.isFolder || !PartFolder.exists("\(downloads.folder)/\($0.fileName)") }
        let keys = missing.map(PartFolder.key)
        defer { cleanUp(keys) }
        try takeLocks(keys)
        let placement = Placement(plan, missing, in: parts, downloads)
        placement.takeBack()
        let source = try source()
        for file in missing { try bring(file, source) }
        meter.update(.downloading, done: completeBytes, isLast: true)
        let model = try placement.place(sums: sums)
        removeOlderParts()
        return model
    }

    /// In the order of their names, so that two processes never wait for each other's second lock.
    private func takeLocks(_ keys: [String]) throws {
        for key in Set(keys).sorted() {
            guard let lock = try PartLock(key, in: parts, made: &made) else {
                throw DownloadError.running(name: plan.name)
            }
            locks.append(lock)
        }
    }

    private func cleanUp(_ keys: [String]) {
        for key in keys where locks.count == Set(keys).count && parts.bytes(key) == 0 { parts.removeFiles(key) }
        locks.forEach { $0.letGo() }
        parts.removeIfEmpty(made)
    }

    private func bring(_ file: PullPlan.File, _ source: FileSource) throws {
        let key = PartFolder.key(file)
        let part = PartFile(path: parts.part(key), sum: file.sum, bytes: file.bytes)
        defer { part.end() }
        let there = parts.bytes(key)
        try part.resume { [self] done in
            if requests.isStopped() { throw DownloadError.stopped }
            meter.update(.verifying, done: done, total: there)
        }
        let transfer = try FileTransfer(
            file, into: part, from: source, requests, facts: PartFacts(path: parts.facts(key)),
            progress: { [meter, completeBytes] in meter.update(.downloading, done: completeBytes &+ $0) },
            hostIsKnown: { [parts, plan] tag, origin in
                var facts = PartFacts(plan, file)
                (facts.hostTag, facts.hostOrigin) = (tag, tag == nil ? nil : origin)
                try facts.write(to: parts.facts(key))
            })
        sums[key] = try transfer.run()
        completeBytes = completeBytes &+ part.count
    }

    private func source() throws -> FileSource {
        let (requests, plan) = (requests, plan)
        switch plan.reference.place {
        case .hub(let repository, _):
            let hub = try HubClient(requests, endpoint: plan.endpoint)
            return FileSource(
                authorization: { HubClient.authorization($0, requests.environment) },
                refusal: { hub.refusal($0, repository: repository, revision: plan.commit, file: $1) },
                commit: plan.commit)
        case .ollama:
            let registry = try OllamaRegistry(requests.environment)
            return FileSource(
                authorization: registry.authorization, refusal: { _, _ in nil },
                takeToken: { try registry.takeToken($0, requests) })
        case .address:
            return FileSource(
                authorization: { HubClient.authorization($0, requests.environment) }, refusal: { _, _ in nil })
        }
    }

    /// Parts of the same files with an older content are of no use any more.
    private func removeOlderParts() {
        let (paths, keys) = (Set(plan.files.map(\.path)), Set(plan.files.map(PartFolder.key)))
        for key in parts.keys where !keys.contains(key) {
            guard let facts = PartFacts(path: parts.facts(key)), facts.source == plan.source,
                paths.contains(facts.path),
                let lock = try? PartLock(key, in: parts, made: &made)
            else { continue }
            parts.removeFiles(key)
            lock.letGo()
        }
    }
}
