// Why a file cannot be imported, each as a sentence with the reason and the remedy.

import Text

public enum ImportError: Error, Sendable, Equatable, CustomStringConvertible {
    case empty(file: String)
    case notText(file: String, OutsideTextError)
    case archive(file: String)
    case compressed(file: String)
    /// A picture of a kind that holds no character.
    case picture(file: String, kind: String)
    case noCharacter(file: String)
    case damagedPicture(file: String, problem: String)
    case webPage(file: String)
    case unknown(file: String)
    /// JSON that ends too early or is none; line and column from 1.
    case damaged(file: String, line: Int, column: Int, problem: String)
    /// The character of a picture is no JSON.
    case damagedCharacter(file: String, problem: String)
    case nothing(file: String)

    public var description: String {
        switch self {
        case .empty(let file):
            "\(file) is empty. Get the file again from the program that made it."
        case .notText(let file, let error):
            error.sentence(named: file)
        case .archive(let file):
            "\(file) is a ZIP archive. Unzip it first, and import the file in it: conversations.json of ChatGPT's export, "
                + "or card.json of a character."
        case .compressed(let file):
            "\(file) is compressed. Unpack it first, and import the file in it."
        case .picture(let file, let kind):
            "\(file) is a picture in \(kind) format, which holds no character that can be read. Get the character as PNG or "
                + "JSON."
        case .noCharacter(let file):
            "\(file) is a picture without a character. Programs that make pictures smaller take it out: get the "
                + "original file, or the character as JSON."
        case .damagedPicture(let file, let problem):
            "\(file) is damaged: \(problem). Get the file again."
        case .webPage(let file):
            "\(file) is a web page. Import conversations.json instead, which ChatGPT's export has beside it."
        case .unknown(let file):
            "\(file) holds none of what can be imported: ChatGPT's conversations.json, a SillyTavern chat (JSON Lines), "
                + "a character card (PNG or JSON), a conversation that Copydesk exported as JSON, or lines of messages."
        case .damaged(let file, let line, let column, let problem):
            "\(file) is damaged at line \(line), column \(column): \(problem). Nothing was imported. Get the file again, "
                + "or correct this place."
        case .damagedCharacter(let file, let problem):
            "\(file) is damaged: its character cannot be read, because \(problem). Get the file again."
        case .nothing(let file):
            "\(file) holds no conversation with turns. Nothing was imported."
        }
    }
}
