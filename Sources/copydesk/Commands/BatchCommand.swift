import ArgumentParser
import Drafting
import Export
import Foundation
import Generation
import Store
import Templates

/// Writes drafts for every row of a file: its columns are the fields of a template.
struct BatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch",
        abstract: "Write drafts for every row of a CSV or JSON Lines file.",
        discussion: """
            copydesk batch product-description --input products.csv --output drafts.csv
            copydesk batch slogan --input products.csv --output drafts.jsonl -n 3 --map Name=product -p tone=warm
            copydesk batch translate --input texts.tsv --output de.tsv --where language=en --where status!=done

            A column fills the field that has its name or label. All columns of the input are in the output, and behind \
            them: draft, draft_2 …, model, seed, ended (why each draft did), error, row_key. The names end in .csv, .tsv or \
            .jsonl. All rows are checked before the first is written.
            The output is a whole file at every moment. The same command goes on where it stopped: it keeps the rows that \
            are there, and writes those that are new, that have changed, or that failed. A row's seed comes from --seed and \
            the row, so a run that went on gives the same drafts as one that did not stop.
            A row that fails gets its reason in the column error; the exit status is then 1.
            Every draft is kept with a tag for the batch; see: copydesk history list --tag batch:…
            JSON: {"batch", "tag", "output", "rows", "asked", "kept", "written", "failed", "left", "dropped", "stopped", \
            "seconds", "failures": [{"row", "line", "error"}, …]}.
            """)

    @OptionGroup var shared: SharedOptions
    @Argument(help: "A template by name, as in `templates list`.") var template: String
    @Option(help: ArgumentHelp("The rows: .csv, .tsv or .jsonl.", valueName: "file")) var input: String
    @Option(help: ArgumentHelp("The rows with their drafts: .csv, .tsv or .jsonl.", valueName: "file")) var output:
        String
    @Option(
        name: [.customShort("p"), .customLong("param")],
        help: ArgumentHelp(
            "A field that is the same for all rows; @FILE takes a file's text, @- standard input, @@ is a literal @. "
                + ArgumentText.privacyHelp,
            valueName: "field=value"))
    var parameters: [KeyValue] = []
    @Option(
        help: ArgumentHelp(
            "The column that fills a field; without a field, the column fills nothing.", valueName: "column=field"))
    var map: [KeyValue] = []
    @Option(
        name: .customLong("where"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Only rows that meet this: column=value, column!=value, or column~text (in any case). Several: all of them.",
            valueName: "condition"))
    var conditions: [String] = []
    @Option(
        name: [.customShort("o"), .customLong("option")],
        help: ArgumentHelp("A sampling option, as for generate.", valueName: "name=value"))
    var options: [KeyValue] = []
    @Option(name: [.customShort("s"), .long], help: "A system prompt.") var system: String?
    @Option(
        name: [.customShort("n"), .long], parsing: .unconditional,
        help: "The number of drafts for each row (default: the template's).", transform: NumberArgument.whole)
    var variants: Int?
    @Option(
        parsing: .unconditional, help: "The same seed gives the same drafts (default: 0).",
        transform: NumberArgument.seed)
    var seed: UInt64?
    @Option(
        help: ArgumentHelp(
            "What stands between two fields of the input: a character, or tab (default: a comma, semicolon or tab, as in the first line).",
            valueName: "character"))
    var delimiter: String?
    @Option(help: ArgumentHelp("What the names of the added columns begin with.", valueName: "text")) var prefix = ""
    @Option(
        help: ArgumentHelp("How long to wait for a server: \(TimeoutArguments.help)", valueName: "name=seconds"))
    var timeout: [KeyValue] = []
    @Flag(help: "Begin anew: replace the output.") var force = false
    @Flag(help: "Do not keep the drafts in the store.") var noSave = false
    @Flag(help: "Print the result as JSON.") var json = false

    func validate() throws {
        _ = try SamplingArguments.overrides(options)
        _ = try delimiterByte()
        if let variants {
            let kind = SamplingOption.Kind.count(GenerationRequest.variantRange)
            guard kind.value(of: String(variants)) != nil else {
                let error = SamplingOptionError(name: "variants", kind: kind, foundText: String(variants))
                throw ValidationError("\(error) Give it as -n 5.")
            }
        }
        var timeouts = EndpointSettings.Timeouts()
        try TimeoutArguments.apply(timeout, to: &timeouts)
        try ArgumentText.checkStandardInput(readers: parameters.standardInputReaders(option: "-p"))
        _ = try parameters.dictionary(option: "-p")
        _ = try map.dictionary(option: "--map")
        do {
            _ = try conditions.map(BatchFilter.init)
            for path in [input, output] { _ = try BatchFormat.ending(of: path) }
        } catch let error as Failure {
            throw ValidationError(error.description)
        }
    }

    /// - Returns: `nil` if none is given.
    private func delimiterByte() throws -> UInt8? {
        guard let delimiter else { return nil }
        if ["tab", "\\t", "\t"].contains(delimiter) { return 0x09 }
        guard let byte = delimiter.utf8.first, delimiter.utf8.count == 1, byte < 0x80, byte > 0x20, byte != 0x22 else {
            throw ValidationError(
                "--delimiter takes one character such as ';', or tab, and '\(delimiter)' is neither.")
        }
        return byte
    }

    mutating func run() async throws {
        let files = try BatchFiles(input: input, output: output, delimiter: delimiterByte())
        let template = try TemplateLibrary.template(named: template, userFolder: shared.paths.templates)
        if template.isPersona { throw TemplateError.isPersona(template.name) }
        var fixed = try parameters.dictionary(option: "-p")
        for (name, value) in fixed { fixed[name] = try ArgumentText.field(name, value) }
        let table = try BatchTable(reading: files.input, as: files.inputFormat)
        let variantCount = variants ?? template.variantCount
        let encoder = BatchEncoder(files.outputFormat, of: table, variants: variantCount, prefix: prefix)
        if let taken = encoder.added.first(where: table.columns.contains) {
            throw Failure(
                "\(input) has a column '\(taken)', and a batch adds one of that name. Choose what the added names begin "
                    + "with: --prefix new_")
        }
        let mapping = try BatchMapping(
            table, to: template, maps: map.dictionary(option: "--map"), fixed: Set(fixed.keys), file: input)
        let plan = try BatchPlan(
            table, template: template, mapping: mapping, fixed: fixed, brand: shared.installation.settings.brand,
            filters: conditions.map(BatchFilter.init), file: input)

        let generators = shared.generators { [timeout] in try? TimeoutArguments.apply(timeout, to: &$0) }
        defer { generators.finishWriting() }
        let model = try shared.namingSettings { try shared.writingModel(shared.model, of: generators) }
        var sampling = shared.samplingSettings(forModel: shared.model, author: model.authorSampling)
        sampling[.template] = template.sampling
        sampling[.commandLine] = try SamplingArguments.overrides(options)
        let generator = try shared.namingSettings { try model.generator() }
        var facts: [String] = [template.hash, generator.identity.name, generator.identity.hash, String(variantCount)]
        facts += [String(seed ?? BatchKeys.usualSeed), system ?? ""]
        facts.append(DraftJSON.text(of: sampling.options, isPretty: false))
        for (field, column) in mapping.columns.sorted(by: { $0.key < $1.key }) {
            facts.append("\(field)=\(table.columns[column])")
        }
        let brand = shared.installation.settings.brand.values(for: template.fields)
        for values in [fixed, brand] {
            for (field, value) in values.sorted(by: { $0.key < $1.key }) { facts.append("\(field)=\(value)") }
        }
        let batch = BatchKeys.batch(facts)
        let lock = try BatchLock(output: files.output)
        defer { withExtendedLifetime(lock) {} }
        let kept =
            try force || !files.outputExists
            ? BatchKept()
            : BatchKept(reading: files.output, as: files.keptFormat, encoder, batch: batch)
        if !plan.brandFields.isEmpty {
            Console.printError("copydesk: From your brand: \(plan.brandFields.sorted().joined(separator: ", ")).")
        }

        let store = noSave ? nil : try GenerateCommand.openStore(shared.databasePath)
        defer { try? store?.close() }
        let writing = BatchWriting(
            template: template, generator: generator, store: store, sampling: sampling.options,
            variantCount: variantCount, seed: seed ?? BatchKeys.usualSeed, seedMustReplay: seed != nil,
            system: try system.map { try Console.text(of: $0, named: "The system prompt") },
            lexicon: shared.installation.settings.lexicon, batch: batch)
        var run = BatchRun(plan, encoder, kept, output: files.output, batch: batch)
        let stopSignal = StopSignal()
        let interrupts = InterruptWatch(stopSignal: stopSignal)
        defer { interrupts.cancel() }
        let report = try await run.write(with: writing, stopSignal: stopSignal, name: output)
        try tell(report, isKept: store != nil)
        if report.stopped { throw Interrupted() }
        if report.failed > 0 { throw ExitCode(ExitStatus.failed) }
    }

    /// The result for standard output, and what to do next for standard error.
    private func tell(_ report: BatchReport, isKept: Bool) throws {
        if json { try Console.printJSON(report) } else { try Console.print(report.sentence) }
        if report.dropped > 0 {
            Console.printError(
                "copydesk: \(report.dropped == 1 ? "1 row that was" : "\(report.dropped) rows that were") in \(output) \(report.dropped == 1 ? "is" : "are") not in \(input) any more, or "
                    + "have changed there; what was written for them is left out.")
        }
        if report.stopped {
            Console.printError(
                "copydesk: Stopped. \(output) has every row that is finished; the same command goes on with the other "
                    + "\(report.left).")
        } else if report.failed > 0 {
            Console.printError(
                "copydesk: \(report.failed == 1 ? "1 row" : "\(report.failed) rows") of \(report.asked) failed; the column "
                    + "'\(prefix)error' says why. The same command tries \(report.failed == 1 ? "it" : "them") again.")
        }
        if isKept, report.written > 0, !json {
            Console.printError("copydesk: The drafts are kept: copydesk history list --tag \(report.tag)")
        }
    }
}

/// The files of a batch, as they were found.
private struct BatchFiles {
    let input: String
    let output: String
    let inputFormat: BatchFormat
    let outputFormat: BatchFormat
    let outputExists: Bool
    /// How an output that is there is read: a spreadsheet may have saved it with another delimiter.
    let keptFormat: BatchFormat

    init(input: String, output: String, delimiter: UInt8?) throws {
        self.input = TextFile.expand(input)
        self.output = TextFile.expand(output)
        inputFormat = try BatchFormat.of(file: self.input, delimiter: delimiter)
        func place(_ path: String) -> String { URL(filePath: TextFile.absolute(path)).resolvingSymlinksInPath().path }
        guard place(self.input) != place(self.output) else {
            throw Failure("\(input) is the input and the output. Give the output another name.")
        }
        var isFolder: ObjCBool = false
        outputExists = FileManager.default.fileExists(atPath: self.output, isDirectory: &isFolder)
        guard !isFolder.boolValue else { throw Failure("\(output) is a folder. Name a file in it.") }
        let folder = URL(filePath: place(self.output)).deletingLastPathComponent().path
        guard FileManager.default.fileExists(atPath: folder) else {
            throw Failure("There is no folder \(folder) for \(output). Make it, or give another name.")
        }
        switch try BatchFormat.ending(of: output) {
        case .jsonLines: outputFormat = .jsonLines
        case .tsv: outputFormat = .columns(delimiter: 0x09)
        case .csv:
            if case .columns(let sign) = inputFormat, sign != 0x09 {
                outputFormat = .columns(delimiter: sign)
            } else {
                outputFormat = .columns(delimiter: UInt8(ascii: ","))
            }
        }
        keptFormat =
            try outputExists && outputFormat != .jsonLines && delimiter == nil
            ? BatchFormat.of(file: self.output, delimiter: nil) : outputFormat
    }
}
