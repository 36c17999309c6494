// The states of a grammar that were needed so far, and the steps between them.
// - A state is a sorted list of items (node that reads a byte, set of stacks of open rules), one item per node.
// - Numbers of states are valid until `forget`; the caller must not use one after it.

struct MachineStates {
    private let network: GrammarNetwork
    private(set) var epoch = 0
    /// The state before the first byte; `nil` if it cannot be computed, which no `GBNFGrammar` causes.
    private(set) var start: Int32?

    private var stacks = StackSets()
    private var items: [UInt64] = []
    private var firstItem: [Int32] = [0]
    private var isComplete: [Bool] = []
    private var numbers: [[UInt64]: Int32] = [:]
    /// The state after a byte class, or `unknown` or `none`: (state, class).
    private var steps: [Int32] = []
    private var masks: [Int32: TokenMask] = [:]
    private var maskedTrie: TokenTrie?

    /// True if a state was given up because it would have had too many items.
    private(set) var isOverloaded = false
    private var visitCount = 0
    private var open: [UInt64] = []
    private var seen: Set<UInt64> = []

    private static let unknown: Int32 = -2
    private static let none: Int32 = -1
    /// Limits on the (node, stacks) pairs that are visited to compute one state, and one mask.
    static let mostVisits = 20_000
    private static let mostMaskVisits = 4_000_000
    /// If more steps or entries are kept, all are dropped before the next text is read; one mask may add four times
    /// that.
    private static let mostKept = 8 << 20
    private static let mostMasks = 512

    init(_ network: GrammarNetwork) {
        self.network = network
        begin()
    }

    /// True if so much is kept that it should be dropped.
    var isFull: Bool { keptCount > Self.mostKept }

    private var keptCount: Int { max(steps.count, items.count + stacks.size) }

    mutating func forget() {
        epoch += 1
        stacks = StackSets()
        items = []
        firstItem = [0]
        isComplete = []
        numbers = [:]
        steps = []
        masks = [:]
        begin()
    }

    private mutating func begin() {
        open = [Self.item(network.root, StackSets.nothingOpen)]
        let state = closeOpen()
        start = state == Self.none ? nil : state
    }

    func isComplete(_ state: Int32) -> Bool { isComplete[Int(state)] }

    /// The state after a byte; `nil` if the grammar does not allow the byte.
    mutating func step(_ state: Int32, _ byte: UInt8) -> Int32? {
        let slot = Int(state) * network.classCount + Int(network.classOfByte[Int(byte)])
        if steps[slot] == Self.unknown { steps[slot] = workOutStep(state, byte) }
        return steps[slot] == Self.none ? nil : steps[slot]
    }

    /// The tokens whose bytes the grammar allows from this state.
    /// - Throws: `GrammarError.tooAmbiguous`.
    mutating func mask(_ trie: TokenTrie, from state: Int32) throws -> TokenMask {
        if maskedTrie !== trie || masks.count >= Self.mostMasks {
            masks = [:]
            maskedTrie = trie
        }
        if let known = masks[state] { return known }
        let mask = try walk(trie, from: state)
        masks[state] = mask
        return mask
    }

    private mutating func walk(_ trie: TokenTrie, from state: Int32) throws -> TokenMask {
        let (nodes, tokens) = (trie.nodes, trie.tokens)
        let (classOfByte, classCount) = (network.classOfByte, network.classCount)
        var mask = TokenMask(count: trie.vocabularySize)
        /// The first step of the state after each prefix of the path to the node.
        var path = [Int](repeating: Int(state) * classCount, count: trie.deepest + 1)
        var index = 0
        visitCount = 0
        while index < nodes.count {
            let node = nodes[index]
            let depth = Int(node.depth)
            let slot = path[depth - 1] + Int(classOfByte[Int(node.byte)])
            var next = steps[slot]
            if next == Self.unknown {
                next = workOutStep(Int32(path[depth - 1] / classCount), node.byte)
                steps[slot] = next
                let isTooMuch = visitCount > Self.mostMaskVisits || keptCount > 4 * Self.mostKept
                if isTooMuch || isOverloaded { throw GrammarError.tooAmbiguous }
            }
            guard next >= 0 else {
                index = Int(node.end)
                continue
            }
            path[depth] = Int(next) * classCount
            if node.tokenCount > 0 {
                let first = Int(node.firstToken)
                for rank in first..<first + Int(node.tokenCount) { mask.insert(tokens[rank]) }
            }
            index += 1
        }
        if isOverloaded { throw GrammarError.tooAmbiguous }
        return mask
    }

    // MARK: Computing states

    private mutating func workOutStep(_ state: Int32, _ byte: UInt8) -> Int32 {
        open.removeAll(keepingCapacity: true)
        for index in Int(firstItem[Int(state)])..<Int(firstItem[Int(state) + 1]) {
            let (node, stack) = StackSets.parts(of: items[index])
            for case .bytes(let range, let target) in network.edges(of: node) where range.contains(byte) {
                open.append(Self.item(target, stack))
            }
        }
        return open.isEmpty ? Self.none : closeOpen()
    }

    /// The state of all places that are reached from those in `open` before a byte is read.
    /// - Returns: its number, or `none` if no byte can follow and the text cannot end.
    private mutating func closeOpen() -> Int32 {
        seen.removeAll(keepingCapacity: true)
        var reading: [UInt64] = []
        var canEnd = false
        while let item = open.popLast() {
            guard seen.insert(item).inserted else { continue }
            visitCount += 1
            guard seen.count <= Self.mostVisits else {
                isOverloaded = true
                return Self.none
            }
            let (node, stack) = StackSets.parts(of: item)
            // Skip a place whose rules could no longer be completed within the allowed depth.
            let neededDepth = network.neededDepth[Int(node)]
            guard stacks.depth(of: stack) <= Int32(GrammarMatcher.deepest) - neededDepth else { continue }
            if network.isFinal[Int(node)] {
                for entry in stacks.entries(of: stack) {
                    if entry == StackSets.endEntry { canEnd = true } else { open.append(entry) }
                }
            }
            if visitEdges(of: node, stack) { reading.append(item) }
        }
        return reading.isEmpty && !canEnd ? Self.none : intern(merged(reading), canEnd)
    }

    /// Follows the free edges and calls of a node.
    /// - Returns: true if the node also has edges that read bytes.
    private mutating func visitEdges(of node: Int32, _ stack: Int32) -> Bool {
        var reads = false
        for edge in network.edges(of: node) {
            switch edge {
            case .bytes: reads = true
            case .free(let target): open.append(Self.item(target, stack))
            case .call(let rule, let then):
                // If the call is the rule's last step, nothing needs to be returned to. So lists written by recursion
                // do not nest.
                let inner = network.isRuleEnd[Int(then)] ? stack : stacks.push(then, onto: stack)
                open.append(Self.item(network.ruleStarts[Int(rule)], inner))
            }
        }
        return reads
    }

    /// Merges items of the same node into one.
    private mutating func merged(_ reading: [UInt64]) -> [UInt64] {
        var merged: [UInt64] = []
        for item in reading.sorted() {
            let (node, stack) = StackSets.parts(of: item)
            if let last = merged.last, last >> 32 == item >> 32 {
                merged[merged.count - 1] = Self.item(node, stacks.union(StackSets.parts(of: last).below, stack))
            } else {
                merged.append(item)
            }
        }
        return merged
    }

    private mutating func intern(_ list: [UInt64], _ canEnd: Bool) -> Int32 {
        let key = canEnd ? list + [StackSets.endEntry] : list
        if let known = numbers[key] { return known }
        let state = Int32(isComplete.count)
        numbers[key] = state
        items += list
        firstItem.append(Int32(items.count))
        isComplete.append(canEnd)
        steps += repeatElement(Self.unknown, count: network.classCount)
        return state
    }

    private static func item(_ node: Int32, _ stack: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: node)) << 32 | UInt64(UInt32(bitPattern: stack))
    }
}
