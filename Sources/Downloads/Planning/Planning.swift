// Makes the plan of a download: asks the source what there is, chooses files and names, and looks at what is here already.

import Files
import Foundation
import Transfer

extension ModelDownloads {
    func makePlan(_ reference: ModelReference, sha256: String?, _ requests: Requests) throws -> PullPlan {
        let sum = try sha256.map(Self.validSum)
        if environment.isOffline { throw DownloadError.offline }
        try requests.passing { try Digest.check() }
        var plan: PullPlan
        switch reference.place {
        case .hub(let repository, let endpoint):
            plan = try hubPlan(reference, repository, endpoint ?? environment.endpoint, requests)
        case .ollama(let name, let tag): plan = try ollamaPlan(reference, name, tag, requests)
        case .address(let address): plan = try addressPlan(reference, address, sum, requests)
        }
        if let sum { try compare(plan, with: sum) }
        try Naming(folder: folder, requests: requests).settle(&plan)
        plan.freeBytes = FreeSpace.bytes(folder)
        let parts = PartFolder(modelsFolder: folder)
        for index in plan.files.indices where !plan.isThere {
            plan.files[index].bytesThere = min(
                plan.files[index].bytes ?? .max, parts.bytes(PartFolder.key(plan.files[index])))
            if case .sha256(let sum) = plan.files[index].sum { plan.files[index].pathElsewhere = pathElsewhere(sum) }
        }
        return plan
    }

    private static func validSum(_ text: String) throws -> String {
        let lower = text.trimmingCharacters(in: .whitespaces).lowercased()
        let sum = lower.hasPrefix("sha256:") ? String(lower.dropFirst("sha256:".count)) : lower
        guard HubJSON.isHexadecimal(sum, count: 64) else { throw DownloadError.invalidSum(text) }
        return sum
    }

    private func compare(_ plan: PullPlan, with sum: String) throws {
        let weights = plan.files.filter { if case .sha256 = $0.sum { true } else { false } }
        guard let file = weights.first else { return }
        let found = weights.count == 1 ? file.sum?.hexadecimal ?? "" : "of several files"
        if found != sum { throw DownloadError.otherSum(file: file.path, expected: sum, found: found) }
    }

    private func hubPlan(
        _ reference: ModelReference, _ repository: String, _ endpoint: String, _ requests: Requests
    ) throws -> PullPlan {
        let hub = try HubClient(requests, endpoint: endpoint)
        let revision = try hub.revision(repository, reference.revision)
        let files = try hub.files(repository, commit: revision.commit)
        let choice = try RepositoryChoice.of(reference.wanted, in: files, repository: repository)
        let planned = try choice.files.map { file in
            PullPlan.File(
                path: file.path, fileName: try Naming.safeName(file.path), bytes: file.bytes, sum: file.sum,
                bytesThere: 0, pathElsewhere: nil,
                address: hub.fileAddress(repository, commit: revision.commit, path: file.path))
        }
        return PullPlan(
            reference: reference, source: repository, commit: revision.commit, files: planned,
            isFolder: choice.isFolder, name: "", isThere: false, freeBytes: nil, licence: revision.licence,
            isGated: revision.isGated, endpoint: endpoint)
    }

    private func ollamaPlan(
        _ reference: ModelReference, _ name: String, _ tag: String, _ requests: Requests
    ) throws -> PullPlan {
        let registry = try OllamaRegistry(environment)
        let manifest = try registry.manifest(name, tag: tag, requests)
        let short = name.split(separator: "/").last.map(String.init) ?? name
        let fileName = try Naming.safeName(tag == "latest" ? "\(short).gguf" : "\(short)-\(tag).gguf")
        let file = PullPlan.File(
            path: OllamaRegistry.shown(name, tag), fileName: fileName, bytes: manifest.bytes,
            sum: .sha256(manifest.sha256), bytesThere: 0, pathElsewhere: nil,
            address: registry.fileAddress(name, sha256: manifest.sha256))
        return PullPlan(
            reference: reference, source: "ollama:\(OllamaRegistry.shown(name, tag))", commit: nil, files: [file],
            isFolder: false, name: "", isThere: false, freeBytes: nil, licence: nil, isGated: false,
            endpoint: environment.ollamaRegistry)
    }

    /// Of a plain address the size is asked for; if the server does not tell, the file itself will.
    private func addressPlan(
        _ reference: ModelReference, _ address: String, _ sum: String?, _ requests: Requests
    ) throws -> PullPlan {
        guard let url = WebAddress(address) else { throw DownloadError.invalidEndpoint(address) }
        let answer = try requests.fetch(url, method: "HEAD") { HubClient.authorization($0, environment) }
        let isThere = answer.head.status == 200
        if answer.head.status == 404 || answer.head.status == 410 {
            throw DownloadError.notFound(address: url.publicPath, host: url.host)
        }
        let length = isThere ? answer.head["Content-Length"].flatMap(HeaderNumber.count) : nil
        let last = URL(string: url.text)?.lastPathComponent ?? ""
        let name = try Naming.safeName(last.lowercased().hasSuffix(".gguf") ? last : last + ".gguf")
        let file = PullPlan.File(
            path: name, fileName: name, bytes: length.flatMap { $0 > 0 ? $0 : nil }, sum: sum.map(FileSum.sha256),
            bytesThere: 0, pathElsewhere: nil, address: address)
        return PullPlan(
            reference: reference, source: url.host, commit: nil, files: [file], isFolder: false, name: "",
            isThere: false, freeBytes: nil, licence: nil, isGated: false, endpoint: url.origin)
    }
}

/// The free space of a disk.
enum FreeSpace {
    /// What may be written into a folder, or into the one that it will be made in.
    static func bytes(_ folder: String) -> Int? {
        var folder = folder
        var space = statvfs()
        while statvfs(folder, &space) != 0 {
            guard errno == ENOENT, folder != "/", folder != "." else { return nil }
            folder = FilePath.folder(of: folder)
        }
        let (bytes, isTooLarge) = UInt64(space.f_bavail).multipliedReportingOverflow(by: UInt64(space.f_frsize))
        return isTooLarge ? .max : Int(clamping: bytes)
    }
}
