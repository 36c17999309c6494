// The sampling options of a draft, laid over each other place by place, with the place that each value came from.
// - A nearer place wins, and `SamplingOverrides` says how: lists are replaced as a whole, and a grammar takes the place
//   of a JSON schema behind it.

/// A place that sets sampling options, from the farthest to the nearest.
public enum OptionOrigin: String, Sendable, Hashable, CaseIterable, Comparable, Codable {
    /// The program's default.
    case program
    /// What the author of the model recommends in its files.
    case author
    /// `sampling:` in config.yaml.
    case settings
    /// `per_model:` in config.yaml, for the model that writes.
    case modelSettings
    case template
    /// `-o` and flags of their own.
    case commandLine

    /// For people: `per_model in config.yaml`.
    public var title: String {
        switch self {
        case .program: "default"
        case .author: "model file"
        case .settings: "sampling in config.yaml"
        case .modelSettings: "per_model in config.yaml"
        case .template: "template"
        case .commandLine: "command line"
        }
    }

    public static func < (a: OptionOrigin, b: OptionOrigin) -> Bool { a.rank < b.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// An option whose value one of the places set.
public struct SettledOption: Sendable, Hashable {
    public var name: String
    public var value: SamplingValue
    public var origin: OptionOrigin
}

/// Overrides by their places, and the options that come of them.
public struct SettledSampling: Sendable, Hashable {
    private var places: [OptionOrigin: SamplingOverrides]

    public init(_ places: [OptionOrigin: SamplingOverrides] = [:]) { self.places = places }

    /// The overrides of one place.
    public subscript(place: OptionOrigin) -> SamplingOverrides {
        get { places[place] ?? SamplingOverrides() }
        set { places[place] = newValue }
    }

    /// The value of every option.
    public var options: SamplingOptions {
        OptionOrigin.allCases.reduce(SamplingOptions()) { self[$1].applied(to: $0) }
    }

    /// The options that a place set, in the order of the table; one that a nearer place replaced by another is left out.
    public var settled: [SettledOption] {
        let options = options
        return SamplingOption.all.compactMap { option in
            let place = OptionOrigin.allCases.last { self[$0][option.name] != nil }
            guard let place, !isReplaced(option, setBy: place) else { return nil }
            return SettledOption(name: option.name, value: option.value(in: options), origin: place)
        }
    }

    private func isReplaced(_ option: SamplingOption, setBy place: OptionOrigin) -> Bool {
        SamplingOption.all.contains { other in
            other.replaces == option.name
                && OptionOrigin.allCases.contains { $0 > place && self[$0][other.name] != nil }
        }
    }
}
