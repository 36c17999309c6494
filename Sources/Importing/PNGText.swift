// The character that a PNG picture carries in its text chunks: tEXt, zTXt, iTXt.
// https://www.w3.org/TR/png-3/#11textinfo; the keywords `ccv3` and `chara` are those of the character card formats V3 and
// V2, and their text is JSON in base64.

import FoundationEssentials

enum PNGText {
    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    /// A compressed text may become as long as this.
    private static let mostBytes = 64 << 20

    static func isPNG(_ bytes: [UInt8]) -> Bool { bytes.starts(with: signature) }

    /// The JSON of the character: of `ccv3` if there is one, else of `chara`.
    /// - Throws: `ImportError` if there is none, or the file is damaged.
    static func card(in bytes: [UInt8], file: String) throws(ImportError) -> [UInt8] {
        var found: [String: [UInt8]] = [:]
        var index = signature.count
        while index < bytes.count {
            guard bytes.count - index >= 12 else { throw cut(file) }
            let length = Int(number(bytes, index))
            let kind = bytes[index + 4..<index + 8]
            guard length <= bytes.count - index - 12 else { throw cut(file) }
            let data = bytes[index + 8..<index + 8 + length]
            if kind.elementsEqual("IEND".utf8) { break }
            if let form = ["tEXt", "zTXt", "iTXt"].first(where: { kind.elementsEqual($0.utf8) }),
                let (keyword, rest) = keyword(of: data), found[keyword] == nil
            {
                guard checksum(bytes[index + 4..<index + 8 + length]) == number(bytes, index + 8 + length) else {
                    throw .damagedPicture(file: file, problem: "the checksum of its character is wrong")
                }
                found[keyword] = try text(rest, form, file)
            }
            index += 12 + length
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

    private static func number(_ bytes: [UInt8], _ index: Int) -> UInt32 {
        bytes[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }

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
            return try inflated(data.dropFirst(), file)
        default:
            guard data.count >= 2, let flag = data.first else { throw cut(file) }
            let method = data[data.startIndex + 1]
            // Language and translated keyword, each ended by NUL.
            guard let first = data.dropFirst(2).firstIndex(of: 0), let second = data[(first + 1)...].firstIndex(of: 0)
            else { throw cut(file) }
            guard flag == 1 else { return Array(data[(second + 1)...]) }
            guard method == 0 else { throw badCompression(file) }
            return try inflated(data[(second + 1)...], file)
        }
    }

    private static func badCompression(_ file: String) -> ImportError {
        .damagedCharacter(file: file, problem: "it is compressed in an unknown way")
    }

    private static func inflated(_ data: ArraySlice<UInt8>, _ file: String) throws(ImportError) -> [UInt8] {
        do throws(InflateError) {
            return try Inflate.zlib(data, mostBytes: mostBytes)
        } catch {
            throw .damagedCharacter(file: file, problem: "its compressed text \(error.problem)")
        }
    }

    /// CRC-32 of ISO 3309, as PNG has it.
    private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var sum = UInt32.max
        for byte in bytes { sum = table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ sum >> 8 }
        return ~sum
    }

    private static let table: [UInt32] = (0..<256).map { start in
        (0..<8).reduce(UInt32(start)) { sum, _ in sum & 1 == 1 ? 0xEDB8_8320 ^ sum >> 1 : sum >> 1 }
    }
}
