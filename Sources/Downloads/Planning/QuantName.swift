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

    /// The last quant that stands between the signs - . _ or at an end.
    private static func last(in name: Substring) -> String? {
        let pattern =
            /(?:^|[-._ ])((?:UD-)?(?:I?Q[1-8](?:_[0-9KSMLX]+)*|TQ[12]_0|MXFP4(?:_MOE)?|NVFP4|BF16|F16|FP16|F32|FP32))(?=$|[-. ])/
            .ignoresCase()
        return name.matches(of: pattern).last.map { canonical($0.1.uppercased()) }
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
