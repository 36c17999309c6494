// A corpus read, encoded and divided: what a run begins with.

import Foundation
import Generation
import Inference

/// The examples of a corpus for one model.
public struct EncodedCorpus: Sendable {
    public let training: CorpusSet
    /// `nil` if no share of the rows is for validation.
    public let validation: CorpusSet?
    public let summary: CorpusSummary

    /// Reads everything once.
    /// - Parameters:
    ///   - model: gives tokenizer and chat template; its weights are not read.
    ///   - name: of the model, for sentences.
    ///   - folder: for a file of the tokens if they are more than fit into memory.
    ///   - report: is told the number of rows read, now and then.
    /// - Throws: `CorpusError` for files that cannot be read, `TrainingError.nothingToTrainOn` if all rows are too long, the
    ///   errors of tokenizer and template, and what `report` throws, which ends the reading.
    public init(
        _ inputs: [CorpusInput], reading: CorpusOptions = CorpusOptions(), encoding: EncodingOptions,
        model: any ModelSource, name: String, folder: String = NSTemporaryDirectory(),
        report: (_ rows: Int) throws -> Void = { _ in }
    ) throws {
        let encoder = try ExampleEncoder(model: model, name: name, options: encoding)
        var reader = CorpusReader(inputs, options: reading)
        var builder = Builder(encoder: encoder, store: TokenStore(folder: folder))
        try reader.forEach { row, key in
            if row.number % 1024 == 1023 || row.row.isPart { try report(row.number + 1) }
            return try builder.add(row, key)
        }
        try builder.store.finish()
        builder.summary.count = reader.count
        try Self.check(builder.summary, encoding)
        training = CorpusSet(builder.training, store: builder.store, encoder: encoder)
        validation =
            encoding.validationShare > 0
            ? CorpusSet(builder.validation, store: builder.store, encoder: encoder) : nil
        summary = builder.summary
    }

    private static func check(_ summary: CorpusSummary, _ encoding: EncodingOptions) throws {
        let (training, validation) = (summary.training.rows, summary.validation.rows)
        if training + validation == 0 {
            let dropped = summary.count.dropped
            if let tooLong = dropped[.tooLong], tooLong > 0 {
                throw TrainingError.nothingToTrainOn(longest: summary.longestDropped, limit: encoding.exampleLimit)
            }
            throw CorpusError.nothingLeft(read: summary.count.read, reasons: summary.count.reasons)
        }
        guard encoding.validationShare > 0 else { return }
        if training == 0 { throw CorpusError.emptySide(isValidation: false, rows: validation) }
        if validation == 0 { throw CorpusError.emptySide(isValidation: true, rows: training) }
    }

    /// What is collected while the rows come.
    private struct Builder {
        let encoder: ExampleEncoder
        var store: TokenStore
        var training: [CorpusSet.Document] = []
        var validation: [CorpusSet.Document] = []
        var summary = CorpusSummary()

        init(encoder: ExampleEncoder, store: TokenStore) {
            self.encoder = encoder
            self.store = store
            summary.hasTemplate = encoder.hasTemplate
        }

        mutating func add(_ row: NumberedRow, _ key: RowKey) throws -> DropReason? {
            let encoded = try encoder.encode(row.row, number: row.number)
            if let reason = encoded.dropped {
                if reason == .tooLong { summary.longestDropped = max(summary.longestDropped, encoded.tokenCount) }
                return reason
            }
            note(encoded, row)
            let options = encoder.options
            let isValidation = key.isValidation(share: options.validationShare, seed: options.seed)
            for example in encoded.examples {
                let place = try store.add(example.tokens) { example.weights[$0] == 1 }
                let document = CorpusSet.Document(
                    row: row.number, place: place, hash: example.hash(weight: row.weight), weight: row.weight)
                if isValidation { validation.append(document) } else { training.append(document) }
            }
            if isValidation {
                summary.validation.add(encoded.examples)
            } else {
                summary.training.add(encoded.examples)
            }
            return nil
        }

        private mutating func note(_ encoded: ExampleEncoder.Encoded, _ row: NumberedRow) {
            summary.lengths[encoded.tokenCount, default: 0] += 1
            if encoded.isCut { summary.cutPrompts += 1 }
            if encoded.holdsSpecialName { summary.rowsWithSpecialNames += 1 }
            if let notice = encoded.notice { summary.notices[notice, default: 0] += 1 }
            if summary.first == nil, let first = encoded.examples.first {
                summary.first = first
                summary.firstPlace = row.place
            }
        }
    }
}

extension EncodedExample {
    /// Of tokens and weights.
    /// - Parameter weight: of the row.
    func hash(weight: Float) -> UInt64 {
        var hash = FNV1a()
        hash.mix(UInt64(tokens.count))
        for token in tokens { hash.mix(UInt64(UInt32(bitPattern: token))) }
        for weight in weights { hash.mix(UInt64(weight.bitPattern)) }
        // A row of weight 1 has the hash that it had before rows had weights, so that runs of then go on.
        if weight != 1 { hash.mix(UInt64(weight.bitPattern)) }
        return hash.value
    }
}

extension CorpusCount {
    /// Why rows were left out, with their numbers: "3 empty", "1 too long".
    public var reasons: [String] {
        let words: [DropReason: String] = [
            .empty: "empty", .tooLong: "too long", .noTarget: "without an answer to learn", .damaged: "damaged",
        ]
        return DropReason.allCases.compactMap { reason in
            guard let count = dropped[reason], count > 0 else { return nil }
            return "\(count) \(words[reason] ?? reason.rawValue)"
        }
    }
}
