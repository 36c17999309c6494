// Takes the speaker's own name off the beginning of answers.
// - Text waits only as long as it may still be the label; all other text goes through at once, as it is.
// - A draft whose label was taken off says so in its details.

import Generation

/// A generator whose drafts do not begin with the name of the one who answers.
struct UnlabelledGenerator: TextGenerator {
    private let generator: any TextGenerator
    private let label: SpeakerLabel

    init(_ generator: any TextGenerator, label: SpeakerLabel) {
        self.generator = generator
        self.label = label
    }

    var identity: ModelIdentity { generator.identity }
    var capabilities: GeneratorCapabilities { generator.capabilities }
    var authorSampling: SamplingOverrides { generator.authorSampling }

    func measure(_ request: GenerationRequest) async throws -> PromptMeasure? { try await generator.measure(request) }

    func generate(
        _ request: GenerationRequest, stopSignal: StopSignal
    ) -> AsyncThrowingStream<GenerationEvent, any Error> {
        AsyncThrowingStream { continuation in
            let forwarding = Task { [generator, label] in
                var variants: [Int: Opening] = [:]
                do {
                    for try await event in generator.generate(request, stopSignal: stopSignal) {
                        for event in Self.events(instead: event, &variants, label) { continuation.yield(event) }
                    }
                    continuation.finish()
                } catch {
                    for (variant, opening) in variants where !opening.waiting.isEmpty {
                        continuation.yield(.text(opening.waiting, variant: variant))
                    }
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in forwarding.cancel() }
        }
    }

    /// The beginning of a variant.
    fileprivate struct Opening {
        var waiting = ""
        /// True once the beginning is decided.
        var isPast = false
        var wasLabelled = false
        var toldDetails = false
    }

    private static func events(
        instead event: GenerationEvent, _ variants: inout [Int: Opening], _ label: SpeakerLabel
    ) -> [GenerationEvent] {
        switch event {
        case .text(let piece, let variant):
            var opening = variants[variant] ?? Opening()
            defer { variants[variant] = opening }
            guard !opening.isPast else { return [event] }
            opening.waiting += piece
            let text = opening.take(label, isComplete: false)
            return text.isEmpty ? [] : [.text(text, variant: variant)]
        case .restarted(let variant):
            variants[variant] = nil
            return [event]
        case .details(var details, let variant):
            variants[variant, default: Opening()].toldDetails = true
            let rest = endOfOpening(variant, &variants, label)
            if variants[variant]?.wasLabelled == true, !details.tidied.contains(.label) {
                details.tidied.append(.label)
            }
            return rest + [.details(details, variant: variant)]
        case .draftFinished(let variant, _, _):
            var before = endOfOpening(variant, &variants, label)
            if let opening = variants[variant], opening.wasLabelled, !opening.toldDetails {
                var details = DraftDetails()
                details.tidied = [.label]
                before.append(.details(details, variant: variant))
            }
            return before + [event]
        default:
            return [event]
        }
    }

    /// The text that still waits when a variant ends.
    private static func endOfOpening(
        _ variant: Int, _ variants: inout [Int: Opening], _ label: SpeakerLabel
    ) -> [GenerationEvent] {
        guard var opening = variants[variant], !opening.isPast, !opening.waiting.isEmpty else { return [] }
        let text = opening.take(label, isComplete: true)
        variants[variant] = opening
        return text.isEmpty ? [] : [.text(text, variant: variant)]
    }
}

extension UnlabelledGenerator.Opening {
    /// The text that can go out; "" if it still waits.
    fileprivate mutating func take(_ label: SpeakerLabel, isComplete: Bool) -> String {
        switch label.find(in: waiting, isComplete: isComplete) {
        case .open: return ""
        case .none:
            defer { waiting = "" }
            isPast = true
            return waiting
        case .label(let rest):
            (isPast, wasLabelled, waiting) = (true, true, "")
            return rest
        }
    }
}
