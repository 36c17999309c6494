// The grammar of a request, prepared once for all its variants.

import Generation
import Synchronization

/// A grammar prepared for a vocabulary.
package struct GrammarConstraint: Sendable {
    package let machine: GrammarMachine
    package let trie: TokenTrie
}

/// A vocabulary in the form that grammars need. It is built at the first use.
package final class GrammarVocabulary: Sendable {
    private let vocabulary: any TextVocabulary
    private let trie = Mutex<TokenTrie?>(nil)

    package init(_ vocabulary: any TextVocabulary) { self.vocabulary = vocabulary }

    /// The constraint of a request; `nil` if it has no grammar and no schema.
    /// - Throws: `GrammarError` or `JSONSchemaError`.
    package func constraint(grammar: String?, jsonSchema: String?) throws -> GrammarConstraint? {
        guard let grammar = try GBNFGrammar(grammar: grammar, jsonSchema: jsonSchema) else { return nil }
        let trie = trie.withLock { trie in
            let made = trie ?? TokenTrie(vocabulary)
            trie = made
            return made
        }
        return GrammarConstraint(machine: GrammarMachine(grammar), trie: trie)
    }
}

extension GBNFGrammar {
    /// Parses the grammar, or makes one from the schema; `nil` if there is neither.
    /// - Throws: `GrammarError` or `JSONSchemaError`.
    public init?(grammar: String?, jsonSchema: String?) throws {
        switch (grammar, jsonSchema) {
        case (nil, nil): return nil
        case (let text?, nil): try self.init(text)
        case (nil, let schema?): self = try JSONSchemaGrammar(schema).grammar
        case (_?, _?): throw GrammarError.besideSchema
        }
    }
}
