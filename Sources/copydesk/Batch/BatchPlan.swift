// Everything that a batch will write, checked before the first word of it is written.
// - Every row of the input is checked by the rules of its template's fields, also rows that are kept from an earlier run.
// - Rows that `--where` leaves out are not checked, because nothing is written of them.

import Foundation
import Generation
import Templates
import Text

struct BatchPlan {
    /// A row that is to be written.
    struct Item {
        /// The row's place in the table.
        var index: Int
        /// By field, as the template takes them.
        var values: [String: String]
    }

    /// The most problems that are told one by one.
    private static let shownProblemCount = 20

    let table: BatchTable
    let template: PromptTemplate
    /// In the order of the input, without those that the conditions leave out.
    private(set) var items: [Item] = []
    /// The fields of the brand that rows take, by name.
    private(set) var brandFields: Set<String> = []

    static func noRows(_ file: String) -> Failure {
        Failure("\(file) has no rows. Give a file with a row for each draft, below the names of its columns.")
    }

    /// - Parameters:
    ///   - fixed: of `-p`, by field.
    ///   - file: the name of the input, for sentences.
    /// - Throws: `Failure` that lists the rows that cannot be used, or says that there are none.
    init(
        _ table: BatchTable, template: PromptTemplate, mapping: BatchMapping, fixed: [String: String],
        brand: BrandProfile, filters: [BatchFilter], file: String
    ) throws {
        self.table = table
        self.template = template
        guard !table.rows.isEmpty || !table.problems.isEmpty else { throw Self.noRows(file) }
        try Self.checkSources(template, mapping, fixed, brand, table, file)
        let conditions = try filters.map { filter in
            guard let column = table.column(named: filter.column) else {
                throw Failure(BatchMapping.unknownColumn(filter.column, in: table, file: file))
            }
            return (column: column, filter: filter)
        }
        var problems = table.problems
        for (index, row) in table.rows.enumerated() {
            guard conditions.allSatisfy({ $0.filter.holds(for: row.texts[$0.column]) }) else { continue }
            do {
                items.append(Item(index: index, values: try values(of: row, mapping, fixed, brand)))
            } catch {
                problems.append(BatchProblem(number: row.number, line: row.line, reason: Self.reason(error)))
            }
        }
        if !problems.isEmpty { throw Self.refusal(of: problems, file) }
        guard !items.isEmpty else {
            throw Failure(
                "None of the \(table.rows.count) rows of \(file) meets \(filters.count == 1 ? "the condition" : "all conditions")."
                    + " Look at --where.")
        }
    }

    /// A field that must be given has to come from somewhere; without a source, every row would lack it.
    private static func checkSources(
        _ template: PromptTemplate, _ mapping: BatchMapping, _ fixed: [String: String], _ brand: BrandProfile,
        _ table: BatchTable, _ file: String
    ) throws {
        for field in template.fields where !field.mayBeEmpty {
            guard mapping.columns[field.name] == nil, (fixed[field.name] ?? "").isEmpty, brand.value(for: field) == nil
            else { continue }
            throw Failure(
                "\(template.name) needs the field '\(field.name)', and no column of \(file) has it. The columns are: "
                    + "\(BatchMapping.list(table.columns)). Name one with --map COLUMN=\(field.name), or give the same value to all rows with "
                    + "-p \(field.name)=….")
        }
    }

    private mutating func values(
        of row: BatchTable.Row, _ mapping: BatchMapping, _ fixed: [String: String], _ brand: BrandProfile
    ) throws -> [String: String] {
        var given = fixed
        for (field, column) in mapping.columns {
            do {
                given[field] = try OutsideText.text(of: row.texts[column] ?? "")
            } catch {
                throw Failure(error.sentence(named: "'\(table.columns[column])'"))
            }
        }
        let own = brand.values(for: template.fields, beside: given)
        brandFields.formUnion(own.keys)
        return try template.complete(given.merging(own) { given, _ in given }, useExamples: false)
    }

    private static func reason(_ error: any Error) -> String {
        guard let error = error as? TemplateError, case .field(let field, let problem) = error else {
            return Console.sentence(of: error)
        }
        return problem.sentence(label: field.label)
    }

    private static func refusal(of problems: [BatchProblem], _ file: String) -> Failure {
        let problems = problems.sorted { $0.number < $1.number }
        let count = problems.count
        let rest = count - shownProblemCount
        let shown = problems.prefix(shownProblemCount).map { "\n  \($0.sentence)" }.joined()
        return Failure(
            "\(file) has \(count == 1 ? "1 row that cannot" : "\(count) rows that cannot") be used, so nothing is written. "
                + "Correct \(count == 1 ? "it" : "them"):\(shown)"
                + (rest > 0 ? "\n  and \(rest) more" : ""))
    }
}
