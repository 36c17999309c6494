// Why a tokenizer cannot be trained.

import Glibc

/// An error of training a tokenizer; its description is a sentence that says what, why and what to do.
public enum VocabularyError: Error, Equatable, Sendable, CustomStringConvertible {
    case tooSmall(size: Int, least: Int, specialCount: Int)
    case tooLarge(size: Int, most: Int)
    case emptySpecial
    case noFiles
    case unreadable(path: String, code: CInt)
    case isFolder(path: String)
    /// - Parameter form: what the file is instead of text: "packed (gzip)".
    case notText(path: String, form: String)
    case badRow(path: String, line: Int, problem: String)
    case tooLong(path: String, line: Int, mostBytes: Int)
    case nothingToLearn
    case exists(path: String)

    public var description: String {
        switch self {
        case .tooSmall(let size, let least, let specialCount):
            "A vocabulary of \(size) tokens has no room for the 256 bytes"
                + (specialCount > 0 ? " and \(specialCount) special token\(specialCount == 1 ? "" : "s")" : "")
                + ". Ask for at least \(least), and for more so that something is learned."
        case .tooLarge(let size, let most):
            "A vocabulary of \(size) tokens is too large. Ask for at most \(most)."
        case .emptySpecial: "A special token has no characters. Give it a name, such as <|end|>."
        case .noFiles: "There is no text to learn from. Name a file."
        case .unreadable(let path, let code):
            "\(path) cannot be read: \(String(cString: strerror(code))). "
                + (code == ENOENT || code == ENOTDIR ? "Check the name." : "Check that you may read it.")
        case .isFolder(let path): "\(path) is a folder. Name the files in it."
        case .notText(let path, let form): "\(path) is \(form) and no UTF-8 text. Convert or unpack it first."
        case .badRow(let path, let line, let problem):
            "\(path), line \(line): \(problem). Each line holds a JSON object with text, with prompt and response, or "
                + "with messages. Correct the line, or remove it."
        case .tooLong(let path, let line, let mostBytes):
            "\(path), line \(line): more than \(mostBytes >> 20) MiB without a place to cut. Break the line, or leave the file "
                + "out."
        case .nothingToLearn: "The files hold no text, so there is nothing to learn from. Name other files."
        case .exists(let path): "\(path) exists already and was left as it is. Choose another name."
        }
    }
}
