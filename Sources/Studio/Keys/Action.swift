// Every action of the studio under one name, for keys, footer, help and palette.

enum Action: String, Sendable, Hashable, CaseIterable {
    // The whole screen
    case nextPane, previousPane, showTemplates, showDraft, showHistory, zoom
    case generate, palette, help, models, parameters, retrySave, showKept, suspend, quit, interrupt
    // Moving in a list or a text
    case up, down, top, bottom, pageUp, pageDown
    // Templates
    case openTemplate, filter, freePrompt, dismiss, showTrashedConversations, restoreConversation
    // The form
    case nextField, previousField, fillExamples, clearField, loadFile, chooseFromList, previousChoice, nextChoice
    case toggleRaw, editFieldExternally, leaveForm, submitForm
    // Variants
    case read, stop, regenerate, continueDraft, refine, edit, editExternally, star, trash, undo, export, copy,
        copyStarred, compare, follow, toggleThoughts, showChoice, showInfo
    case scrollUp, scrollDown, showForm, closeReader, nextVariant, previousVariant
    // Editing
    case saveEdit, leaveEdit
    // A conversation
    case send, newLine, leaveComposer, editWordsExternally, editLastWords, compose
    case nextTurn, previousTurn, nextSwipe, previousSwipe
    case answerAgain, continueAnswer, editTurn, branchHere, branchToNew, pinTurn, trashTurn, copyTurn, showPrompt
    case showOpenBranch, renameConversation, titleByModel, contextRule, newConversation, trashConversation
    // History
    case openGeneration, search, showTrash, restore, trashGeneration, emptyTrash, reloadHistory
    // A line of search
    case endTyping, cancelTyping
    // Dialogs
    case accept, close, previousValue, nextValue, resetParameters, searchOptions, toggleOptions, discardKept
    // Models and downloads
    case getModel, filterModels, askServers, searchHub, nameModel, cancelDownload, discardDownload
    // Training
    case showRuns, stopRun, smoothCurve
    // What was learned from stars
    case showLearned, withoutLearned, withLearned
    case learnAnew, goOnLearning, compareBlind, adoptLearned, toggleLearned
    case preferLeft, preferRight, preferNeither, unfoldPrompt

    /// The action's name in help and palette.
    var title: String {
        switch self {
        case .nextPane: "Go to the next pane"
        case .previousPane: "Go to the previous pane"
        case .showTemplates: "Go to Templates"
        case .showDraft: "Go to Draft"
        case .showHistory: "Go to History"
        case .zoom: "Zoom the pane, or show all"
        case .generate: "Generate"
        case .palette: "Find a command by its name"
        case .help: "Show the keys"
        case .models: "Choose the model"
        case .parameters: "Set the parameters"
        case .retrySave: "Try to save again"
        case .showKept: "Show texts kept from earlier"
        case .suspend: "Suspend the studio"
        case .quit: "Quit"
        case .interrupt: "Stop generating, or quit"
        case .up: "Up"
        case .down: "Down"
        case .top: "To the top"
        case .bottom: "To the end"
        case .pageUp: "A page up"
        case .pageDown: "A page down"
        case .openTemplate: "Open the template's form"
        case .filter: "Filter the templates"
        case .freePrompt: "Write a free prompt"
        case .dismiss: "Clear the search, or stop writing"
        case .showTrashedConversations: "Trashed conversations, or back"
        case .restoreConversation: "Restore the conversation"
        case .nextField: "Next field"
        case .previousField: "Previous field"
        case .fillExamples: "Fill empty fields with examples"
        case .clearField: "Empty the form"
        case .loadFile: "Load a file into the field"
        case .chooseFromList: "Choose from the list"
        case .previousChoice: "Previous choice"
        case .nextChoice: "Next choice"
        case .toggleRaw: "Send the prompt as chat, or raw"
        case .editFieldExternally: "Edit the field in $EDITOR"
        case .leaveForm: "Leave the form"
        case .submitForm: "Generate from the last field"
        case .read: "Read the variant in full"
        case .stop: "Stop generating or exporting"
        case .regenerate: "Generate again, with a new seed"
        case .continueDraft: "Continue from its end"
        case .refine: "Refine: shorten, expand, translate"
        case .edit: "Edit the variant"
        case .editExternally: "Edit the variant in $EDITOR"
        case .star: "Star it, or remove the star"
        case .trash: "Move it to the trash, or back"
        case .undo: "Undo the last change of a draft"
        case .export: "Export to a file"
        case .copy: "Copy the variant"
        case .copyStarred: "Copy all starred variants"
        case .compare: "Compare two variants by words"
        case .follow: "Follow the end of the text"
        case .toggleThoughts: "Unfold or fold its thoughts"
        case .showChoice: "Why these, and those left out"
        case .showInfo: "What is known of the variant"
        case .scrollUp: "Scroll up a line"
        case .scrollDown: "Scroll down a line"
        case .showForm: "Go to the fields"
        case .closeReader: "Back to all variants"
        case .nextVariant: "Next variant"
        case .previousVariant: "Previous variant"
        case .saveEdit: "Save the edit"
        case .leaveEdit: "Leave the edit"
        case .send: "Send the words"
        case .newLine: "Begin a new line"
        case .leaveComposer: "Go to the turns, or stop writing"
        case .editWordsExternally: "Edit the words in $EDITOR"
        case .editLastWords: "Edit your last words"
        case .compose: "Write to the model"
        case .nextTurn: "Next turn"
        case .previousTurn: "Previous turn"
        case .nextSwipe: "Next answer or edit of the turn"
        case .previousSwipe: "Answer or edit before it"
        case .answerAgain: "Answer again"
        case .continueAnswer: "Continue the answer"
        case .editTurn: "Edit the turn"
        case .branchHere: "Branch from this turn"
        case .branchToNew: "Branch into a new conversation"
        case .pinTurn: "Pin the turn, or unpin it"
        case .trashTurn: "Trash the turn and what follows"
        case .copyTurn: "Copy the turn"
        case .showPrompt: "Show the answer’s exact prompt"
        case .showOpenBranch: "Show where it went on elsewhere"
        case .renameConversation: "Set the conversation’s title"
        case .titleByModel: "Let the model write the title"
        case .contextRule: "Choose what a full context does"
        case .newConversation: "Begin another conversation"
        case .trashConversation: "Trash the conversation"
        case .openGeneration: "Open the generation"
        case .search: "Search the history"
        case .showTrash: "Show the trash, or leave it"
        case .restore: "Take out of the trash"
        case .trashGeneration: "Move the generation to the trash"
        case .emptyTrash: "Empty the trash for good"
        case .reloadHistory: "Reload the history"
        case .endTyping: "Go to the results"
        case .cancelTyping: "Clear and leave"
        case .accept: "Accept"
        case .close: "Close"
        case .previousValue: "Previous value"
        case .nextValue: "Next value"
        case .resetParameters: "Back to the template's values"
        case .searchOptions: "Find an option by its words"
        case .toggleOptions: "List all options, or the common"
        case .discardKept: "Discard the kept text"
        case .getModel: "Get a model"
        case .filterModels: "Filter the models"
        case .askServers: "Ask the servers again"
        case .searchHub: "Search the Hub for models"
        case .nameModel: "Get a model by name or address"
        case .cancelDownload: "Stop the download, keep its part"
        case .discardDownload: "Discard an unfinished download"
        case .showRuns: "Training: runs and their curves"
        case .stopRun: "Stop the run, with a checkpoint"
        case .smoothCurve: "Smooth the curve, or show it raw"
        case .showLearned: "Learn from stars…"
        case .withoutLearned: "Write without what was learned"
        case .withLearned: "Write with what was learned"
        case .learnAnew: "Learn from the stars now"
        case .goOnLearning: "Go on with a stopped learning"
        case .compareBlind: "Compare, without knowing which"
        case .adoptLearned: "Adopt what was learned"
        case .toggleLearned: "Turn what was learned off, or on"
        case .preferLeft: "Prefer A"
        case .preferRight: "Prefer B"
        case .preferNeither: "Prefer neither"
        case .unfoldPrompt: "Show the whole prompt, or less"
        }
    }

    /// True if the palette lists it. Actions that only move, and those of dialogs, are not listed.
    var isCommand: Bool {
        switch self {
        case .up, .down, .top, .bottom, .pageUp, .pageDown, .scrollUp, .scrollDown, .palette, .interrupt, .nextField,
            .previousField, .previousChoice, .nextChoice, .leaveForm, .submitForm, .endTyping, .cancelTyping, .dismiss,
            .accept, .send, .newLine, .leaveComposer, .editLastWords, .nextTurn, .previousTurn, .nextSwipe,
            .previousSwipe,
            .close, .previousValue, .nextValue, .resetParameters, .searchOptions, .toggleOptions, .discardKept,
            .chooseFromList, .saveEdit, .leaveEdit,
            .openTemplate, .openGeneration, .closeReader, .filterModels, .askServers, .searchHub, .nameModel,
            .cancelDownload, .discardDownload, .stopRun, .smoothCurve,
            .learnAnew, .goOnLearning, .compareBlind, .adoptLearned, .toggleLearned, .preferLeft, .preferRight,
            .preferNeither, .unfoldPrompt:
            false
        default: true
        }
    }
}
