// Follows a run from outside, again and again, and reads only what was added to its log.
// - If the log was cut, because the run went on from an earlier checkpoint, it is read anew.

import Foundation

/// The log of a run as whoever looks at it wants it: the newest of each kind of line, and the losses.
public struct LogDigest: Sendable, Equatable {
    /// A loss in nats a label.
    public struct Point: Sendable, Equatable {
        public var step: Int
        public var loss: Double
    }

    /// The newest line about updates.
    public private(set) var line: LogLine?
    /// The newest evaluation.
    public private(set) var evaluation: LogLine?
    /// The evaluation with the lowest loss.
    public private(set) var best: LogLine?
    /// The newest line with a text that the model wrote.
    public private(set) var sample: LogLine?
    public private(set) var training: [Point] = []
    public private(set) var validation: [Point] = []

    public init(_ lines: [LogLine] = []) { for line in lines { take(line) } }

    mutating func take(_ new: LogLine) {
        if new.targets != nil { line = new }
        if let loss = new.loss { training.append(Point(step: new.step, loss: loss)) }
        if let loss = new.validationLoss {
            evaluation = new
            if loss < best?.validationLoss ?? .infinity { best = new }
            validation.append(Point(step: new.step, loss: loss))
        }
        if new.sample != nil { sample = new }
    }
}

/// Follows one run.
public struct RunFollower: Sendable {
    public let folder: RunFolder
    public private(set) var digest = LogDigest()
    /// Bytes of the log that are read; the last of them ends a line.
    private var offset: UInt64 = 0

    public init(_ folder: RunFolder) { self.folder = folder }

    /// How the run stands now.
    /// - Throws: `TrainingError.noRun`.
    public mutating func look() throws -> RunStatus {
        readLog()
        return try RunStatus(of: folder, digest)
    }

    private mutating func readLog() {
        guard let handle = try? FileHandle(forReadingFrom: URL(filePath: folder.logPath)) else { return restart() }
        defer { try? handle.close() }
        guard let length = try? handle.seekToEnd() else { return }
        if length < offset || !endsLine(handle) { restart() }
        guard length > offset, (try? handle.seek(toOffset: offset)) != nil, let bytes = try? handle.readToEnd(),
            let end = bytes.lastIndex(of: UInt8(ascii: "\n"))
        else { return }
        let decoder = JSONDecoder()
        for line in bytes[...end].split(separator: UInt8(ascii: "\n")) {
            if let line = try? decoder.decode(LogLine.self, from: line) { digest.take(line) }
        }
        offset += UInt64(end - bytes.startIndex + 1)
    }

    /// False if what was read is no longer there.
    private func endsLine(_ handle: FileHandle) -> Bool {
        guard offset > 0 else { return true }
        guard (try? handle.seek(toOffset: offset - 1)) != nil else { return false }
        return (try? handle.read(upToCount: 1)) == Data("\n".utf8)
    }

    private mutating func restart() { (digest, offset) = (LogDigest(), 0) }
}
