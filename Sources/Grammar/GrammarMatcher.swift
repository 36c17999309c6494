// How far a text has come in a grammar.
// - A matcher is a value, so copies are independent. They share the states that were computed for the grammar.
// - Every accepted text can be completed if each byte has a token of its own.
// - Memory is bounded: if too many states are kept, all are dropped and each matcher reads its text again.

import Synchronization

/// The states that were computed for a grammar. Many matchers may share them, on any threads.
public final class GrammarMachine: Sendable {
    fileprivate let states: Mutex<MachineStates>

    public init(_ grammar: GBNFGrammar) { states = Mutex(MachineStates(grammar.network)) }
}

/// Reads a text byte by byte against a grammar.
///
/// Nesting is bounded: at most `deepest` rules may be open at once, not counting a rule that is the last step of its
/// caller. Text that would open more is not accepted.
public struct GrammarMatcher: Sendable {
    /// How many rules may be open at once.
    public static let deepest = 1000
    /// How many bytes are read before the size of the shared states is checked again.
    private static let chunkLength = 4096

    private struct State: Sendable {
        var number: Int32
        var isComplete: Bool
    }

    private let machine: GrammarMachine
    private var bytes: [UInt8] = []
    /// The state before each byte, and the one after the last.
    private var path: [State]
    private var epoch: Int

    /// - Parameter machine: shared by the drafts of a request, so that each state is computed once.
    public init(_ machine: GrammarMachine) {
        self.machine = machine
        (path, epoch) = machine.states.withLock { ([Self.start($0)], $0.epoch) }
    }

    public init(_ grammar: GBNFGrammar) { self.init(GrammarMachine(grammar)) }

    /// How many bytes were accepted.
    public var byteCount: Int { bytes.count }

    /// True if the text may end here.
    public var isComplete: Bool { path[path.count - 1].isComplete }

    /// Accepts bytes, which may end within a character.
    /// - Returns: false if the grammar does not allow them; then none is accepted.
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

    /// Drops all but the first `count` bytes.
    public mutating func rewind(toByteCount count: Int) {
        guard count < bytes.count else { return }
        let count = max(count, 0)
        bytes.removeLast(bytes.count - count)
        path.removeLast(path.count - count - 1)
    }

    /// The tokens that may come next. Tokens that end a text have no bytes and are not among them: see `isComplete`.
    /// - Throws: `GrammarError.tooAmbiguous` if computing the mask would take too long.
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

    /// Runs `body` on the shared states. If they were dropped, it first computes those of its text again.
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
