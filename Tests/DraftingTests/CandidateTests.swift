import Drafting
import Generation
import Testing

/// Writes what it is asked for, but no candidates.
private struct BilledGenerator: TextGenerator {
    let identity = ModelIdentity(name: "local/model", hash: "0", engine: "http://127.0.0.1:1/v1")
    var capabilities: GeneratorCapabilities {
        var capabilities = GeneratorCapabilities.all(contextLength: nil)
        capabilities.writesCandidates = false
        return capabilities
    }

    func generate(
        _ request: GenerationRequest, stopSignal: StopSignal
    ) -> AsyncThrowingStream<GenerationEvent, any Error> {
        AsyncThrowingStream { continuation in
            for variant in 0..<max(request.variantCount, request.sampling.bestOf) {
                continuation.yield(.text("Tea", variant: variant))
                continuation.yield(.draftFinished(variant: variant, reason: .stop, tokenCount: 1))
            }
            continuation.yield(.finished(GenerationTimings()))
            continuation.finish()
        }
    }
}

@Suite struct `Candidates of a generator that writes none` {
    @Test(arguments: [(16, 1), (2, 0), (0, 0)])
    func `are left out, and that is said`(bestOf: Int, noticeCount: Int) async {
        var order = DraftOrder(prompt: "Hi", system: nil, raw: false, seed: 3)
        order.request.variantCount = 2
        order.request.sampling.bestOf = bestOf
        let notices = Notices()
        let record = await RecordedGeneration(
            order: order, generator: BilledGenerator(), store: nil, stopSignal: StopSignal()
        ).run { event in
            if case .generation(.notice(let text)) = event { await notices.add(text) }
        }
        #expect(record.generation.drafts.count == 2 && record.generation.sampling.bestOf == 0)
        #expect(record.generation.drafts.allSatisfy { $0.text == "Tea" && $0.finishReason == .stop })
        let said = await notices.texts
        #expect(said.count == noticeCount && said.allSatisfy { $0.contains("best_of") })
    }

    private actor Notices {
        private(set) var texts: [String] = []
        func add(_ text: String) { texts.append(text) }
    }
}
