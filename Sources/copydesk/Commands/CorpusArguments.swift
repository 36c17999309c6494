// How rows are read and encoded, for each command that takes data to train on.

import ArgumentParser
import Foundation
import Training

extension CorpusFormat: ExpressibleByArgument {}

/// How files become rows.
struct CorpusArguments: ParsableArguments {
    /// Where a document ends, as typed.
    enum Documents: String, CaseIterable, ExpressibleByArgument {
        case file, blank, line
    }

    @Option(
        help: ArgumentHelp(
            "Text files: a document is the whole file, or ends at each blank line or line.",
            valueName: "file|blank|line"))
    var documents: Documents?
    @Option(help: ArgumentHelp("Text files: documents are separated by lines that are this text.", valueName: "text"))
    var separator: String?
    @Option(
        help: ArgumentHelp(
            "JSON and CSV: the name of the text, or those of prompt and answer (default: text; prompt, instruction or question with response, completion, output or answer; messages).",
            valueName: "name[,name]"))
    var columns: String?
    @Option(
        help: ArgumentHelp(
            "The kind of the files (default: by their endings).",
            valueName: CorpusFormat.allCases.map(\.rawValue).joined(separator: "|")))
    var format: CorpusFormat?
    @Flag(help: "Leave out damaged rows, and count them, instead of stopping at the first.") var skipDamaged = false
    @Flag(help: "Train on a row as often as it is there.") var keepDuplicates = false

    func validate() throws {
        if documents != nil, separator != nil {
            throw ValidationError("Give --documents or --separator, not both.")
        }
        _ = try chosenColumns()
    }

    private func chosenColumns() throws -> CorpusColumns? {
        guard let columns else { return nil }
        let names = columns.split(separator: ",", omittingEmptySubsequences: false).map {
            String($0.trimming(while: \.isWhitespace))
        }
        guard (1...2).contains(names.count), names.allSatisfy({ !$0.isEmpty }) else {
            throw ValidationError(
                "--columns takes one name, of the text, or two, of prompt and answer, and '\(columns)' is neither. Give "
                    + "it as --columns question,answer.")
        }
        return names.count == 1 ? .text(names[0]) : .pair(prompt: names[0], answer: names[1])
    }

    func options() throws -> CorpusOptions {
        var options = CorpusOptions()
        options.documentEnd =
            switch documents {
            case .blank: .blankLine
            case .line: .line
            case .file, nil: separator.map { .separator($0) } ?? .file
            }
        options.columns = try chosenColumns()
        options.format = format
        options.skipsDamaged = skipDamaged
        options.keepsDuplicates = keepDuplicates
        return options
    }
}

/// How rows become tokens, beside the greatest length and the seed.
struct EncodingArguments: ParsableArguments {
    @Flag(
        help: "If a prompt and its answer are too long, cut off the prompt's beginning instead of leaving the row out.")
    var cutPrompts = false
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The weight of prompts in the loss, from 0 to 1; answers have 1.", valueName: "w"))
    var promptWeight: Float = 0
    @Flag(help: "Texts: read the names of special tokens, such as <|im_end|>, as these tokens.") var special = false
    @Flag(
        name: .customLong("no-template"),
        help: "Put prompt and answer one after the other, without the model's chat template.")
    var noTemplate = false
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The share of rows to validate on, from 0 to 1; rows with one prompt stay together.", valueName: "share"))
    var validation = 0.0
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Pack whole examples into rows of n tokens; none sees another.", valueName: "n"),
        transform: NumberArgument.whole)
    var pack: Int?

    func validate() throws {
        guard (0...1).contains(promptWeight) else {
            throw ValidationError("--prompt-weight takes a number from 0 to 1, and \(promptWeight) is not one.")
        }
        guard (0..<1).contains(validation) else {
            throw ValidationError(
                "--validation takes a share from 0 to below 1, such as 0.05, and \(validation) is not one.")
        }
        if let pack, !(2...EncodingOptions.greatestLength).contains(pack) {
            throw ValidationError(
                "--pack takes a number of tokens from 2 to \(EncodingOptions.greatestLength), and \(pack) is not one.")
        }
    }

    /// - Parameter maxLength: at least 2.
    func options(maxLength: Int, seed: UInt64) -> EncodingOptions {
        var options = EncodingOptions(maxLength: maxLength)
        options.cutsPrompts = cutPrompts
        options.promptWeight = promptWeight
        options.parsesSpecial = special
        options.usesTemplate = !noTemplate
        options.validationShare = validation
        options.seed = seed
        options.layout = pack.map { .packed(length: $0) } ?? .single
        return options
    }
}
