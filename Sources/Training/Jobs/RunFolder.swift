// The folder of a run: what it is about, who writes to it, and how it ended.
// - `run.json` tells it, and is replaced as a whole. Beside it lie log.jsonl, the checkpoints, and the results.
// - A run holds the lock of its folder as long as its process lives, so a run that was killed never looks as if it went on.

import Files
import Foundation

/// Facts about a run, for whoever looks at its folder.
public struct RunFacts: Sendable, Equatable, Codable {
    /// How a run ended.
    public struct End: Sendable, Equatable, Codable {
        public enum Kind: String, Sendable, Codable {
            case finished, stopped, failed
        }

        public var kind: Kind
        /// Why it failed.
        public var reason: String?
        /// Seconds since 1970.
        public var time: Double
    }

    public var version = 1
    /// The model that it began with.
    public var model: String
    /// What of the model is trained.
    public var part: TrainedPart
    public var settings: RunSettings
    public var rowCount: Int
    public var validationRowCount: Int
    public var stepCount: Int
    /// Trained values.
    public var parameterCount: Int
    /// Seconds since 1970.
    public var start: Double
    /// The file of the activity that the run gives way to; nil if it computes all the time.
    public var givesWayTo: String?
    /// nil while it runs, and after it was killed.
    public var end: End?
}

/// The folder that a run writes to.
public struct RunFolder: Sendable {
    public let path: String

    public init(path: String) { self.path = path }

    public var logPath: String { path + "/log.jsonl" }
    /// The folder with the result, for transformers or for PEFT.
    public var resultPath: String { path + "/final" }
    /// The result as one file for llama.cpp and for this program.
    public var resultFilePath: String { path + "/final.gguf" }
    /// What a run in the background says.
    public var outputPath: String { path + "/output.txt" }
    private var factsPath: String { path + "/run.json" }

    /// - Throws: `TrainingError.noRun`.
    public func facts() throws -> RunFacts {
        guard let bytes = try? Data(contentsOf: URL(filePath: factsPath)),
            let facts = try? JSONDecoder().decode(RunFacts.self, from: bytes)
        else { throw TrainingError.noRun(folder: path) }
        return facts
    }

    func write(_ facts: RunFacts) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let file = try ReplacementFile(path: factsPath)
        try file.write(encoder.encode(facts))
        try file.commit()
    }

    /// True if there is nothing in the folder but what a run leaves that was killed before it began, or no folder.
    var isEmpty: Bool {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        return names.allSatisfy { $0 == ".lock" || AbandonedFiles.isUnfinished($0) }
    }
    public var holdsRun: Bool { FileManager.default.fileExists(atPath: factsPath) }
}
