import ArgumentParser
import Generation

/// `-o name=value` on sampling options, by the names of the table.
enum SamplingArguments {
    static let names = SamplingOption.all.map(\.name)

    /// The options that `-o` sets. If a value is given twice, the later one counts; a list has all that was given.
    /// - Parameter flagged: options that were set by flags of their own.
    /// - Throws: a `ValidationError` that names the option, its values and how to give one.
    static func overrides(
        _ arguments: [KeyValue], beside flagged: SamplingOverrides = .init()
    ) throws -> SamplingOverrides {
        var overrides = flagged
        for argument in arguments {
            guard let option = SamplingOption.named(argument.key) else {
                throw ValidationError(unknown(argument.key))
            }
            guard flagged[option.name] == nil else {
                throw ValidationError("\(option.name) is given by -o and by a flag of its own. Give it once.")
            }
            do {
                overrides.add(try option.read(argument.value), to: option)
            } catch {
                throw ValidationError("\(error) Give it as \(option.shortCommandLineExample).")
            }
            if let other = option.replaces, overrides[other] != nil {
                throw ValidationError("A draft follows a grammar or a JSON schema. Give one of the two.")
            }
        }
        return overrides
    }

    private static func unknown(_ name: String) -> String {
        let nearest = NearestName.to(name, among: names).map { " Did you mean '\($0)'?" } ?? ""
        return "There is no option '\(name)'.\(nearest) The options are: \(names.joined(separator: ", "))."
    }
}
