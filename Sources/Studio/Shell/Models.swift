import Generation

// The models that can be chosen, and the one that writes.

extension StudioState {
    mutating func openModels() {
        ask(.listModels)
        dialog = ListDialog(
            .models, title: "Models", rows: modelRows, selected: models.firstIndex { $0.name == modelName })
    }

    var modelRows: [ListDialog.Row] {
        models.map { ListDialog.Row(title: $0.name, detail: $0.detail, choice: .useModel(name: $0.name)) }
    }

    mutating func useModel(_ name: String) {
        if name == modelName { return memory.choices.model = name }
        guard draft.running == nil else { return say("The model is writing. Stop it first.", isFailure: true) }
        say("Opening \(name)…")
        memory.awaitedModel = name
        ask(.useModel(name: name))
    }

    mutating func takeModel(_ name: String) {
        modelName = name
        modelFailure = nil
        if name == memory.awaitedModel {
            memory.choices.model = name
            memory.awaitedModel = nil
        }
        ask(.listModels)
    }

    mutating func takeModelFailure(_ sentence: String) {
        if modelName.isEmpty { modelFailure = sentence }
        say(sentence, isFailure: true)
    }
}
