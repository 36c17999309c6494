// What changes when an adapter is adopted, turned off, or removed.
// - The adapter becomes a file of the models folder, under the learning's name. So it is listed, drafts that it wrote name
//   it, and they can be replayed when it is turned off.
// - The base's name is replaced in the two places that decide what opens by itself: `model` of config.yaml, and the model
//   that was last chosen in the studio. A place that names another model stays as it is.
// - At most one learning of a base is on.

import Files
import Foundation
import Generation
import Models
import Settings
import Studio
import Training

struct LearnAdoption {
    let shared: SharedOptions
    let folder: LearningFolder
    /// Takes the sentences about what was done.
    var tell: (String) throws -> Void = { try Console.print($0) }

    /// The learning of a name, else the newest one in a state.
    static func folder(
        named name: String?, in state: LearningRecord.State, of shared: SharedOptions
    ) throws -> LearningFolder {
        let learnings = shared.learnings
        let isOff = state == .off
        if name == nil {
            if let found = learnings.all().first(where: { (try? $0.record().state) == state }) { return found }
            throw Failure(
                isOff ? "Nothing is turned off." : "Nothing is adopted, so there is nothing to turn off.")
        }
        let folder = try learnings.folder(named: name)
        guard try folder.record().state == state else {
            throw Failure(
                "'\(folder.name)' is not \(isOff ? "turned off" : "adopted"). `copydesk learn status` shows it.")
        }
        return folder
    }

    // MARK: Adopting

    func adopt(isAgainstResult: Bool) throws {
        let record = try folder.record()
        let base = try shared.modelLibrary.openSource(record.base.reference)
        try folder.checkAdapter(of: record, source: base.file)
        try install()
        try folder.update { record in
            record.adoption = LearningRecord.Adoption(
                time: Date().timeIntervalSince1970, isAgainstResult: isAgainstResult, adapterName: folder.name)
            record.state = .off
        }
        try turn(on: true)
    }

    /// Puts the adapter into the models folder.
    private func install() throws {
        let files = FileManager.default
        if files.fileExists(atPath: installedPath) {
            guard files.contentsEqual(atPath: installedPath, andPath: folder.run.resultFilePath) else {
                throw Failure(
                    "\(installedPath) is another file than the adapter of '\(folder.name)'. Move it away first.")
            }
            return
        }
        try files.createDirectory(atPath: shared.paths.models, withIntermediateDirectories: true)
        guard let bytes = try? Data(contentsOf: URL(filePath: folder.run.resultFilePath)) else {
            throw LearningError.damagedAdapter(path: folder.run.resultFilePath)
        }
        let file = try ReplacementFile(path: installedPath)
        try file.write(bytes)
        try file.commit()
    }

    private var installedPath: String { "\(shared.paths.models)/\(folder.name).gguf" }

    // MARK: On and off

    func turn(on isOn: Bool) throws {
        let record = try folder.record()
        if isOn {
            // It may have been removed from the models folder while it was off.
            try install()
            try turnOthersOff(record.base)
        }
        let places = try ModelPlaces(shared: shared, base: record.base.name, adapter: folder.name).turn(on: isOn)
        try folder.update { $0.state = isOn ? .adopted : .off }
        let name = "\(record.base.name) + \(folder.name)"
        if isOn, places.isEmpty {
            try tell(
                "'\(folder.name)' is on. Neither the settings nor the studio name \(record.base.name), so it is used with: "
                    + "-m \(ShellWord.of("\(record.base.reference) + \(folder.name)"))")
        } else {
            let verb = places.count == 1 ? "names" : "name"
            let list =
                places.isEmpty
                ? "" : " \(places.joined(separator: " and ")) now \(verb) \(isOn ? name : record.base.name)."
            try tell("'\(folder.name)' is \(isOn ? "on" : "off").\(list)")
        }
    }

    private func turnOthersOff(_ base: LearningRecord.Base) throws {
        for other in shared.learnings.all() where other != folder {
            guard let record = try? other.record(), record.state == .adopted, record.base.name == base.name else {
                continue
            }
            try LearnAdoption(shared: shared, folder: other, tell: tell).turn(on: false)
        }
    }

    // MARK: Removing

    func remove() throws {
        // A record that cannot be read says nothing about what is on, so the name alone counts.
        let record = try? folder.record()
        let base = record?.base.name ?? ModelLibrary.builtInName
        _ = try ModelPlaces(shared: shared, base: base, adapter: folder.name).turn(on: false)
        let files = FileManager.default
        if files.contentsEqual(atPath: installedPath, andPath: folder.run.resultFilePath) {
            try files.removeItem(atPath: installedPath)
        }
        try files.removeItem(atPath: folder.path)
        try tell("'\(folder.name)' is removed.")
    }
}

/// The places that name the model that opens by itself.
struct ModelPlaces {
    let shared: SharedOptions
    let base: String
    let adapter: String

    /// Adds the adapter to the base's name in each place, or takes it out.
    /// - Returns: the places that were changed, for a sentence.
    func turn(on isOn: Bool) throws -> [String] {
        var places: [String] = []
        if try changeSettings(isOn) { places.append("The setting `model`") }
        if try changeChoices(isOn) { places.append(places.isEmpty ? "The studio" : "the studio") }
        return places
    }

    private func changeSettings(_ isOn: Bool) throws -> Bool {
        guard let key = try? SettingKey("model") else { return false }
        // Read anew, because another learning may have been turned off just now.
        let named = UserSettings.read(shared.paths.settings).modelName
        guard let changed = changed(named ?? ModelLibrary.builtInName, isOn) else { return false }
        do {
            try SettingsFile.change(shared.paths.settings) { editor in
                changed == ModelLibrary.builtInName
                    ? try editor.removing(key) : try editor.setting(key, to: .value(.text(changed)))
            }
        } catch let error as SettingsEditError {
            throw Failure("\(error) Set `model` to \(changed) by hand.")
        }
        return true
    }

    private func changeChoices(_ isOn: Bool) throws -> Bool {
        let file = ChoicesFile(storePath: TextFile.absolute(shared.databasePath))
        return try file.locked { () -> Result<Bool, any Error> in
            Result {
                guard case .choices(var choices) = file.read(), let named = choices.model,
                    let changed = changed(named, isOn)
                else { return false }
                choices.model = changed
                try file.write(choices)
                return true
            }
        }.get()
    }

    /// The new name; nil if the place names another model, or needs no change.
    func changed(_ named: String, _ isOn: Bool) -> String? {
        var choice = ModelChoice(named)
        let has = choice.adapters.contains { $0.name == adapter }
        guard isOn != has, shared.modelLibrary.baseName(of: TextFile.expand(choice.base)) == base else { return nil }
        if isOn {
            choice.adapters.append(ModelChoice.Adapter(name: adapter, scale: 1))
        } else {
            choice.adapters.removeAll { $0.name == adapter }
        }
        return choice.text
    }
}
