import Generation

// The values of a form that the parameters dialog sets, and how its rows are read.

/// How a form's drafts are written.
struct FormParameters: Sendable, Hashable {
    var sampling: SamplingOptions
    var variantCount: Int
    /// `nil` if each generation draws a fresh one.
    var seed: UInt64?
}

/// The rows of the dialog that the writer changed.
struct TouchedParameters: Sendable, Hashable {
    /// True if all rows were set back to the template's values before.
    var isReset: Bool
    /// By the names of `ParametersDialog.fields`.
    var names: Set<String>
}

extension Form {
    var parameters: FormParameters {
        get { FormParameters(sampling: sampling, variantCount: variantCount, seed: seed) }
        set {
            sampling = newValue.sampling
            variantCount = newValue.variantCount
            seed = newValue.seed
        }
    }
}

extension StudioState {
    /// The persona that is selected in the list, if it is not a conversation that is shown.
    var personaForParameters: TemplateItem? {
        guard focus == .templates, !templates.inTrash, let item = templates.selectedItem, item.isPersona,
            item.brokenReason == nil
        else { return nil }
        return item
    }

    mutating func openParameters() {
        if let item = personaForParameters {
            var parameters = ParametersDialog(newForm(item).parameters, usual: usualForm(item).parameters)
            parameters.persona = item.name
            dialog = parameters
            return
        }
        if let chat = draft.chat {
            let settings = chat.conversation.settings
            let parameters = FormParameters(
                sampling: settings.sampling, variantCount: settings.variantCount, seed: chat.seed)
            var usual = FormParameters(sampling: freePromptSampling, variantCount: 1)
            let persona = chat.conversation.persona.name.flatMap(templates.usableItem)
            usual.sampling = persona?.sampling ?? usual.sampling
            dialog = ParametersDialog(parameters, usual: usual)
            return
        }
        guard let form = draft.form else { return say("Open a template first: parameters belong to a form.") }
        dialog = ParametersDialog(form.parameters, usual: usualForm(form.template).parameters)
    }
}

extension ParametersDialog {
    func isTouched(_ index: Int) -> Bool { editors[index].text != opened[index] }

    /// The problem with a value, in the words of the option table; `nil` if it is valid.
    func problem(of index: Int) -> String? {
        guard isTouched(index) else { return nil }
        let text = editors[index].text
        switch ParametersDialog.fields[index].content {
        case .option(let option):
            do {
                _ = try option.readLine(text)
                return nil
            } catch {
                return error.description
            }
        case .variants:
            guard variants(text) == nil else { return nil }
            let name = ParametersDialog.variantsName
            return SamplingOptionError(name: name, kind: ParametersDialog.variantsKind, foundText: text).description
        case .seed:
            let digits = text.filter { !$0.isWhitespace }
            return digits.isEmpty || UInt64(digits) != nil
                ? nil : "seed takes a whole number from 0 to \(UInt64.max) or nothing, and '\(text)' is not one."
        }
    }

    /// The values that a row takes, to follow the word "takes".
    func takes(_ index: Int) -> String {
        switch ParametersDialog.fields[index].content {
        case .option(let option): option.kind.takes
        case .variants: ParametersDialog.variantsKind.takes
        case .seed: "a whole number, or nothing"
        }
    }

    /// True if a value differs from its default.
    func isChanged(_ index: Int) -> Bool {
        let text = editors[index].text
        switch ParametersDialog.fields[index].content {
        case .option(let option):
            guard isTouched(index) else { return option.value(in: parameters.sampling) != option.defaultValue }
            return (try? option.readLine(text)) != option.defaultValue
        case .variants: return variants(text) != usual.variantCount
        case .seed: return !text.allSatisfy(\.isWhitespace)
        }
    }

    /// The first row with a problem; `nil` if every row is valid.
    var firstProblem: Int? { editors.indices.first { problem(of: $0) != nil } }

    var touched: TouchedParameters {
        let names = editors.indices.filter(isTouched).map { ParametersDialog.fields[$0].name }
        return TouchedParameters(isReset: isReset, names: Set(names))
    }

    /// The values of all rows; a row with a problem keeps the value with which the dialog opened.
    var chosen: FormParameters {
        var chosen = parameters
        for index in editors.indices where isTouched(index) {
            let text = editors[index].text
            switch ParametersDialog.fields[index].content {
            case .option(let option):
                if let value = try? option.readLine(text) { option.set(value, in: &chosen.sampling) }
            case .variants: chosen.variantCount = variants(text) ?? chosen.variantCount
            case .seed: chosen.seed = UInt64(text.filter { !$0.isWhitespace })
            }
        }
        return chosen
    }

    private func variants(_ text: String) -> Int? {
        guard case .count(let count) = ParametersDialog.variantsKind.value(of: text.filter { !$0.isWhitespace }) else {
            return nil
        }
        return count
    }
}
