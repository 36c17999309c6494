// What a test of templates runs, and what it tells: a row for each example, and a total.

import Generation
import Templates

/// The cases of a template's test.
public enum TemplateTest {
    /// Values by field name: first none, which stands for the examples of the fields, then those of each finished example.
    public static func cases(of template: PromptTemplate) -> [[String: String]] {
        [[:]] + template.examples.map(\.values)
    }
}

/// The drafts of a test with their faults.
public struct TemplateTestReport: Sendable, Encodable {
    public struct Draft: Sendable, Encodable {
        public var text: String
        public var faults: [DraftFault]

        public init(text: String, faults: [DraftFault]) {
            self.text = text
            self.faults = faults
        }

        /// `clean`, or the faults: `quoted+over`.
        public var verdict: String {
            faults.isEmpty ? "clean" : faults.map(\.rawValue).joined(separator: "+")
        }
    }

    public struct Row: Sendable, Encodable {
        public var template: String
        public var fields: [String: String]
        public var drafts: [Draft]

        public init(template: String, fields: [String: String], drafts: [Draft]) {
            self.template = template
            self.fields = fields
            self.drafts = drafts
        }
    }

    public var rows: [Row] = []

    public init() {}

    private var drafts: [Draft] { rows.flatMap(\.drafts) }

    private var causes: [(fault: DraftFault, count: Int)] {
        DraftFault.allCases.map { fault in (fault, drafts.count { $0.faults.contains(fault) }) }
            .filter { $0.count > 0 }.sorted { $0.count > $1.count }
    }

    /// `clean 18 of 60 (30%); causes: quoted 29, over 12`.
    public var summary: String {
        let clean = drafts.count { $0.faults.isEmpty }
        let percent = drafts.isEmpty ? 0 : (100 * clean + drafts.count / 2) / drafts.count
        let counts = causes.map { "\($0.fault.rawValue) \($0.count)" }
        let list = counts.isEmpty ? "" : "; causes: " + counts.joined(separator: ", ")
        return "clean \(clean) of \(drafts.count) (\(percent)%)" + list
    }

    private enum Key: String, CodingKey { case rows, drafts, clean, causes }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(rows, forKey: .rows)
        try values.encode(drafts.count, forKey: .drafts)
        try values.encode(drafts.count { $0.faults.isEmpty }, forKey: .clean)
        let counts = causes.map { ($0.fault.rawValue, $0.count) }
        try values.encode(Dictionary(uniqueKeysWithValues: counts), forKey: .causes)
    }
}
