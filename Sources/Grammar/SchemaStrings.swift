// Strings as grammars: lengths, patterns, formats, and excluded texts.

extension SchemaWriter {
    mutating func string(_ keywords: Keywords, at path: String, name: String) throws -> String {
        var counts = try SchemaKeywords.counts("minLength", "maxLength", keywords, at: path)
        var excluded = try excludedTexts(keywords)
        if excluded == [[]] {
            counts.least = max(counts.least, 1)
            excluded = []
            guard counts.most != 0 else {
                throw JSONSchemaError.impossible(path: path, problem: "the empty text is required and excluded")
            }
        }
        let isBounded = counts.least > 0 || counts.most != nil
        let rules = ["pattern", "format"].filter { keywords[$0] != nil } + (excluded.isEmpty ? [] : ["not"])
        guard rules.count + (isBounded ? 1 : 0) <= 1 else {
            throw JSONSchemaError.unsupported(
                path: path, keyword: rules[0],
                advice: "It cannot be combined: of lengths, 'pattern', 'format' and 'not', keep only one.")
        }
        let body: String
        switch rules.first {
        case "pattern": body = try pattern(try text("pattern", keywords, at: path), at: path)
        case "format": body = try format(try text("format", keywords, at: path), at: path)
        case "not": return keyOther(than: excluded, name: name)
        default:
            guard isBounded else { return common(.string) }
            body = GrammarText.repetition(common(.character), least: counts.least, most: counts.most)
        }
        return "\"\\\"\" \(body) \"\\\"\""
    }

    /// The texts that `not` excludes.
    private func excludedTexts(_ keywords: Keywords) throws -> [[UInt8]] {
        (keywords["not"]?["enum"]?.items ?? []).compactMap(\.bytes)
    }

    private func text(_ name: String, _ keywords: Keywords, at path: String) throws -> String {
        guard let text = keywords[name]?.text else {
            throw JSONSchemaError.wrongValue(path: path, keyword: name, expected: "text")
        }
        return text
    }

    private func format(_ name: String, at path: String) throws -> String {
        guard let body = SchemaFormats.all[name] else {
            throw JSONSchemaError.unsupported(
                path: path, keyword: "format: \(name)",
                advice: "Supported are \(SchemaFormats.all.keys.sorted().joined(separator: ", ")); "
                    + "or describe the text with 'pattern'.")
        }
        return body
    }

    func pattern(_ text: String, at path: String) throws -> String {
        var pattern = SchemaPattern(text)
        do {
            return try pattern.grammar()
        } catch let problem as SchemaPattern.Problem {
            throw JSONSchemaError.badPattern(path: path, pattern: text, problem: problem.text)
        }
    }
}

/// Formats of text, in ASCII.
enum SchemaFormats {
    static let all: [String: String] = [
        "date": date, "time": time, "date-time": "\(date) \"T\" \(time)", "uuid": uuid, "email": email,
        "hostname": host, "ipv4": ipv4, "ipv6": ipv6, "uri": uri,
    ]

    // Without 0000, because many programs do not accept that year.
    private static let year =
        "([1-9] [0-9]{3} | \"0\" ([1-9] [0-9]{2} | \"0\" ([1-9] [0-9] | \"0\" [1-9])))"
    // Divisible by 4 and not by 100, or divisible by 400.
    private static let leapYear =
        "([0-9] [0-9] (\"0\" [48] | [2468] [048] | [13579] [26]) | (\"0\" [48] | [2468] [048] | [13579] [26]) \"00\")"
    private static let date =
        "(\(year) \"-\" (\"02-\" (\"0\" [1-9] | \"1\" [0-9] | \"2\" [0-8]) | (\"0\" [469] | \"11\") \"-\" "
        + "(\"0\" [1-9] | [12] [0-9] | \"30\") | (\"0\" [13578] | \"1\" [02]) \"-\" "
        + "(\"0\" [1-9] | [12] [0-9] | \"3\" [01])) | \(leapYear) \"-02-29\")"
    private static let time =
        "([01] [0-9] | \"2\" [0-3]) \":\" [0-5] [0-9] \":\" [0-5] [0-9] (\".\" [0-9]{1,9})? "
        + "(\"Z\" | [+-] ([01] [0-9] | \"2\" [0-3]) \":\" [0-5] [0-9])"
    private static let uuid =
        "[0-9a-fA-F]{8} \"-\" [0-9a-fA-F]{4} \"-\" [0-9a-fA-F]{4} \"-\" [0-9a-fA-F]{4} \"-\" [0-9a-fA-F]{12}"
    private static let label = "[a-zA-Z0-9] ([a-zA-Z0-9-]{0,30} [a-zA-Z0-9])?"
    private static let host = "\(label) (\".\" \(label)){0,6}"
    private static let word = "[a-zA-Z0-9_%+-]{1,30}"
    private static let email = "\(word) (\".\" \(word)){0,3} \"@\" \(label) (\".\" \(label)){1,6}"
    private static let byte = "([0-9] | [1-9] [0-9] | \"1\" [0-9] [0-9] | \"2\" [0-4] [0-9] | \"25\" [0-5])"
    private static let ipv4 = "\(byte) (\".\" \(byte)){3}"
    // All groups, or :: for a run of zero groups.
    private static let ipv6 =
        "(\(group) (\":\" \(group)){7} | "
        + (0...6).map { head in
            let before = head == 0 ? "" : "\(group) (\":\" \(group)){\(head - 1)} "
            let after = "(\(group) (\":\" \(group)){0,\(6 - head)})?"
            return "\(before)\"::\" \(after)"
        }.joined(separator: " | ") + ")"
    private static let group = "[0-9a-fA-F]{1,4}"
    private static let uri =
        "(\"http\" \"s\"? | \"ftp\") \"://\" \(host) (\":\" [1-9] [0-9]{0,3})? (\"/\" \(path)*)* "
        + "(\"?\" (\(path) | [/?])*)? (\"#\" (\(path) | [/?])*)?"
    private static let path = "([a-zA-Z0-9._~!$&'()*+,;=:@-] | \"%\" [0-9A-F] [0-9A-F])"
}
