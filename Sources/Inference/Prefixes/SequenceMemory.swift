// Keys and values of the last requests, in memory.
// - A request keeps its drafts, each with its prompt. The drafts share the prompt's keys and values, so keeping all of
//   them costs little more than keeping one, and the next turn may follow any of them.
// - A sequence serves any later prompt, up to the first token that differs. So the text is the same as without it.
// - The newest sequence always stays; the others stay below the limits.

import Generation
import Glibc

/// The sequences of the last requests, newest first.
struct SequenceMemory: Sendable {
    struct Limits: Sendable {
        /// Several conversations, or branches of one, may be open in turns.
        var requests = 4
        /// Of one conversation; so answers that are not read back as they were written push no other one out.
        var requestsOfConversation = 2
        /// All keys and values together.
        var bytes = min(512 << 20, SequenceMemory.memoryBytes / 8)
    }

    private struct Sequence {
        let tokens: [TokenID]
        let cache: KVCache
    }

    private struct Request {
        let conversation: String?
        var sequences: [Sequence]
    }

    private let limits: Limits
    private var requests: [Request] = []

    init(limits: Limits = Limits()) { self.limits = limits }

    /// How many sequences it holds.
    var count: Int { requests.reduce(0) { $0 + $1.sequences.count } }

    /// A sequence that begins with as many of `tokens` as possible, and holds only these; `nil` if none begins with any.
    /// - Parameter most: the most tokens to reuse.
    func longest(of tokens: [TokenID], most: Int) -> KVCache? {
        var best: (cache: KVCache, count: Int)?
        for sequence in requests.lazy.flatMap(\.sequences) {
            let shared = min(sequence.tokens.sharedCount(with: tokens), most)
            if shared > best?.count ?? 0 { best = (sequence.cache, shared) }
        }
        guard let best else { return nil }
        let cache = best.cache.fork()
        cache.truncate(to: best.count)
        return cache
    }

    /// Keeps the sequences of a request, the likeliest to be continued first.
    /// - Parameter conversation: the one that the request belongs to, if any.
    mutating func keep(_ caches: [KVCache], of conversation: String?) {
        let new = caches.map { Sequence(tokens: $0.tokens, cache: $0) }.filter { !$0.tokens.isEmpty }
        guard !new.isEmpty else { return }
        // What begins a new sequence is part of it.
        for index in requests.indices {
            requests[index].sequences.removeAll { old in new.contains { $0.tokens.starts(with: old.tokens) } }
        }
        requests.removeAll(where: \.sequences.isEmpty)
        requests.insert(Request(conversation: conversation, sequences: new), at: 0)
        if let conversation {
            var count = 0
            requests.removeAll { request in
                count += request.conversation == conversation ? 1 : 0
                return request.conversation == conversation && count > limits.requestsOfConversation
            }
        }
        requests = Array(requests.prefix(limits.requests))
        dropExcess()
    }

    /// Drops the last sequences, as many as the limit on bytes demands.
    private mutating func dropExcess() {
        var held: [ObjectIdentifier: Int] = [:]
        var bytes = 0
        var isFull = false
        for (number, request) in requests.enumerated() {
            requests[number].sequences = request.sequences.enumerated().filter { index, sequence in
                guard !isFull else { return false }
                for (buffer, size) in sequence.cache.bufferSizes {
                    bytes += max(size - held[buffer, default: 0], 0)
                    held[buffer] = max(size, held[buffer, default: 0])
                }
                isFull = bytes > limits.bytes
                return !isFull || (number == 0 && index == 0)
            }.map(\.element)
        }
        requests.removeAll(where: \.sequences.isEmpty)
    }

    private static let memoryBytes = max(sysconf(Int32(_SC_PHYS_PAGES)), 0) * max(sysconf(Int32(_SC_PAGESIZE)), 0)
}

extension [TokenID] {
    /// How many tokens both have in common at their beginnings.
    func sharedCount(with other: [TokenID]) -> Int {
        var count = 0
        while count < self.count, count < other.count, self[count] == other[count] { count += 1 }
        return count
    }
}
