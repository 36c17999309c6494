// The character that a PNG picture carries in its text chunks: tEXt, zTXt, iTXt.
// https://www.w3.org/TR/png-3/#11textinfo; the keywords `ccv3` and `chara` are those of the character card formats V3 and
// V2, and their text is JSON in base64.
// - The picture itself is passed over, and is never in memory.

import CUnpack
import FoundationEssentials

enum PNGText {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// The JSON of the character: of `ccv3` if there is one, else of `chara`.
    /// - Throws: `ImportError` if there is none, or the file is damaged.
    static func card(in origin: ByteOrigin) throws(ImportError) -> [UInt8] {
        let file = origin.file
        var cursor = try ByteCursor(origin)
        var found: [String: [UInt8]] = [:]
        guard try cursor.skip(signature.count) else { throw cut(file) }
        while try cursor.hasByte() {
            guard let head = try cursor.take(8) else { throw cut(file) }
            let length = Int(number(head[..<4]))
            let kind = head[4...]
            if kind.elementsEqual("IEND".utf8) { break }
            guard let form = ["tEXt", "zTXt", "iTXt"].first(where: { kind.elementsEqual($0.utf8) }) else {
                // The data and its checksum.
                guard try cursor.skip(length + 4) else { throw cut(file) }
                continue
            }
            guard length <= ByteLimits.picture else { throw .tooMuch(file: file) }
            guard let data = try cursor.take(length), let sum = try cursor.take(4) else { throw cut(file) }
            guard let (keyword, rest) = keyword(of: data[...]), found[keyword] == nil else { continue }
            let checked = Array(kind) + data
            guard unpacking_checksum(0, checked, 0, Int64(checked.count)) == number(sum[...]) else {
                throw .damagedPicture(file: file, problem: "the checksum of its character is wrong")
            }
            found[keyword] = try text(rest, form, file)
        }
        guard let text = found["ccv3"] ?? found["chara"] else { throw .noCharacter(file: file) }
        // Some programs write the JSON itself.
        if text.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") { return text }
        guard let json = Data(base64Encoded: Data(text), options: .ignoreUnknownCharacters), !json.isEmpty else {
            throw .damagedCharacter(file: file, problem: "it is not in base64")
        }
        return Array(json)
    }

    private static func cut(_ file: String) -> ImportError {
        .damagedPicture(file: file, problem: "it ends in the middle of a chunk")
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }

    /// The keyword in small letters if it is one of ours, and the bytes behind its NUL.
    private static func keyword(of data: ArraySlice<UInt8>) -> (keyword: String, rest: ArraySlice<UInt8>)? {
        guard let end = data.prefix(80).firstIndex(of: 0) else { return nil }
        let keyword = String(decoding: data[..<end], as: UTF8.self).lowercased()
        return keyword == "chara" || keyword == "ccv3" ? (keyword, data[(end + 1)...]) : nil
    }

    private static func text(_ data: ArraySlice<UInt8>, _ form: String, _ file: String) throws(ImportError) -> [UInt8] {
        switch form {
        case "tEXt": return Array(data)
        case "zTXt":
            guard data.first == 0 else { throw badCompression(file) }
            return try inflated(Array(data.dropFirst()), file)
        default:
            guard data.count >= 2, let flag = data.first else { throw cut(file) }
            let method = data[data.startIndex + 1]
            // Language and translated keyword, each ended by NUL.
            guard let first = data.dropFirst(2).firstIndex(of: 0), let second = data[(first + 1)...].firstIndex(of: 0)
            else { throw cut(file) }
            guard flag == 1 else { return Array(data[(second + 1)...]) }
            guard method == 0 else { throw badCompression(file) }
            return try inflated(Array(data[(second + 1)...]), file)
        }
    }

    private static func badCompression(_ file: String) -> ImportError {
        .damagedCharacter(file: file, problem: "it is compressed in an unknown way")
    }

    private static func inflated(_ data: [UInt8], _ file: String) throws(ImportError) -> [UInt8] {
        func damaged(_ problem: String) -> ImportError {
            .damagedCharacter(file: file, problem: "its compressed text \(problem)")
        }
        guard let unpacking = Unpacking(PACKING_ZLIB) else { throw .noMemory(file: file) }
        var (index, text): (Int, [UInt8]) = (0, [])
        while true {
            let (state, used, output) = unpacking.step(data, from: index, room: 1 << 16)
            index += used
            text += output
            // A thousandth of the length can be enough to describe a text.
            guard text.count <= ByteLimits.picture else {
                throw damaged("becomes longer than \(ByteLimits.picture >> 20) MB")
            }
            switch state {
            case UNPACKING_ENDED: return text
            case UNPACKING_GOES_ON:
                if output.isEmpty, used == 0 { throw damaged("ends too early") }
            case UNPACKING_NO_MEMORY: throw .noMemory(file: file)
            default: throw damaged("is broken")
            }
        }
    }
}
