// Values of the settings, for options that the command line leaves out.

import Foundation
import Generation
import Models
import Settings

extension SharedOptions {
    /// The model of `-m`, else of config.yaml, with the adapters of `--adapter` on top; `nil` for the built-in one.
    var model: String? { givenModel ?? installation.settings.modelName.map(TextFile.expand) }

    /// The model if the command line names one, or an adapter; `nil` if it leaves the choice to others.
    var givenModel: String? {
        guard !adapters.isEmpty else { return modelOption }
        return withAdapters(modelOption ?? installation.settings.modelName.map(TextFile.expand))
    }

    /// A model with the adapters of `--adapter` on top, as one name.
    func withAdapters(_ model: String?) -> String? {
        guard !adapters.isEmpty else { return model }
        let more = adapters.map { ModelChoice.Adapter(TextFile.expand($0)).text }
        return ([model ?? ModelLibrary.builtInName] + more).joined(separator: " + ")
    }

    /// The name by which the store knows the model of `-m`, for commands that choose drafts by it; `nil` without `-m`.
    var filterModel: String? { givenModel.map { modelLibrary.name(of: $0) } }

    /// The place in config.yaml that names the model, as a sentence; `nil` if `-m` or nothing names it.
    var modelPlace: String? {
        guard givenModel == nil, let entry = installation.settings.model else { return nil }
        return "The model is named in \(installation.settings.file):\(entry.line)."
    }

    /// The overrides of sampling options for a model, by their places: of the model's author and of config.yaml.
    /// - Parameter model: as `-m` takes it; `nil` for the built-in one.
    func samplingSettings(forModel model: String?, author: SamplingOverrides) -> SettledSampling {
        let settings = installation.settings
        return SettledSampling([
            .author: author,
            .settings: settings.sampling,
            .modelSettings: settings.sampling(forModel: modelLibrary.baseName(of: model)),
        ])
    }

    /// Opens a model; if that fails and config.yaml named the model, the error names the line.
    func namingSettings<Value>(_ open: () throws -> Value) throws -> Value {
        do {
            return try open()
        } catch {
            guard let modelPlace else { throw error }
            throw Failure("\(Console.sentence(of: error)) \(modelPlace) -m names another one.")
        }
    }
}
