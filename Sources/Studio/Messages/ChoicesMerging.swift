import Generation

// Merging the choices of several studios that use one store.
// - Each studio writes only its own changes, so a choice that another studio made meanwhile stays.
// - Of two changes of the same thing, the one that is written later counts.

extension RememberedChoices {
    /// Repeats on these choices the changes that lead from one value to another.
    public mutating func takeChanges(from old: RememberedChoices, to new: RememberedChoices) {
        if old.model != new.model { model = new.model }
        if old.export != new.export { export = new.export }
        if old.open != new.open { open = new.open }
        if old.conversation != new.conversation { conversation = new.conversation }
        for name in Set(old.parameters.keys).union(new.parameters.keys) {
            let none = ChosenParameters()
            var chosen = parameters[name] ?? none
            chosen.takeChanges(from: old.parameters[name] ?? none, to: new.parameters[name] ?? none)
            parameters[name] = chosen.isEmpty ? nil : chosen
        }
    }
}

extension ChosenParameters {
    fileprivate mutating func takeChanges(from old: ChosenParameters, to new: ChosenParameters) {
        for option in SamplingOption.all {
            let value = new.sampling[option.name]
            guard old.sampling[option.name] != value else { continue }
            if let value { sampling.set(option, to: value) } else { sampling.remove(option) }
        }
        if old.variantCount != new.variantCount { variantCount = new.variantCount }
        if old.seed != new.seed { seed = new.seed }
    }
}
