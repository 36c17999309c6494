// The options that help with errors of conversations; within a chat its own words do.

import Chat

extension ContextError: HintedError {
    var hint: String? {
        switch self {
        case .refused: "--context leave-out or --context summarize sets the rule; /context does it within a chat."
        case .tooLong(_, let hasPinned):
            hasPinned ? "/pin lets a turn go within a chat; -m NAME chooses a model." : "-m NAME chooses a model."
        }
    }
}
