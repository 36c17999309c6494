import Generation

// What is known of a variant besides its text, as a message to read.

extension StudioState {
    mutating func showInfo() {
        guard let generation = shownGeneration, let variant = selectedVariant else { return }
        let title = "About \(Variant.letter(generation.selected)) of \(clipped(generation.request.title, columns: 40))"
        dialog = MessageDialog(title: title, text: infoLines(of: variant, in: generation).joined(separator: "\n"))
    }

    private func infoLines(of variant: Variant, in generation: OpenGeneration) -> [String] {
        var lines = ["Model: \(onOneLine(generation.modelName))"]
        if let seed = generation.seed { lines.append("Seed: \(seed)") }
        lines += variant.details.server.map(serverLines) ?? []
        lines.append("Length: \(lengthLine(of: variant))")
        if !generation.request.limits.isEmpty { lines.append("Limit: \(limitText(generation.request.limits))") }
        lines += partLines(of: variant)
        let details = variant.details
        if !details.tidied.isEmpty {
            lines.append("Taken off the text: \(details.tidied.map(\.rawValue).joined(separator: ", "))")
        }
        if let word = details.endedBefore {
            lines.append("Ends before \(OptionLine.quoted(word)), which is banned: nothing else fit there")
        }
        if details.attempts > 1 {
            lines.append("Written \(details.attempts) times, because it equaled another text before")
        }
        if let twin = details.twinOf { lines.append("Equals \(Variant.letter(twin)); nothing else could be written") }
        if variant.thoughts != nil { lines.append("The model \(variant.thoughtsLine), which are no part of the text") }
        if let score = details.score {
            let subject = variant.isEdited ? "Score of the text before it was edited" : "Score among the candidates"
            lines.append("\(subject): \(score.shownSum)")
            lines += score.shownReasons.map { "  \($0)" }
        }
        if variant.isEdited { lines.append("Edited since it was written") }
        if generation.request.relation == .continue {
            lines.append("Continues an earlier draft, whose text it begins with")
        }
        guard !generation.notices.isEmpty else { return lines }
        return lines + ["", "Notes:"] + generation.notices.map { "  " + onOneLine($0, limit: 1000) }
    }

    /// How a server wrote it.
    private func serverLines(of report: ServerReport) -> [String] {
        var lines = ["Server: \(onOneLine(report.endpoint))"]
        if let answered = report.answeredModel, answered != report.askedModel {
            lines.append("  It answered with the model \(onOneLine(answered))")
        }
        lines.append("  Seed sent: \(report.seed.map { "\($0)" } ?? "none")")
        if !report.droppedFields.isEmpty {
            let fields = onOneLine(report.droppedFields.joined(separator: ", "))
            lines.append("  Left out, because the server refused it: \(fields)")
        }
        if let failure = report.failure { lines.append("  It failed: \(onOneLine(failure, limit: 1000))") }
        if let reason = report.finishReason {
            lines.append("  Why it ended, in the server's word: “\(onOneLine(reason))”")
        } else if report.failure == nil {
            lines.append("  Why it ended, in the server's word: none was told: the text is cut off")
        }
        if report.promptTokens != nil || report.completionTokens != nil {
            let read = report.promptTokens.map { "\($0) read" }
            let written = report.completionTokens.map { "\($0) written" }
            lines.append("  Tokens: " + [read, written].compactMap(\.self).joined(separator: ", "))
        } else if report.countsAreEstimated {
            lines.append("  Tokens: not told by the server; their number is an estimate")
        }
        if let cost = report.cost, cost.isFinite { lines.append("  Cost, in the server's unit: \(cost)") }
        if report.seconds.isFinite, report.seconds >= 0 { lines.append("  It took \(wholeNumber(report.seconds)) s") }
        return lines
    }

    private func lengthLine(of variant: Variant) -> String {
        let length = variant.layout.length
        let characters = length.characters(countsWideAsTwo: false)
        let counts = [
            (characters, "character"), (length.words, "word"), (length.lines, "line"), (variant.tokenCount, "token"),
        ]
        return counts.map(counted).joined(separator: ", ")
    }

    /// `1 line`, `2 lines`.
    private func counted(_ count: Int, _ unit: String) -> String { "\(count) \(unit)\(count == 1 ? "" : "s")" }

    private func partLines(of variant: Variant) -> [String] {
        zip(variant.parts, DraftPart.split(variant.text, names: variant.parts.map(\.name))).map { part, written in
            let limit = part.limits.isEmpty ? "no limit" : limitText(part.limits)
            return "\(onOneLine(part.name)): \(counted(written.text.count, "character")); \(limit)"
        }
    }

    private func limitText(_ limits: LengthLimits) -> String {
        let counts = [
            (limits.characters, "character"), (limits.words, "word"), (limits.sentences, "sentence"),
            (limits.lines, "line"),
        ]
        let most = counts.compactMap { count, unit in count.map { counted($0, unit) } }
        return "at most \(most.joined(separator: ", "))" + (limits.hard ? "" : ", shown but not enforced")
    }
}
