/// The fields of a generation as store rows and exports hold them.
///
/// Both had the raw mode of a free prompt among the fields from the first version on. The form stays, so that every version
/// reads every row and exports keep their keys; everywhere else the mode is `SavedGeneration.isRaw`. A template may have
/// a field of its own named `raw`: with a template, the key means nothing.
public enum RecordedFields {
    private static let rawKey = "raw"

    /// - Parameter isRaw: true only without a template.
    public static func joined(_ fields: [String: String], isRaw: Bool) -> [String: String] {
        guard isRaw else { return fields }
        return fields.merging([rawKey: "true"]) { $1 }
    }

    public static func split(
        _ recorded: [String: String], templateName: String?
    ) -> (fields: [String: String], isRaw: Bool) {
        guard templateName == nil, recorded[rawKey] == "true" else { return (recorded, false) }
        return (recorded.filter { $0.key != rawKey }, true)
    }
}

extension SavedGeneration {
    /// The fields as store rows and exports hold them.
    public var recordedFields: [String: String] { RecordedFields.joined(fields, isRaw: isRaw) }
}
