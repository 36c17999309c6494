// Which column of a batch fills which field of its template.
// - A column is a field's if it has the field's name or label; case, blanks, - and _ make no difference.
// - `--map COLUMN=FIELD` says it outright, and `--map COLUMN=` keeps a column from filling anything.
// - A field has one source: a column, `-p`, or the brand.

import Generation
import Templates

struct BatchMapping: Equatable {
    /// The column of each field that has one, by the field's name.
    private(set) var columns: [String: Int] = [:]

    /// - Parameters:
    ///   - maps: of `--map`, by column.
    ///   - fixed: the fields that `-p` gives.
    ///   - file: the name of the input, for sentences.
    /// - Throws: `Failure` if a column or field is unknown, a field has two sources, or no column is a field.
    init(
        _ table: BatchTable, to template: PromptTemplate, maps: [String: String], fixed: Set<String>, file: String
    ) throws {
        var named: [Int: String] = [:]
        for (name, field) in maps.sorted(by: { $0.key < $1.key }) {
            guard let column = table.column(named: name) else {
                throw Failure(Self.unknownColumn(name, in: table, file: file))
            }
            guard field.isEmpty || template.field(named: field) != nil else {
                let nearest = NearestName.to(field, among: template.fields.map(\.name))
                throw TemplateError.unknownField(
                    name: field, nearest: nearest, template: template.name, fields: template.fieldList)
            }
            named[column] = field
        }
        for (column, name) in table.columns.enumerated() {
            guard let field = named[column] ?? Self.field(named: name, in: template), !field.isEmpty else { continue }
            if fixed.contains(field) {
                throw Failure(
                    "The field '\(field)' is given by -p and by the column '\(name)'. Leave out -p, or let the column "
                        + "fill nothing: --map \(ShellWord.of(name))=")
            }
            if let other = columns[field] {
                throw Failure(
                    "The columns '\(table.columns[other])' and '\(name)' both fill the field '\(field)'. "
                        + "Let one of them fill nothing: --map \(ShellWord.of(name))=")
            }
            columns[field] = column
        }
        guard !columns.isEmpty else {
            if table.columns.isEmpty { throw BatchPlan.noRows(file) }
            throw Failure(
                "No column of \(file) is a field of \(template.name). The columns are: "
                    + "\(Self.list(table.columns)). The fields are: \(template.fieldList). Name one with "
                    + "--map COLUMN=FIELD.")
        }
    }

    static func unknownColumn(_ name: String, in table: BatchTable, file: String) -> String {
        let nearest = NearestName.to(name, among: table.columns).map { " Did you mean '\($0)'?" } ?? ""
        return "\(file) has no column '\(name)'.\(nearest) Its columns are: \(list(table.columns))."
    }

    static func list(_ columns: [String]) -> String {
        columns.prefix(20).joined(separator: ", ") + (columns.count > 20 ? ", and \(columns.count - 20) more" : "")
    }

    private static func field(named column: String, in template: PromptTemplate) -> String? {
        let plain = plain(column)
        return
            (template.fields.first { self.plain($0.name) == plain }
            ?? template.fields.first { self.plain($0.label) == plain })?.name
    }

    private static func plain(_ name: String) -> String {
        FieldText.trimmed(name).lowercased().replacing(" ", with: "_").replacing("-", with: "_")
    }
}

/// A condition on rows: `language=de`, `status!=done`, `title~garden`.
struct BatchFilter: Equatable {
    enum Sign: String { case equal = "=", notEqual = "!=", contains = "~" }

    var column: String
    var sign: Sign
    var value: String

    /// - Throws: `Failure` if it is no condition.
    init(_ text: String) throws {
        guard let place = text.firstIndex(where: { $0 == "=" || $0 == "~" }), place != text.startIndex else {
            throw Failure(
                "--where takes a condition such as language=de, status!=done or title~garden, and '\(text)' is none.")
        }
        let before = text[..<place]
        let isNegated = text[place] == "=" && before.last == "!"
        column = FieldText.trimmed(String(isNegated ? before.dropLast() : before))
        sign = isNegated ? .notEqual : text[place] == "=" ? .equal : .contains
        value = FieldText.trimmed(String(text[text.index(after: place)...]))
        guard !column.isEmpty else {
            throw Failure("--where '\(text)' names no column. Give one, as in --where status!=done.")
        }
    }

    /// True if a text of its column meets it. Equal is the very text; `~` looks for it in any case.
    func holds(for text: String?) -> Bool {
        let text = FieldText.trimmed(text ?? "")
        return switch sign {
        case .equal: text == value
        case .notEqual: text != value
        case .contains: text.lowercased().contains(value.lowercased())
        }
    }
}
