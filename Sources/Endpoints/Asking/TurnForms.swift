// The form of a conversation for a server whose model's chat template refused it.
// - Two forms are tried, the one with fewer changes first. Neither loses a text.
// - What helped is kept for the model, and every conversation that it changes says so.

import Generation

enum TurnForms {
    private static let forms: [[MessageForm.Change]] = [
        [.openWithUser, .joinTurns, .moveLaterSystem], [.openWithUser, .joinTurns, .moveSystem],
    ]

    /// A request as it goes to the server, and what was changed, in a sentence.
    static func fitted(
        _ request: GenerationRequest, _ changes: [MessageForm.Change]
    ) -> (request: GenerationRequest, notice: String?) {
        guard !changes.isEmpty, case .chat(let messages) = request.prompt else { return (request, nil) }
        let form = MessageForm(messages: messages, changes)
        var fitted = request
        fitted.prompt = .chat(form.messages)
        return (fitted, form.notice)
    }

    /// The changes to try next; `nil` if none of them would send another conversation than the one that was refused.
    /// - Parameter sent: those that were made already.
    static func next(
        after sent: [MessageForm.Change], _ rule: ServerFailure.TurnRule, _ request: GenerationRequest
    ) -> [MessageForm.Change]? {
        var rest = forms[...]
        if let place = forms.firstIndex(of: sent) { rest = forms[(place + 1)...] }
        if rule == .noSystem { rest = rest.filter { $0.contains(.moveSystem) }[...] }
        let refused = fitted(request, sent).request.prompt
        return rest.first { fitted(request, $0).request.prompt != refused }
    }
}
