// Why a file cannot be imported, each as a sentence with the reason and the remedy.

import Text

public enum ImportError: Error, Sendable, Equatable, CustomStringConvertible {
    case empty(file: String)
    case notText(file: String, OutsideTextError)
    /// It cannot be read from the disk; the system's reason.
    case unreadable(file: String, reason: String)
    case noMemory(file: String)
    case damagedArchive(file: String, problem: String)
    /// An archive without a file that could be imported; some of the names that it has.
    case nothingInArchive(file: String, names: [String])
    case encrypted(file: String)
    /// Packed in a way that archives seldom are.
    case unknownPacking(file: String)
    /// It becomes so large that it is none of what people export.
    case tooMuch(file: String)
    /// One conversation, or one value, is longer than any that people export.
    case tooLong(file: String)
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

    /// True if a file is sound as far as it was read, and none of those that are imported.
    var isAboutAnotherKind: Bool {
        switch self {
        case .empty, .picture, .noCharacter, .webPage, .unknown, .nothing, .compressed: true
        default: false
        }
    }

    public var description: String {
        switch self {
        case .empty(let file):
            "\(file) is empty. Get the file again from the program that made it."
        case .notText(let file, let error):
            error.sentence(named: file)
        case .unreadable(let file, let reason):
            "\(file) cannot be read: \(reason). Nothing was imported of it. Check the disk, and try again."
        case .noMemory(let file):
            "\(file) cannot be unpacked, because there is no memory left. Close other programs, and try again."
        case .damagedArchive(let file, let problem):
            "\(file) is damaged: \(problem). Nothing was imported of it. Get the archive again."
        case .nothingInArchive(let file, let names):
            "\(file) is an archive with no file that can be imported. "
                + (names.isEmpty
                    ? "It is empty." : "It holds \(names.joined(separator: ", "))\(names.count == 3 ? " …" : ".")")
                + " Looked for: conversations.json, card.json, other files that end in .json, .jsonl or .png."
        case .encrypted(let file):
            "\(file) is encrypted. Unpack the archive with its password first, and import the file in it."
        case .unknownPacking(let file):
            "\(file) is packed in a way that is not known here. Unpack the archive first, and import the file in it."
        case .tooMuch(let file):
            "\(file) becomes larger than anything that programs export when it is unpacked. Nothing was imported of it. "
                + "Get the file again from the program that made it."
        case .tooLong(let file):
            "\(file) holds a conversation of more than \(ByteLimits.value >> 20) MB, which is longer than can be imported. "
                + "Nothing was imported of it. Export that conversation in parts."
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
            "\(file) holds none of what can be imported: ChatGPT's export (the ZIP or its "
                + "conversations.json), a SillyTavern chat (JSON Lines), a character card (PNG or JSON), a conversation that "
                + "Copydesk exported as JSON, or lines of messages."
        case .damaged(let file, let line, let column, let problem):
            "\(file) is damaged at line \(line), column \(column): \(problem). Nothing was imported of it. Get the file "
                + "again, or correct this place."
        case .damagedCharacter(let file, let problem):
            "\(file) is damaged: its character cannot be read, because \(problem). Get the file again."
        case .nothing(let file):
            "\(file) holds no conversation with turns. Nothing was imported of it."
        }
    }
}
