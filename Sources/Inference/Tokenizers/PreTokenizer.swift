enum PreTokenizer {
    static func ignoresMerges(_ name: String) -> Bool { false }
    static func addsBOS(_ name: String) -> Bool { false }
}
