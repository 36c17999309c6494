// How far a text has come in a grammar.
// - A matcher is a value: a copy goes its own way. What is worked out about the grammar is shared by all copies.
// - Every accepted text can be completed, given tokens for single bytes.
// - What is kept is bounded: when it is too much, all is forgotten, and texts are read again.

import Synchronization

/// What has been worked out about a grammar; many matchers may share it, on any threads.
public final class GrammarMachine: Sendable {
    fileprivate let states: Mutex<MachineStates>

    public init(_ grammar: GBNFGrammar) { states = Mutex(MachineStates(grammar.network)) }
}

/// Reads a text byte by byte against a grammar.
///
/// Nesting is bounded: rules that are not their caller's last step are open at once up to `deepest`, and text that
/// would open more is not accepted.
public struct GrammarMatcher: Sendable {
    /// How many rules may be open at once.
    public static let deepest = 1000
    /// How many bytes are read between two looks at how much is kept.
    private static let chunkLength = 4096

    private struct State: Sendable {
        var number: Int32
        var isComplete: Bool
    }

    private let machine: GrammarMachine
    private var bytes: [UInt8] = []
    /// The state before each byte and the one behind the last.
    private var path: [State]
    private var epoch: Int

    /// - Parameter machine: shared by the drafts of a request, so that each state is worked out once.
    public init(_ machine: GrammarMachine) {
        self.machine = machine
        (path, epoch) = machine.states.withLock { ([Self.start($0)], $0.epoch) }
    }

    public init(_ grammar: GBNFGrammar) { self.init(GrammarMachine(grammar)) }

    /// How many bytes were accepted.
    public var byteCount: Int { bytes.count }

    /// Whether the text may end here.
    public var isComplete: Bool { path[path.count - 1].isComplete }

    /// Accepts bytes, which may end within a character.
    /// - Returns: false where the grammar does not go on so; then nothing is accepted.
    public mutating func accept(_ newBytes: some Collection<UInt8>) -> Bool {
        let count = bytes.count
        var rest = newBytes[...]
        while !rest.isEmpty {
            let chunk = rest.prefix(Self.chunkLength)
            guard withStates({ $1.read(chunk, &$0) }) else {
                rewind(toByteCount: count)
                return false
            }
            rest = rest.dropFirst(chunk.count)
        }
        return true
    }

    public mutating func accept(_ text: String) -> Bool { accept(text.utf8) }

    /// Takes back all but the first bytes.
    public mutating func rewind(toByteCount count: Int) {
        guard count < bytes.count else { return }
        let count = max(count, 0)
        bytes.removeLast(bytes.count - count)
        path.removeLast(path.count - count - 1)
    }

    /// The tokens that may come next. What ends a text has no bytes and is not among them: see `isComplete`.
    /// - Throws: `GrammarError.tooAmbiguous` where working that out would take too long.
    public mutating func allowedTokens(in trie: TokenTrie) throws -> TokenMask {
        try withStates { states, matcher in
            try states.mask(trie, from: matcher.path[matcher.path.count - 1].number)
        }
    }

    private static func start(_ states: MachineStates) -> State {
        guard let number = states.start else { preconditionFailure("A grammar's texts have a beginning.") }
        return State(number: number, isComplete: states.isComplete(number))
    }

    private mutating func read(_ newBytes: some Collection<UInt8>, _ states: inout MachineStates) -> Bool {
        for byte in newBytes {
            guard let next = states.step(path[path.count - 1].number, byte) else { return false }
            bytes.append(byte)
            path.append(State(number: next, isComplete: states.isComplete(next)))
        }
        return true
    }

    /// Works with the shared states, after finding its own again where they were forgotten.
    private mutating func withStates<Result>(
        _ body: (inout MachineStates, inout GrammarMatcher) throws -> Result
    ) rethrows -> Result {
        let machine = machine
        return try machine.states.withLock { states in
            if states.isFull { states.forget() }
            if epoch != states.epoch {
                let read = bytes
                bytes = []
                path = [Self.start(states)]
                epoch = states.epoch
                let isRead = self.read(read, &states)
                precondition(isRead, "A text that was accepted is accepted again.")
            }
            return try body(&states, &self)
        }
    }
}
