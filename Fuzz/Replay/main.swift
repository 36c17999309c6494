// Reads files as a fuzz target does and prints for each the result, the time and the memory.
// Usage: FuzzReplay TARGET FILE…; one line per file: name, milliseconds of CPU, kilobytes of memory, the sentence.

import Foundation
import FuzzReaders

/// A value of /proc/self/status, in kilobytes.
private func memory(_ name: String) -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix(name + ":") } ?? ""
    return Int(line.filter(\.isNumber)) ?? 0
}

private func processorMilliseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
}

guard CommandLine.arguments.count > 2, let reader = FuzzReader(rawValue: CommandLine.arguments[1]) else {
    fatalError("Usage: FuzzReplay TARGET FILE…; targets: \(FuzzReader.allCases.map(\.rawValue)).")
}
for path in CommandLine.arguments.dropFirst(2) {
    let bytes = Array(FileManager.default.contents(atPath: path) ?? Data())
    try? "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)  // resets the peak
    let (start, before) = (processorMilliseconds(), memory("VmRSS"))
    let sentence = reader.complaint(bytes) ?? "read"
    let fields = [
        URL(filePath: path).lastPathComponent, "\(processorMilliseconds() - start)",
        "\(max(0, memory("VmHWM") - before))", sentence.replacing("\n", with: " "),
    ]
    print(fields.joined(separator: "\t"))
}
