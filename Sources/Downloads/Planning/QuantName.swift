/// The quant that a file's name tells: `Q4_K_M` of `Model-Q4_K_M.gguf`, `model.q4_k_m.gguf`, `Q4_K_M/model.gguf`.
struct QuantName: Hashable {
    /// In capitals, with `UD-` before it if the name has it (quants of mixed types).
    let text: String

    /// - Returns: nil if the path is of no GGUF file, or names no quant.
    init?(path: String) {
        guard path.lowercased().hasSuffix(".gguf") else { return nil }
        let parts = path.split(separator: "/")
        // The name itself first, then the folder that holds it.
        for part in parts.suffix(2).reversed() {
            if let quant = Self.last(in: part) {
                text = quant
                return
            }
        }
        return nil
    }

    /// The last quant that stands between the signs - . _ and - . or at an end.
    private static func last(in name: Substring) -> String? {
        let bytes = Array(name.uppercased().utf8)
        var (last, start): (Range<Int>?, Int) = (nil, 0)
        while start < bytes.count {
            if start == 0 || isBetween(bytes[start - 1]) || bytes[start - 1] == UInt8(ascii: "_"),
                let end = end(of: bytes, from: start)
            {
                (last, start) = (start..<end, end)
            } else {
                start += 1
            }
        }
        return last.map { canonical(String(decoding: bytes[$0], as: UTF8.self)) }
    }

    private static func isBetween(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: " ")
    }

    /// Where the quant ends that begins at a place; nil if none does.
    private static func end(of bytes: [UInt8], from start: Int) -> Int? {
        var place = start
        func takes(_ text: String) -> Bool {
            guard bytes[place...].starts(with: text.utf8) else { return false }
            place += text.utf8.count
            return true
        }
        _ = takes("UD-")
        if !["BF16", "FP16", "F16", "FP32", "F32", "MXFP4_MOE", "MXFP4", "NVFP4", "TQ1_0", "TQ2_0"].contains(
            where: takes)
        {
            _ = takes("I")
            guard takes("Q"), place < bytes.count, (0x31...0x38).contains(bytes[place]) else { return nil }
            place += 1
            while place + 1 < bytes.count, bytes[place] == UInt8(ascii: "_"), isOfVariant(bytes[place + 1]) {
                place += 1
                while place < bytes.count, isOfVariant(bytes[place]) { place += 1 }
            }
        }
        return place == bytes.count || isBetween(bytes[place]) ? place : nil
    }

    /// `0_4_4`, `K_M`, `XXS`.
    private static func isOfVariant(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || "KSMLX".utf8.contains(byte)
    }

    private static func canonical(_ quant: String) -> String {
        quant == "FP16" ? "F16" : quant == "FP32" ? "F32" : quant
    }

    /// True if a person means this quant by a text.
    func isMeant(by text: String) -> Bool { self.text == Self.canonical(text.uppercased()) }

    /// True if a person means this quant, and wrote it without `UD-`.
    func isNearlyMeant(by text: String) -> Bool { self.text == "UD-" + text.uppercased() }

    /// What is taken if nobody says which: about four bits a weight first, then more, then less.
    static let byPreference = [
        "Q4_K_M", "Q4_K_S", "UD-Q4_K_XL", "Q4_0", "IQ4_NL", "IQ4_XS", "Q5_K_M", "Q5_K_S", "Q4_1", "Q5_0", "Q5_1",
        "Q6_K",
        "Q8_0", "MXFP4", "Q3_K_L", "Q3_K_M", "Q3_K_S", "Q2_K", "BF16", "F16", "F32",
    ]
}
