// The commands and options that help with an error; the command line adds them to its sentence.
// - The libraries' sentences name no options, commands or keys. Here each error gets those of the command line;
//   `StudioHints` has those of the studio.

import Foundation
import Generation
import Models
import Settings
import Templates
import Terminal

/// An error that the command line can add a hint to.
protocol HintedError: Error, CustomStringConvertible {
    /// The command or option that helps, as a sentence; nil if there is none.
    var hint: String? { get }
}

extension HintedError {
    /// The sentence, and the command or option that helps.
    var sentenceWithHint: String { hint.map { "\(description) \($0)" } ?? description }
}

extension ChatTemplateError: HintedError {
    var hint: String? {
        switch self {
        case .invalid: "-m FILE names it."
        case .failed: "--raw sends raw text, and -m FILE names another file."
        }
    }
}

extension EvaluationError: HintedError {
    var hint: String? {
        switch self {
        case .tooShort, .contextTooLong, .contextTooShort: "-c N sets the context."
        case .notFinite: nil
        }
    }
}

extension QuantizingError: HintedError {
    var hint: String? {
        switch self {
        case .quantizedAlready: "--allow-requantize accepts it."
        case .tooLarge: "--type chooses the type."
        case .scaleOfEachLayer: "-m FOLDER does that."
        case .exists: "--force replaces it."
        case .notFinite, .sameFile, .isFolder, .notAFile, .noFolder, .cannotWrite: nil
        }
    }
}

extension FolderError: HintedError {
    var hint: String? {
        switch self {
        case .exists: "--force replaces it."
        case .architecture, .tensor, .setting, .isSource, .otherContents, .noFolder: nil
        }
    }
}

extension SettingKeyError: HintedError {
    var hint: String? { isUnlikeAny ? "`copydesk config list` shows it." : nil }
}

extension TemplateError: HintedError {
    var hint: String? {
        switch self {
        case .unknownTemplate(_, nearest: nil), .unknownPersona(_, nearest: nil), .notAPersona(_, nearest: nil):
            "`copydesk templates list` shows it."
        case .isPersona(let name): "`copydesk chat --persona \(name)` does that."
        default: nil
        }
    }
}

extension TerminalError: HintedError {
    var hint: String? {
        "Without the studio: copydesk generate article-headline -p topic=\"the benefits of exercise\""
    }
}

extension GeneratorRefusal: HintedError {
    var hint: String? {
        let options = missing.compactMap(\.option)
        let removal = options.isEmpty ? "" : "Leave out or change: \(options.joined(separator: ", ")). "
        return removal + "-m NAME chooses another model."
    }
}

extension MissingCapability {
    /// The option of `generate` that asks for it; `nil` if a template does.
    fileprivate var option: String? {
        switch self {
        case .rawPrompt: "--raw"
        case .severalVariants: "-n"
        case .exactReplay: "--seed"
        case .grammar: "--grammar"
        case .jsonSchema: "--json-schema"
        case .alternatives: "--logprobs"
        case .option(let name): "-o \(name)"
        case .hardLimits, .continuedAnswer, .longPrompt: nil
        }
    }
}
