// config.yaml to settings, by the table.
// - A wrong value is left out and noted with its place; the rest counts.
// - Of a key that is written twice the first counts. If the YAML breaks off, the entries before the broken one count.
// - Whatever the bytes are, reading ends: the size, the aliases and the number of noted problems are bounded.

import Generation
import YAMLReading
import Yams

extension UserSettings {
    /// The largest file that is read, in bytes.
    public static let byteLimit = 1 << 20

    /// Reads a file; one that is absent has no settings and no problems.
    public static func read(_ path: String) -> UserSettings {
        do {
            let bytes = try SourceFile.bytes(of: path, atMost: byteLimit, as: "a file of settings")
            return UserSettings(bytes: bytes, file: path)
        } catch {
            var settings = UserSettings(file: path)
            if error.kind == .absent {
                settings.isThere = false
            } else {
                settings.problems = [FileProblem(file: path, line: 0, column: 0, reason: error.reason)]
            }
            return settings
        }
    }

    /// Reads the bytes of a file.
    /// - Parameter file: how problems call it.
    public init(bytes: [UInt8], file: String) {
        self.init(file: file)
        var document = SettingsDocument(bytes: bytes, file: file)
        let mapping = document.readMapping()
        var reader = SettingsReader(file: file, repeatedKeys: document.repeatedKeys)
        if let mapping { reader.read(mapping, below: [], modelName: nil, as: SettingsReader.fileName) }
        reader.checkConstraints()
        reader.checkLexicon()
        reader.checkAliases()
        entries = reader.entries
        unused = reader.unused.problems
        problems = (document.problems + reader.nodes.problems).sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }
}

/// Reads the nodes of the file.
struct SettingsReader {
    /// The file as sentences name it.
    static let fileName = "config.yaml"
    /// More are not noted, so that a file that is something else altogether does not flood the screen.
    static let problemLimit = 100

    static func source(_ text: YAMLText) -> YAMLSource {
        YAMLSource(text: text.string, subject: fileName, owner: fileName, example: "model: built-in")
    }

    var nodes: NodeReader
    /// Notices of keys that this version does not use.
    var unused: NodeReader
    var entries: [SettingKey: UserSettings.Entry] = [:]
    private var keyNodes: [SettingKey: Node] = [:]
    private(set) var valueNodes: [SettingKey: Node] = [:]
    let repeatedKeys: Set<FilePlace>

    /// - Parameter repeatedKeys: the places of keys that are left out because they stand twice.
    init(file: String, repeatedKeys: Set<FilePlace>) {
        nodes = NodeReader(file: file, lineOffset: 0)
        unused = NodeReader(file: file, lineOffset: 0)
        self.repeatedKeys = repeatedKeys
    }

    /// Reads a mapping of the file.
    /// - Parameters:
    ///   - path: the steps that lead to it.
    ///   - modelName: the model's name among them.
    ///   - name: how sentences call the mapping.
    mutating func read(
        _ mapping: Node.Mapping, below path: [Setting.Step], modelName: String?, as name: String
    ) {
        let rows = Setting.all.filter { $0.path.starts(with: path) && $0.path.count > path.count }
        let known = Self.keys(of: rows, at: path.count)
        for (key, value) in mapping where !repeatedKeys.contains(nodes.place(of: key)) {
            guard let text = key.scalar?.string, known.isEmpty || known.contains(text) else {
                if nodes.problems.count < Self.problemLimit { nodes.noteUnknown(key, known: known, in: name) }
                continue
            }
            guard !value.isLeftEmpty else { continue }
            let step: Setting.Step = known.isEmpty ? .modelName : .key(text)
            let modelName = known.isEmpty ? text : modelName
            if let row = rows.first(where: { $0.path == path + [step] }) {
                take(value, of: row, key: key, modelName: modelName)
            } else if let mapping = value.mapping {
                read(mapping, below: path + [step], modelName: modelName, as: OptionLine.quoted(text))
            } else {
                noteNoMapping(value, text, rows.filter { $0.path.starts(with: path + [step]) }, at: path.count + 1)
            }
        }
    }

    /// The keys that may stand below the steps before `index`; none if any model's name may.
    private static func keys(of rows: [Setting], at index: Int) -> [String] {
        var keys: [String] = []
        for case .key(let key) in rows.map({ $0.path[index] }) where !keys.contains(key) { keys.append(key) }
        return keys
    }

    private mutating func take(_ node: Node, of row: Setting, key: Node, modelName: String?) {
        let value: SettingValue?
        let name = row.path.last?.text ?? row.name
        switch row.kind {
        case .later:
            unused.note("'\(row.name)' is not used by this version.", at: key)
            return
        case .flag:
            value = nodes.flag(node, name).map(SettingValue.flag)
        case .requiredWords:
            let hint = row.example.map { "Write it as '\(name): \($0.yamlText)'." } ?? ""
            value = nodes.requiredWords(node, hint: hint).map(SettingValue.requiredWords)
        case .endpoints:
            value = endpoints(node).map(SettingValue.endpoints)
        case .value(let kind):
            let hint = row.example.map { "Write it as '\(name): \($0.yamlText)'." }
            value = nodes.value(node, name, kind, hint: hint).map(SettingValue.value)
        }
        guard let value else { return }
        let settingKey = SettingKey(row, modelName: modelName)
        entries[settingKey] = UserSettings.Entry(value: value, line: nodes.place(of: key).line)
        keyNodes[settingKey] = key
        valueNodes[settingKey] = node
    }

    private mutating func noteNoMapping(_ node: Node, _ name: String, _ rows: [Setting], at index: Int) {
        let row = rows.first { $0.example != nil }
        let example = row.flatMap { row in row.example.map { (row.path.dropFirst(index), $0.yamlText) } }
        let text = example.map { path, value in
            path.reversed().reduce(value) { text, step in
                "{\(step == .modelName ? "gemma-3-1b" : step.text): \(text)}"
            }
        }
        nodes.note("\(OptionLine.quoted(name)) is written as \(text ?? "{…}"). Write it so.", at: node)
    }

    /// Of a grammar and a JSON schema in one place, leaves out the later one.
    mutating func checkConstraints() {
        for (key, entry) in entries {
            guard let other = key.setting?.option?.replaces else { continue }
            let isSecond = entries.contains { otherKey, otherEntry in
                otherKey.modelName == key.modelName && otherKey.setting?.option?.name == other
                    && (otherEntry.line, otherKey.name) < (entry.line, key.name)
            }
            guard isSecond else { continue }
            nodes.note("A draft follows a grammar or a JSON schema. Give one of the two.", at: keyNodes[key])
            entries[key] = nil
        }
    }
}
