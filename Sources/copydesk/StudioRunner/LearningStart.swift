// A learning that the studio begins: the program is started again with the words of the command line, in the background,
// so that everything is checked and said as there.
// - Its words go to a file that is read when it has left for the background or has failed. A pipe would end it if the
//   studio ended first.

import Foundation
import Generation
import Models
import Studio
import Training

extension EffectRunner {
    func learn(goingOnWith name: String?) {
        let arguments = LearningStart.arguments(of: shared, goingOnWith: name)
        let process = Process()
        process.executableURL = URL(filePath: LearningStart.executable)
        process.arguments = arguments
        let output = FileManager.default.temporaryDirectory.appending(path: "copydesk-learn-\(UUID().uuidString)").path
        guard FileManager.default.createFile(atPath: output, contents: nil, attributes: [.posixPermissions: 0o600]),
            let errors = FileHandle(forWritingAtPath: output)
        else {
            return deliver(.learningNotBegun(sentence: "\(output) cannot be written. Check the folder."))
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        process.terminationHandler = { [sender] process in
            let text = (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
            try? FileManager.default.removeItem(atPath: output)
            let isBegun = process.terminationReason == .exit && process.terminationStatus == 0
            sender(isBegun ? .learningBegan : .learningNotBegun(sentence: LearningStart.sentence(of: text)))
        }
        do {
            try process.run()
        } catch {
            try? FileManager.default.removeItem(atPath: output)
            deliver(.learningNotBegun(sentence: "No process can be started: \(StudioHints.sentence(of: error))"))
        }
    }
}

enum LearningStart {
    /// The options with which the studio would learn: its own, with its model alone.
    static func options(of shared: SharedOptions) -> SharedOptions {
        var options = shared
        options.adapters = []
        options.modelOption = shared.modelOption.map { ModelChoice($0).base }
        return options
    }

    /// The words of the command line.
    static func arguments(of shared: SharedOptions, goingOnWith name: String?) -> [String] {
        let options = options(of: shared)
        var words = ["learn", "start", "--background"]
        if let database = options.database { words += ["--database", database] }
        if let name { return words + ["--resume", "--name", name] }
        if let model = options.modelOption { words += ["-m", model] }
        return words
    }

    /// The file of this program. If another one took its place, such as a newer version, the kernel still knows the old one.
    static var executable: String {
        let link = "/proc/self/exe"
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) ?? link
        return FileManager.default.isExecutableFile(atPath: path) ? path : link
    }

    /// What a program that failed has said, without its name before each sentence.
    static func sentence(of output: String) -> String {
        let lines = output.split(separator: "\n").map { line in
            line.hasPrefix("copydesk: ") ? String(line.dropFirst("copydesk: ".count)) : String(line)
        }
        return lines.isEmpty ? "The learning ended without a word. Try it again." : lines.joined(separator: " ")
    }

    /// A rough guess of the minutes that training and writing the pairs take on one thread.
    ///
    /// A thread of a usual processor trains a parameter on 2e10 tokens a second, and writes with 1e10.
    /// - Returns: nil if it is beyond all reason.
    static func minutes(textBytes: Int, parameters: Double) -> Int? {
        // About four bytes a token, each read three times, and half as many again for measures and general texts.
        let trained = Double(textBytes) / 4 * 3 * 1.5
        let written = Double(2 * LearningComparison.usualPairs * 120)
        let seconds = parameters * (trained / 2e10 + written / 1e10)
        guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return nil }
        return max(1, Int((seconds / 60).rounded(.up)))
    }
}
