// What the heads of model files say, remembered as long as the files stay the same.
// - A head is known by its path and by the size, time and number of each file; if one differs, the head is read again.
// - The memory can be kept in a file, so that a list of hundreds of models takes milliseconds. If that file is missing,
//   broken, or of another version of the program, everything is read again; if it cannot be written, nothing happens.

import Files
import Foundation
import Generation
import Inference
import Synchronization

/// The head of a model, read or remembered.
struct ModelHeader: Codable, Equatable {
    enum State: String, Codable {
        /// Complete, and of a kind that can be run.
        case writer
        /// Complete, and of a kind that this program cannot run.
        case unsupported
        /// Complete, and no model that writes, such as an adapter.
        case noWriter
        /// Incomplete or damaged.
        case incomplete
    }

    var state: State
    /// With the name that was first used; `problem` is the sentence of the other states.
    var description: ModelDescription
}

/// The heads of model files.
final class ModelHeaders: Sendable {
    /// Size, time and number of a file; `nil` for one that is not there.
    private struct Stamp: Codable, Equatable {
        var bytes: Int
        var seconds: Int
        var nanoseconds: Int
        var number: UInt64

        init?(_ path: String) {
            guard let facts = FileFacts(path) else { return nil }
            (bytes, seconds, nanoseconds) = (facts.bytes, facts.seconds, facts.nanoseconds)
            number = facts.identity.number
        }
    }

    private struct Remembered: Codable {
        var stamps: [Stamp?]
        var header: ModelHeader
    }

    private struct Memory: Codable {
        var version: String
        var heads: [String: Remembered] = [:]
    }

    private struct State {
        var memory: Memory?
        var isChanged = false
        var used: Set<String> = []
    }

    /// Older entries are forgotten beyond this number.
    private static let most = 4000
    private static let mostBytes = 32 << 20
    private static let version = "2 " + CopydeskVersion.current

    private let path: String?
    private let state = Mutex(State())

    /// - Parameter path: the file that keeps the memory; `nil` keeps it as long as the program runs.
    init(path: String?) { self.path = path }

    /// The head of a model, read if it is not remembered.
    func header(of path: String) -> ModelHeader {
        let files = FileFacts(path)?.isFolder == true ? ModelFolder.files(of: path) : ModelFileName.parts(of: path)
        let stamps = files.map { Stamp($0) }
        if let remembered = remembered(path), remembered.stamps == stamps { return remembered.header }
        let header = Self.read(path)
        state.withLock { state in
            state.memory?.heads[path] = Remembered(stamps: stamps, header: header)
            state.isChanged = true
        }
        return header
    }

    private func remembered(_ path: String) -> Remembered? {
        state.withLock { state in
            if state.memory == nil { state.memory = load() }
            state.used.insert(path)
            return state.memory?.heads[path]
        }
    }

    /// Writes the memory into its file, if something new is in it.
    func save() {
        guard let path else { return }
        let memory: Memory? = state.withLock { state in
            guard state.isChanged, var memory = state.memory else { return nil }
            state.isChanged = false
            if memory.heads.count > Self.most { memory.heads = memory.heads.filter { state.used.contains($0.key) } }
            state.memory = memory
            return memory
        }
        guard let memory, let bytes = try? JSONEncoder().encode(memory) else { return }
        try? FileManager.default.createDirectory(
            atPath: FilePath.folder(of: path), withIntermediateDirectories: true)
        guard let file = try? ReplacementFile(path: path, mode: .ownerOnly), (try? file.write(bytes)) != nil else {
            return
        }
        try? file.commit(synchronizes: false)
    }

    private func load() -> Memory {
        guard let path, let bytes = FolderReading.bytes(of: path, mostBytes: Self.mostBytes),
            let memory = try? JSONDecoder().decode(Memory.self, from: Data(bytes)), memory.version == Self.version
        else { return Memory(version: Self.version) }
        return memory
    }

    private static func read(_ path: String) -> ModelHeader {
        func header(_ state: ModelHeader.State, _ problem: String) -> ModelHeader {
            ModelHeader(state: state, description: ModelDescription(name: "", path: path, problem: problem))
        }
        do {
            if AdapterFiles.isAdapter(path: path) {
                let facts = try AdapterFiles.facts(path: path)
                return ModelHeader(
                    state: .noWriter, description: ModelDescription(adapter: facts, path: path))
            }
            let file = try ModelFileCheck.open(path: path)
            var description = ModelDescription(OpenedModel(name: "", file: file))
            do {
                try ModelFileCheck.requireSupported(file)
                return ModelHeader(state: .writer, description: description)
            } catch {
                description.problem = "\(error)"
                return ModelHeader(state: .unsupported, description: description)
            }
        } catch let error as ModelFileError {
            return header(error.isUnsupported ? .unsupported : .incomplete, error.description)
        } catch let error as AdapterError {
            return header(.unsupported, error.description)
        } catch let error as ModelCheckError {
            return header(.noWriter, error.description)
        } catch {
            return header(.incomplete, "\(error)")
        }
    }
}
