import Generation

@testable import Studio

// Models, servers and downloads for the tests.

extension StudioScript {
    static let modelItems: [ModelItem] = [
        ModelItem(name: "built-in", detail: "llama, 8.1M parameters, Q8_0, context 512"),
        ModelItem(name: "qwen2.5-coder-0.5b-q4", detail: "qwen2, 494M parameters, Q4_K_M, context 32768"),
        ModelItem(
            name: "broken-1b",
            problem:
                "broken-1b.gguf: tensor 'blk.3.attn_q.weight' needs 8192 bytes and the file has 512 left. The file "
                + "is cut short: download it again."),
        ModelItem(
            name: "llama3.2:1b", detail: "llama, 1.2B parameters, Q8_0, context 131072", origin: .program("Ollama")),
        ModelItem(
            name: "gemma-3-270m-it-Q4_K_M", detail: "gemma3, 268M parameters, Q4_K_M", origin: .program("LM Studio")),
        ModelItem(name: "quick", origin: .alias(of: "local/qwen3-4b")),
    ]

    static let serverItems: [ModelItem] = [
        ModelItem(name: "local/qwen3-4b", detail: "context 8192", origin: .server("local")),
        ModelItem(name: "local/mistralai/mistral-small", detail: "not loaded yet", origin: .server("local")),
    ]

    static let farSentence =
        "Nothing answers at http://far.example:8080 within 2 seconds. Start the server, or correct its address in the settings."

    static let report: ServerReport = {
        var report = ServerReport(endpoint: "local", askedModel: "qwen3-4b")
        report.answeredModel = "qwen3-4b-instruct"
        report.seed = 8
        report.droppedFields = ["top_k", "min_p"]
        report.finishReason = "stop"
        report.promptTokens = 48
        report.completionTokens = 9
        report.cost = 0.0021
        report.seconds = 1.4
        return report
    }()

    static let offers = DownloadOffers(
        suggested: [
            DownloadOffer(
                reference: "bartowski/SmolLM2-360M-Instruct-GGUF:Q8_0", title: "SmolLM2 360M Instruct",
                parameters: "360 million", licence: "Apache 2.0", note: "short texts in English, on any machine"),
            DownloadOffer(
                reference: "unsloth/Qwen3-0.6B-GGUF:Q8_0", title: "Qwen3 0.6B", parameters: "0.6 billion",
                licence: "Apache 2.0", note: "many languages; can think before it writes"),
            DownloadOffer(
                reference: "unsloth/gemma-3-1b-it-GGUF:Q4_K_M", title: "Gemma 3 1B", parameters: "1 billion",
                licence: "Gemma terms of use", note: "ads, mails and posts, mostly in English"),
        ],
        unfinished: [
            UnfinishedDownload(
                id: "u1",
                request: DownloadRequest(
                    reference: "ollama:llama3.2:3b", name: "llama3.2-3b", source: "ollama:llama3.2:3b"),
                bytesThere: 812_000_000, totalBytes: 2_019_000_000)
        ])

    static let found: [DownloadOffer] = [
        DownloadOffer(
            reference: "Qwen/Qwen3-4B-GGUF", title: "Qwen/Qwen3-4B-GGUF", licence: "apache-2.0", downloadCount: 214_000),
        DownloadOffer(
            reference: "google/gemma-3-4b-it-qat-q4_0-gguf", title: "google/gemma-3-4b-it-qat-q4_0-gguf",
            downloadCount: 1_250_000, isGated: true),
    ]

    static func plan(_ reference: String) -> DownloadPlan {
        DownloadPlan(
            reference: reference, source: "unsloth/Qwen3-0.6B-GGUF", name: "Qwen3-0.6B-Q8_0", fileCount: 1,
            totalBytes: 639_000_000, neededBytes: 671_000_000, freeBytes: 40_000_000_000, licence: "apache-2.0")
    }

    /// The downloads that were asked for, in their order.
    var downloads: [(job: Int, request: DownloadRequest)] {
        effects.compactMap { if case .start(let job, .download(let request)) = $0 { (job, request) } else { nil } }
    }

    mutating func answerDownload(_ message: JobMessage) { send(.job(downloads.last?.job ?? -1, message)) }

    /// Asks for a model by its name, and accepts.
    mutating func startDownload(_ reference: String) {
        press(.character("m"), .character("n"), .character("n"))
        send(.offersListed(StudioScript.offers))
        type(reference)
        press(.enter)
        send(.downloadPlanned(StudioScript.plan(reference)))
        press(.character("y"))
        answerDownload(.started)
        send(.tick(now: state.now + 1))
        reportDownload(done: 213_000_000)
    }

    mutating func reportDownload(done: Int, phase: JobProgress.Phase = .downloading) {
        answerDownload(
            .progress(
                JobProgress(
                    phase: phase, done: done, total: 639_000_000, unit: .bytes, perSecond: 4_100_000, secondsLeft: 104))
        )
    }
}
