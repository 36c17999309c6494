// What a request's texts are held to, made once for all its variants.

import Generation
import Synchronization

/// A grammar at work on a vocabulary.
package struct GrammarConstraint: Sendable {
    package let machine: GrammarMachine
    package let trie: TokenTrie
}

/// A vocabulary as grammars need it, made when one first does.
package final class GrammarVocabulary: Sendable {
    private let vocabulary: any TextVocabulary
    private let trie = Mutex<TokenTrie?>(nil)

    package init(_ vocabulary: any TextVocabulary) { self.vocabulary = vocabulary }

    /// What texts are held to; `nil` without a grammar and without a schema.
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
    /// The grammar that is given or made from a schema; `nil` without both.
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
