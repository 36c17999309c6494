// The names that files get in the models folder.
// - A file keeps its name. If another file has it, the owner and the repository stand before it.
// - Nothing that is in the folder is ever replaced.

import Files
import Foundation

struct Naming {
    let folder: String
    let requests: Requests

    /// The last name of a path at the source, if it can be the name of a file here.
    static func safeName(_ path: String) throws -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        let isSafe =
            !name.isEmpty && !name.hasPrefix(".") && name.utf8.count <= 200
            && name.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) }
        guard isSafe else { throw DownloadError.unsafeName(ServerMessage.short(path)) }
        return name
    }

    /// OWNER--REPO of the source.
    static func prefix(_ plan: PullPlan) -> String {
        switch plan.reference.place {
        case .hub(let repository, _): repository.replacing("/", with: "--")
        case .ollama(let name, _): name.replacing("/", with: "--")
        case .address: plan.source
        }
    }

    /// Gives the plan its names, and sees whether the model is there.
    /// - Throws: `DownloadError.nameTaken` if other files have both names.
    func settle(_ plan: inout PullPlan) throws {
        let prefix = Self.prefix(plan)
        if plan.isFolder {
            let repository = plan.source.split(separator: "/").last.map(String.init) ?? plan.source
            for name in [repository, prefix] {
                plan.name = try Self.safeName(name)
                if try settleFolder(&plan) { return }
            }
        } else {
            let names = plan.files.map(\.fileName)
            for start in ["", prefix + "--"] {
                for index in names.indices { plan.files[index].fileName = start + names[index] }
                plan.name = String((start + (names.first ?? "")).dropLast(".gguf".count))
                if try settleFiles(&plan) { return }
            }
        }
        throw DownloadError.nameTaken(plan.name, folder: folder)
    }

    /// - Returns: False if another file has one of the names.
    private func settleFiles(_ plan: inout PullPlan) throws -> Bool {
        let taken = plan.files.filter { PartFolder.exists("\(folder)/\($0.fileName)") }
        for file in taken where try !isSame(file, file.fileName, plan) { return false }
        plan.isThere = taken.count == plan.files.count
        return true
    }

    private func settleFolder(_ plan: inout PullPlan) throws -> Bool {
        guard PartFolder.exists("\(folder)/\(plan.name)") else { return true }
        for file in plan.files where try !isSame(file, "\(plan.name)/\(file.fileName)", plan) { return false }
        plan.isThere = true
        return true
    }

    /// - Parameter name: in the models folder.
    private func isSame(_ file: PullPlan.File, _ name: String, _ plan: PullPlan) throws -> Bool {
        let path = "\(folder)/\(name)"
        if let sum = file.sum {
            return try FileSums.isSame(path, bytes: file.bytes, sum: sum, isStopped: requests.isStopped)
        }
        // Without a checksum: the same address brought a file of the size that it has now.
        guard let origin = ModelManifest(folder: folder).files[name], let size = PartFolder.size(path) else {
            return false
        }
        return origin.reference == plan.reference.publicText && size == origin.bytes && size == file.bytes
    }
}
