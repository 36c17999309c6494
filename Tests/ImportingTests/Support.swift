// Files to import, made as other programs make them.

import Foundation
import Generation
import Importing
import Testing

/// Reads all that a file holds.
func imported(_ bytes: [UInt8], file: String = "file", userName: String = "User") throws -> [Imported] {
    var all: [Imported] = []
    for document in try ImportContents(BytesSource(bytes), file: file, userName: userName).files {
        try document.forEach { all.append($0) }
    }
    return all
}

func conversations(_ text: String) throws -> [ImportedConversation] {
    try imported(Array(text.utf8)).compactMap { item in
        if case .conversation(let conversation) = item { conversation } else { nil }
    }
}

func conversation(_ text: String) throws -> ImportedConversation { try #require(try conversations(text).first) }

func persona(_ bytes: [UInt8], userName: String = "User") throws -> ImportedPersona {
    for case .persona(let persona) in try imported(bytes, userName: userName) { return persona }
    throw NoPersona()
}

struct NoPersona: Error {}

/// The sentence that a file gets; "" if it can be read.
func complaint(_ bytes: [UInt8], file: String = "file.json") -> String {
    do {
        _ = try imported(bytes, file: file)
        return ""
    } catch { return "\(error)" }
}

func complaint(_ text: String) -> String { complaint(Array(text.utf8)) }

func json(_ value: Any) -> String {
    guard let data = try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys]) else { return "" }
    return String(decoding: data, as: UTF8.self)
}

/// A line for each turn: its place, what it follows, who speaks, its texts and the place of the one shown.
func outline(_ conversation: ImportedConversation) -> [String] {
    conversation.turns.enumerated().map { index, turn in
        let parent = turn.parent.map { "<\($0)\(turn.parentChoice.map { ".\($0)" } ?? "")" } ?? ""
        let shown = turn.texts.count > 1 ? " (\(turn.choice))" : ""
        return "\(index)\(parent) \(turn.role.rawValue): \(turn.texts.joined(separator: " | "))\(shown)"
    }
}

/// A PNG picture that carries text chunks, and nothing that could be seen.
enum Picture {
    static func png(_ chunks: [(kind: String, data: [UInt8])], breaksChecksum: Bool = false) -> [UInt8] {
        var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        for (kind, data) in [("IHDR", [UInt8](repeating: 1, count: 13))] + chunks + [("IEND", [])] {
            let content = Array(kind.utf8) + data
            bytes += word(UInt32(data.count)) + content
            bytes += word(checksum(content) ^ (breaksChecksum && kind != "IHDR" ? 1 : 0))
        }
        return bytes
    }

    static func text(_ keyword: String, _ json: String) -> (kind: String, data: [UInt8]) {
        ("tEXt", Array(keyword.utf8) + [0] + Array(Data(json.utf8).base64EncodedData()))
    }

    private static func word(_ number: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> $0) }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? 0xEDB8_8320 ^ sum >> 1 : sum >> 1 }
        }
        return ~sum
    }

    /// The character Zoë in base64, compressed by zlib with codes of its own, and with the fixed ones.
    static let compressed: [[UInt8]] = [dynamic, fixed].map { Array(Data(base64Encoded: $0) ?? Data()) }

    private static let dynamic = """
        eNrtlEFugzAQRa9UnEqtF1kAVcwgoCo02Hhn7ARMTYgKhMDp66RSlQt0x3Zm/nuz+oc5XCTJG2i6CtqkK1hYM5TUsk2PqgEd+a6W\
        G88UDkachYugeLzfNjDGPvTgh18FS+vb7DCHY0Edc9+b84UF+ykmuQY9WXZqJEpmwbynP8bjDRkMZ94CQdrxzOsFVZ0i9UWxxETa\
        E6VzdeI3+4f2vjnNJzlbDtlXJTEnYTPlJl949lzRFkv16U6cQiVQbmQQV5ZjgFzPHNU2gx2J9iPsVvfqXt2r+x/cv73YCtuXaocH\
        zmL9rl2dkbwvyWsPwfByc8uTgyMd4uPHdvsDzxPpdw==
        """
    private static let fixed = """
        eAFLrfSqSnYPy/LMyk/3zPXLj4zwyogw8stIzg1KS8nyzPRxdsxMNnbKiTS0NIqK8KpKDLcsBavN8iz1dfYs9nT2yo6MCMoAiaVW\
        epVGhhvmgOVzCsoiPELLfd3DMj0zy4FmB+UkG/lVJkY4GcDNQFbjXpITFeFU5ekRlB8V7FScGJ6Sn+KeUZYS4Zfjk+mUmGRYYejr\
        AnRHplNRVHhYeXIl0Bz30PQk95y8RKCeJOOwqqhgk/TwXMvklBDH8qhwz/REo7CcZA/fdKA5OZ7uFQVRRhlAPZaGyUahpZ5uo3aP\
        2j1q96jdNLAbUi7mJgLLyxQ3y5KoCN9M/0zHzGD3sOIkd4tiT48Sc5DdyXmGlj6ZXpZpgba2AM8T6Xc=
        """
}
