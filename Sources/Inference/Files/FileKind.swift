// Guesses the kind of a file that is not GGUF, so that the error can name it.

/// Kinds of files that people give by mistake.
enum FileKind: CustomStringConvertible {
    case html, json, zip, gzip, safetensors, oldGGML, lfsPointer, text

    var description: String {
        switch self {
        case .html: "a web page (HTML), so the download gave a page instead of the file"
        case .json: "JSON text"
        case .zip: "a zip archive (such as a PyTorch checkpoint)"
        case .gzip: "a gzip archive"
        case .safetensors: "a safetensors file (give its folder instead)"
        case .oldGGML: "a GGML file from before GGUF"
        case .lfsPointer: "a Git LFS pointer, so the file itself was not downloaded"
        case .text: "a text file"
        }
    }

    /// Looks at the first bytes.
    static func guess(_ bytes: RawSpan) -> FileKind? {
        guard let start = bytes.copy(offset: 0, count: min(64, bytes.byteCount)) else { return nil }
        let text = String(decoding: start, as: UTF8.self).lowercased()
        if start.starts(with: [0x50, 0x4B, 0x03, 0x04]) { return .zip }
        if start.starts(with: [0x1F, 0x8B]) { return .gzip }
        if ["lmgg", "fmgg", "tjgg", "algg"].contains(text.prefix(4)) { return .oldGGML }
        if text.hasPrefix("version https://git-lfs") { return .lfsPointer }
        // A safetensors file starts with the length of its JSON head.
        if start.count > 9, start[8] == UInt8(ascii: "{"), let length: UInt64 = bytes.integer(at: 0),
            length < UInt64(bytes.byteCount)
        {
            return .safetensors
        }
        let trimmed = text.drop { $0.isWhitespace || $0 == "\u{FEFF}" }
        if ["<!doctype", "<html", "<head", "<?xml"].contains(where: { trimmed.hasPrefix($0) }) { return .html }
        if trimmed.hasPrefix("{") || trimmed.hasPrefix("[") { return .json }
        let isText = start.allSatisfy { $0 >= 0x20 && $0 != 0x7F || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
        return isText ? .text : nil
    }
}
