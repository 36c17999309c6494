// Every file of the fuzz targets' corpora is read, and what is broken in it gets its sentence, soon and within a bound
// of memory. Fuzz/make_corpora.py writes the files, and says beside them what the sentence should name.

import Foundation
import FuzzReaders
import Testing

/// The result of reading one file of a corpus.
private struct Reading {
    var name: String
    var processorMilliseconds: Int
    /// How far the memory of the process rose above what it had before.
    var memoryKilobytes: Int
    /// "read" if there was no error.
    var sentence: String

    init?(_ line: Substring) {
        let fields = line.split(separator: "\t", maxSplits: 3)
        guard fields.count == 4, let milliseconds = Int(fields[1]), let kilobytes = Int(fields[2]) else { return nil }
        (name, sentence) = (String(fields[0]), String(fields[3]))
        (processorMilliseconds, memoryKilobytes) = (milliseconds, kilobytes)
    }
}

@Suite struct `The corpora of the fuzz targets` {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Fuzz/corpora").standardized

    /// In a process of its own, where memory can be measured and a trap is seen as one.
    private func readings(_ reader: FuzzReader, _ names: [String]) throws -> (readings: [Reading], status: Int32) {
        let output = FileManager.default.temporaryDirectory.appending(path: "copydesk-corpus-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: output) }
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
            .appending(path: "FuzzReplay")
        process.arguments =
            [reader.rawValue] + names.map { Self.folder.appending(path: "\(reader.rawValue)/\($0)").path }
        process.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        let text = String(decoding: try Data(contentsOf: output), as: UTF8.self)
        return (text.split(separator: "\n").compactMap(Reading.init), process.terminationStatus)
    }

    @Test(arguments: FuzzReader.allCases)
    func `are read, or refused with a sentence that names the problem`(reader: FuzzReader) throws {
        let expectations = try JSONDecoder().decode(
            [String: String?].self, from: Data(contentsOf: Self.folder.appending(path: "\(reader.rawValue).json")))
        let names = try FileManager.default.contentsOfDirectory(
            atPath: Self.folder.appending(path: reader.rawValue).path
        ).sorted()
        #expect(Set(names) == Set(expectations.keys))
        let (readings, status) = try readings(reader, names)
        #expect(
            status == 0 && readings.map(\.name) == names, "the reader ended behind \(readings.last?.name ?? "nothing")")
        for reading in readings {
            if let part = try #require(expectations[reading.name]) {
                #expect(part == "*" || reading.sentence.contains(part), "\(reading.name): \(reading.sentence)")
            } else {
                #expect(reading.sentence == "read", "\(reading.name)")
            }
            // A second of a release build is ten of a debug build; templates may make lists of millions of items.
            #expect(reading.processorMilliseconds < 10_000, "\(reading.name)")
            #expect(reading.memoryKilobytes < (reader == .template ? 256 : 64) << 10, "\(reading.name)")
        }
    }
}
