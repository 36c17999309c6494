// The log of a run: JSON Lines that are only ever appended, so that a reader sees the run as it goes, and a run that goes
// on after a stop continues the same file.

import Files
import Foundation

/// One line of a run's log: the updates since the line before, or an evaluation.
public struct LogLine: Sendable, Equatable, Codable {
    /// The number of the last update that the line counts, from 1.
    public var step: Int
    /// Epochs done, with a fraction.
    public var epoch: Double
    /// Mean of the updates' losses (nats a label) since the line before. nil in an evaluation's line.
    public var loss: Double?
    /// The rate that the last update used.
    public var learningRate: Double?
    /// L2 norm of the last update's gradient, before it was clipped.
    public var gradientNorm: Double?
    /// Labels since the line before.
    public var targets: Int?
    /// Tokens read since the line before, per second of the run.
    public var tokensPerSecond: Double?
    /// Until the end of the run, as fast as now.
    public var secondsLeft: Double?
    /// Updates without a label since the line before; they changed nothing. nil if there were none.
    public var skipped: Int?
    /// Loss (nats a label) over all validation examples.
    public var validationLoss: Double?
    /// Of `validationLoss`, in bits for each UTF-8 byte of the labels' text.
    public var validationBitsPerByte: Double?
    /// A text that the model wrote from the recipe's prompt at this step.
    public var sample: String?

    public init(step: Int, epoch: Double) {
        self.step = step
        self.epoch = epoch
    }
}

/// Appends lines to a run's log.
///
/// Guard of `@unchecked Sendable`: the file handle belongs to the run's one thread.
public final class RunLog: @unchecked Sendable {
    private let path: String
    private let handle: FileHandle
    private let encoder: JSONEncoder

    /// Opens the log to go on after `byteCount` bytes; what lies behind is cut off, because it was written after the last
    /// checkpoint and comes again.
    /// - Throws: an error whose description names the file.
    public init(path: String, keepingBytes byteCount: UInt64) throws {
        self.path = path
        if !FileManager.default.fileExists(atPath: path) {
            guard FileManager.default.createFile(atPath: path, contents: nil) else {
                throw FileError(path: path, code: errno)
            }
        }
        handle = try FileHandle(forUpdating: URL(filePath: path))
        let length = try handle.seekToEnd()
        if length > byteCount { try handle.truncate(atOffset: byteCount) }
        try handle.seekToEnd()
        encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    deinit { try? handle.close() }

    /// - Throws: `FileError` if the line cannot be written; a part of it may be in the file.
    public func append(_ line: LogLine) throws {
        let bytes = try encoder.encode(line) + Data("\n".utf8)
        let code = bytes.withUnsafeBytes { Descriptor.write($0, to: handle.fileDescriptor) }
        guard code == 0 else { throw FileError(path: path, code: code) }
    }

    /// The length of the file in bytes.
    public func byteCount() throws -> UInt64 { try handle.offset() }

    /// The lines of a log. A last line that is cut off is left out, because it may be in the middle of being written.
    public static func lines(of path: String) throws -> [LogLine] {
        let bytes = try Data(contentsOf: URL(filePath: path))
        let decoder = JSONDecoder()
        return bytes.split(separator: UInt8(ascii: "\n")).compactMap { try? decoder.decode(LogLine.self, from: $0) }
    }
}
