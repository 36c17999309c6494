import ArgumentParser
import Downloads
import Foundation
import Generation

/// Brings a model from a server into the models folder.
struct ModelsPullCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Download a model.",
        discussion: """
            copydesk models pull Qwen/Qwen3-0.6B-GGUF:Q8_0
            copydesk models pull OWNER/REPO                  the file that suits most
            copydesk models pull OWNER/REPO/FILE.gguf@REV    one file, of a branch, tag or commit
            copydesk models pull ollama:llama3.2:1b
            copydesk models pull https://example.org/model.gguf --sha256 SUM

            A download that was interrupted goes on where it ended if the command is given again. Its checksum is compared \
            before the model gets its name. HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE count as for the Hub's own programs.
            The model's name is printed on standard output, everything else on standard error. Exit status 130 if you \
            stopped it. JSON: {"model": {"name", "paths", "wasThere", "source", "commit", "bytes", "licence"}}.
            """)

    /// More is asked for on a terminal, in bytes.
    private static let quietLimit = 2_000_000_000

    @OptionGroup var shared: SharedOptions
    @Argument(help: ArgumentHelp("The model: OWNER/REPO, with :QUANT or /FILE.gguf behind it.", valueName: "reference"))
    var reference: String
    @Option(help: ArgumentHelp("The checksum that the file must have.", valueName: "sum")) var sha256: String?
    @Flag(name: .shortAndLong, help: "Ask nothing.") var yes = false
    @Flag(help: "Print JSON.") var json = false

    struct Report: Encodable {
        struct Model: Encodable {
            var name: String
            var paths: [String]
            var wasThere: Bool
            var source: String
            var commit: String?
            var bytes: Int?
            var licence: String?

            private enum Key: CodingKey { case name, paths, wasThere, source, commit, bytes, licence }

            func encode(to encoder: any Encoder) throws {
                var container = encoder.container(keyedBy: Key.self)
                try container.encode(name, forKey: .name)
                try container.encode(paths, forKey: .paths)
                try container.encode(wasThere, forKey: .wasThere)
                try container.encode(source, forKey: .source)
                try container.encode(commit, forKey: .commit)
                try container.encode(bytes, forKey: .bytes)
                try container.encode(licence, forKey: .licence)
            }
        }

        var model: Model
    }

    func run() throws {
        let reference = try ModelReference(reference)
        let stopSignal = StopSignal()
        let interrupts = InterruptWatch(stopSignal: stopSignal, endsAtOnce: false)
        defer { interrupts.cancel() }
        let downloads = shared.downloads
        do {
            Console.showProgress("asking for \(reference.publicText)")
            let plan = try downloads.plan(reference, sha256: sha256) { stopSignal.isRaised }
            Console.clearProgress()
            guard plan.isThere || isWanted(plan) else {
                return Console.printError("copydesk: Nothing was downloaded.")
            }
            let meter = DownloadMeter(name: plan.name)
            let model = try downloads.pull(plan, isStopped: { stopSignal.isRaised }, report: meter.show)
            Console.clearProgress()
            try show(model, plan)
        } catch DownloadError.stopped {
            Console.clearProgress()
            tellHowToGoOn(downloads, reference)
            throw Interrupted()
        } catch {
            Console.clearProgress()
            throw error
        }
    }

    /// Says what will come, and asks if it is much.
    private func isWanted(_ plan: PullPlan) -> Bool {
        Console.printError("copydesk: \(Self.summary(of: plan))")
        for file in plan.files {
            guard let path = file.pathElsewhere else { continue }
            Console.printError(
                "copydesk: \(file.fileName) lies on this machine already: \(path). -m takes it from there; see: copydesk models"
            )
        }
        guard let bytes = plan.totalBytes,
            bytes - plan.bytesThere > Self.quietLimit || plan.files.contains(where: { $0.pathElsewhere != nil }),
            !yes, Question.canBeAsked
        else { return true }
        return Question.confirm("Download \(SizeText.bytes(bytes - plan.bytesThere))?")
    }

    /// `qwen3-0.6b-q8_0: 1 file, 639 MB, licence apache-2.0, from Qwen/Qwen3-0.6B-GGUF; 120 MB are here already.`
    private static func summary(of plan: PullPlan) -> String {
        var parts = [counted(plan.files.count, "file")]
        if let bytes = plan.totalBytes { parts.append(SizeText.bytes(bytes)) }
        if let licence = plan.licence { parts.append("licence \(licence)") }
        parts.append("from \(plan.source)")
        let there = plan.bytesThere > 0 ? "; \(SizeText.bytes(plan.bytesThere)) are here already" : ""
        return "\(plan.name): \(parts.joined(separator: ", "))\(there)."
    }

    private func show(_ model: PulledModel, _ plan: PullPlan) throws {
        if json {
            return try Console.printJSON(
                Report(
                    model: Report.Model(
                        name: model.name, paths: model.paths, wasThere: model.wasThere, source: plan.source,
                        commit: plan.commit, bytes: plan.totalBytes, licence: plan.licence)))
        }
        if model.wasThere { Console.printError("copydesk: It is here already, with the right checksum.") }
        try Console.print(model.name)
        Console.printError("Write with it: copydesk generate --prompt \"…\" -m \(ShellWord.of(model.name))")
    }

    private func tellHowToGoOn(_ downloads: ModelDownloads, _ reference: ModelReference) {
        let kept = downloads.unfinished.first { $0.reference == reference.text }
        let amount = kept.map { "\(SizeText.bytes($0.bytesThere)) are kept. " } ?? ""
        Console.printError(
            "copydesk: Stopped. \(amount)Go on with: copydesk models pull \(ShellWord.ofReference(reference.publicText))"
        )
    }
}

extension ShellWord {
    /// A reference as one word; its slashes mean nothing to a shell.
    static func ofReference(_ reference: String) -> String {
        let isPlain = reference.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "/.-_:@".utf8.contains(byte)
            }
        }
        return isPlain && !reference.isEmpty ? reference : of(reference)
    }
}

/// The line of progress of a download.
struct DownloadMeter {
    let name: String

    func show(_ progress: JobProgress) { Console.showProgress(line(progress)) }

    /// `qwen3: 340 MB of 639 MB, 53%, 12.3 MB/s, 24 s left`
    func line(_ progress: JobProgress) -> String {
        var parts = [amount(progress)]
        if let total = progress.total, total > 0 {
            parts.append("\(Int(min(max(Double(progress.done) / Double(total), 0), 1) * 100))%")
        }
        if let rate = progress.perSecond, rate.isFinite, rate >= 1, rate < 1e15 {
            parts.append("\(SizeText.bytes(Int(rate)))/s")
            if let left = progress.secondsLeft.flatMap(SizeText.seconds) { parts.append("\(left) left") }
        }
        let verb = progress.phase == .verifying ? "checking " : ""
        return "\(verb)\(name): \(parts.joined(separator: ", "))"
    }

    private func amount(_ progress: JobProgress) -> String {
        guard let total = progress.total else { return SizeText.bytes(progress.done) }
        return "\(SizeText.bytes(progress.done)) of \(SizeText.bytes(total))"
    }
}
