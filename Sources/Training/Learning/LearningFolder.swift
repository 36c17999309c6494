// The folders of learnings: one for each, beside the store.
// - `learning.json` is the record. It is replaced as a whole, and its owner alone may read it, because it holds drafts.
// - Whoever changes it holds the lock of the folder from reading to writing, so that two windows lose no answer.
// - `run` is the folder of the training, `general.json` what the base wrote against forgetting.

import Files
import Foundation

/// The folder of one learning.
public struct LearningFolder: Sendable, Equatable {
    public let path: String

    public init(path: String) { self.path = path }

    public var name: String { path.split(separator: "/").last.map(String.init) ?? path }
    /// Of the training.
    public var run: RunFolder { RunFolder(path: path + "/run") }
    public var generalPath: String { path + "/general.json" }
    public var recordPath: String { path + "/learning.json" }
    private var lockPath: String { path + "/.lock" }

    /// True if there is a record, whole or damaged.
    public var exists: Bool { FileManager.default.fileExists(atPath: recordPath) }

    /// - Throws: `LearningError` if there is none, or it cannot be read.
    public func record() throws(LearningError) -> LearningRecord {
        guard exists else { throw .missing(name: name) }
        guard let bytes = try? Data(contentsOf: URL(filePath: recordPath)) else {
            throw .damaged(path: recordPath, reason: "it cannot be read")
        }
        struct Version: Decodable { var version: Int }
        guard let version = try? JSONDecoder().decode(Version.self, from: bytes).version else {
            throw .damaged(path: recordPath, reason: "it is no record of a learning, or it is cut short")
        }
        guard version <= LearningRecord.currentVersion else { throw .newer(path: recordPath) }
        let record: LearningRecord
        do {
            record = try JSONDecoder().decode(LearningRecord.self, from: bytes)
        } catch {
            throw .damaged(path: recordPath, reason: Self.reason(error))
        }
        if let name = record.impossibleSetting {
            throw .damaged(path: recordPath, reason: "'\(name)' has a value that cannot be")
        }
        return record
    }

    private static func reason(_ error: any Error) -> String {
        func place(_ context: DecodingError.Context, _ key: (any CodingKey)? = nil) -> String {
            (context.codingPath + [key].compactMap(\.self)).map(\.stringValue).joined(separator: ".")
        }
        return switch error {
        case DecodingError.keyNotFound(let key, let context): "'\(place(context, key))' is missing"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "'\(place(context))' has a value of another kind"
        case DecodingError.dataCorrupted(let context): "'\(place(context))' has a value that cannot be"
        default: "it is no record of a learning"
        }
    }

    /// Makes the folder of a new learning.
    /// - Throws: `LearningError.taken` if it is there; `FileError`.
    func make() throws {
        try FileManager.default.createDirectory(
            atPath: FilePath.folder(of: path), withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        guard mkdir(path, 0o700) != 0 else { return }
        if errno == EEXIST { throw LearningError.taken(name: name) }
        throw FileError(path: path, code: errno)
    }

    /// Writes the record; the folder is made if it is missing.
    /// - Throws: `FileError`; an earlier record then stays.
    public func write(_ record: LearningRecord) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let file = try ReplacementFile(path: recordPath, mode: .ownerOnly)
        try file.write(encoder.encode(record) + Data("\n".utf8))
        try file.commit()
    }

    /// Reads the record, changes it, and writes it if it differs.
    /// - Throws: what `record` and `change` throw, and `FileError`; the record then stays as it was.
    @discardableResult
    public func update(_ change: (inout LearningRecord) throws -> Void) throws -> LearningRecord {
        guard exists else { throw LearningError.missing(name: name) }
        let descriptor = open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(path: lockPath, code: errno) }
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
        let before = try record()
        var record = before
        try change(&record)
        if record != before { try write(record) }
        return record
    }

    /// Notes an answer, unless the pair has one. After the last one the comparison is decided.
    /// - Throws: `LearningError.notReady`; as `update` does.
    @discardableResult
    public func answer(_ answer: BlindComparison.Answer, pair index: Int) throws -> LearningRecord {
        try update { record in
            guard record.state == .ready, var comparison = record.comparison else {
                throw LearningError.notReady(name: name, state: record.state)
            }
            guard comparison.next == index else { return }
            comparison.answer(answer, pair: index)
            record.comparison = comparison
            if comparison.next == nil { record.state = .compared }
        }
    }
}

/// All learnings of a store.
public struct Learnings: Sendable {
    /// The folder that holds theirs.
    public let path: String

    public init(path: String) { self.path = path }

    /// The learnings, the one that began last first; one whose record cannot be read stands at the end.
    public func all() -> [LearningFolder] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let folders = names.map { LearningFolder(path: "\(path)/\($0)") }.filter(\.exists)
        let starts = folders.map { (folder: $0, start: (try? $0.record().start) ?? -.infinity) }
        return starts.sorted { ($0.start, $0.folder.name) > ($1.start, $1.folder.name) }.map(\.folder)
    }

    /// The learning of a name, or the newest one.
    /// - Throws: `LearningError` if there is none.
    public func folder(named name: String?) throws(LearningError) -> LearningFolder {
        let all = all()
        guard let name else {
            guard let newest = all.first else { throw .none }
            return newest
        }
        guard let found = all.first(where: { $0.name == name }) else {
            throw all.isEmpty ? .none : .unknown(name: name, known: all.map(\.name))
        }
        return found
    }

    /// The folder for a new learning.
    /// - Throws: `LearningError` if the name cannot be one, or is taken.
    public func newFolder(named name: String) throws(LearningError) -> LearningFolder {
        guard Self.isName(name) else { throw .badName(name) }
        let folder = LearningFolder(path: "\(path)/\(name)")
        guard !FileManager.default.fileExists(atPath: folder.path) else { throw .taken(name: name) }
        return folder
    }

    /// A name that is free: `style-1`, `style-2` and so on.
    public func freeName(_ stem: String = "style") -> String {
        var number = 1
        while FileManager.default.fileExists(atPath: "\(path)/\(stem)-\(number)") { number += 1 }
        return "\(stem)-\(number)"
    }

    /// The name becomes that of a folder and of an adapter, so it has no separator of either.
    static func isName(_ name: String) -> Bool {
        guard let first = name.unicodeScalars.first, name.utf8.count <= 64 else { return false }
        func isPlain(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) || scalar == "_"
        }
        return isPlain(first) && name.unicodeScalars.allSatisfy { isPlain($0) || $0 == "-" || $0 == "." }
    }
}
