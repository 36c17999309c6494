import ArgumentParser
import Drafting
import Foundation
import Generation
import Models
import Templates

extension TemplatesCommand {
    /// Writes drafts with a template's own examples, and counts those that a reader could use as they stand.
    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "test",
            abstract: "Write drafts with a template's examples, and list their faults.",
            discussion: """
                copydesk templates test slogan product-ad -m MODEL -n 5

                The examples are those of the fields, and each entry of the template's examples (which is then not \
                shown to the model). Personas are not tested: chat with them. A draft is clean if it has none of these faults: \
                \(DraftFault.allCases.map(\.rawValue).joined(separator: ", ")). Nothing is kept in the store. \
                JSON: {"rows": [{"template", "fields", "drafts": [{"text", "faults"}, …]}, …], "drafts", "clean", "causes"}.
                """)

        @OptionGroup var shared: SharedOptions
        @Argument(help: "Templates by name; without one, all that write drafts.") var names: [String] = []
        @Option(name: [.customShort("n"), .long], help: "The number of variants for each example (default: 5).")
        var variants = 5
        @Option(help: "The same seed gives the same drafts (default: 11).") var seed: UInt64 = 11
        @Flag(help: "Print JSON.") var json = false
        @Flag(help: "Print the drafts too.") var show = false

        func validate() throws {
            guard GenerationRequest.variantRange.contains(variants) else {
                throw ValidationError(
                    "-n takes a number from 1 to \(GenerationRequest.variantRange.upperBound), and \(variants) is not one."
                )
            }
        }

        func run() async throws {
            let library = shared.templateLibrary
            let templates =
                try names.isEmpty
                ? library.templates.filter { !$0.isPersona } : names.map(library.template(named:))
            if let persona = templates.first(where: \.isPersona) { throw TemplateError.isPersona(persona.name) }
            let generators = shared.generators
            defer { generators.finishWriting() }
            let generator = try shared.namingSettings {
                try shared.writingModel(shared.model, of: generators).generator()
            }
            let stopSignal = StopSignal()
            let interrupts = InterruptWatch(stopSignal: stopSignal)
            defer { interrupts.cancel() }
            var report = TemplateTestReport()
            let width = templates.map(\.name.count).max() ?? 0
            for template in templates {
                for values in TemplateTest.cases(of: template) {
                    let row = try await self.row(template, values, generator, stopSignal)
                    if stopSignal.isRaised { throw Interrupted() }
                    report.rows.append(row)
                    if !json { try print(row, width: width) }
                }
            }
            if json { return try Console.printJSON(report) }
            try Console.write(report.summary + "\n")
        }

        private func row(
            _ template: PromptTemplate, _ values: [String: String], _ generator: any TextGenerator,
            _ stopSignal: StopSignal
        ) async throws -> TemplateTestReport.Row {
            let base = shared.samplingSettings(
                forModel: shared.model, author: generator.authorSampling
            ).options
            let filled = try template.fill(values: values, useExamples: values.isEmpty, over: base)
            var order = DraftOrder(filled: filled, template: template, seed: seed)
            order.request.variantCount = variants
            let recording = RecordedGeneration(order: order, generator: generator, store: nil, stopSignal: stopSignal)
            let record = await recording.run { _ in }
            if let failure = record.generation.failure { throw Failure("\(template.name): \(failure)") }
            var faults = DraftFaults(limits: filled.limits, conditions: filled.conditions)
            let drafts = record.generation.drafts.filter { !$0.isCandidate }.map {
                TemplateTestReport.Draft(text: $0.text, faults: faults.next($0.text, reason: $0.finishReason))
            }
            return TemplateTestReport.Row(template: template.name, fields: filled.values, drafts: drafts)
        }

        private func print(_ row: TemplateTestReport.Row, width: Int) throws {
            if show {
                for draft in row.drafts { try Console.print("--- \(row.template) [\(draft.verdict)]\n\(draft.text)") }
            } else {
                let name = row.template.padding(toLength: width, withPad: " ", startingAt: 0)
                try Console.write("\(name)  \(row.drafts.map(\.verdict).joined(separator: "  "))\n")
            }
        }
    }
}
