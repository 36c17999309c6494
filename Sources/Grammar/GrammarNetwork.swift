// A grammar as a recursive transition network: nodes with edges that read a byte, call a rule, or are free (epsilon).
// - Edges read bytes, not characters, so a text may be cut anywhere, even within a character.
// - Only valid UTF-8 can be read.
// - No rule begins with itself, and from every node the end of its rule can be reached.

/// The states of a grammar, immutable.
struct GrammarNetwork: Sendable {
    enum Edge: Sendable, Equatable {
        case bytes(ClosedRange<UInt8>, to: Int32)
        case free(to: Int32)
        /// Reads a rule, then continues at a node.
        case call(rule: Int32, then: Int32)
    }

    /// The most nodes and the most edges of a network.
    static let largest = 200_000

    let ruleStarts: [Int32]
    let root: Int32
    let isFinal: [Bool]
    /// Edges by node: node `n` has `edges[firstEdge[n]..<firstEdge[n + 1]]`.
    let edges: [Edge]
    let firstEdge: [Int32]
    /// Nodes from which only free edges lead to the end of the rule, so to continue there is to return to the caller.
    let isRuleEnd: [Bool]
    /// How many more rules must be open at once to reach the end of the node's rule; at least 0.
    let neededDepth: [Int32]
    /// Bytes are in the same class if all edges treat them alike.
    let classOfByte: [UInt8]
    let classCount: Int
    /// A byte of each class.
    let byteOfClass: [UInt8]

    /// - Throws: `GrammarError` if a rule begins with itself or never ends, or if there are too many nodes.
    init(rules: [GrammarRule], root: Int) throws {
        var builder = NetworkBuilder()
        var starts: [Int32] = []
        for rule in rules { starts.append(try builder.add(rule)) }
        let parts = builder.parts()
        ruleStarts = starts
        self.root = starts[root]
        (isFinal, edges, firstEdge) = (builder.isFinal, parts.edges, parts.firstEdge)
        isRuleEnd = Self.ruleEnds(isFinal: isFinal, edges: edges, firstEdge: firstEdge)
        (classOfByte, byteOfClass) = Self.byteClasses(edges)
        classCount = byteOfClass.count

        let names = rules.map(\.name)
        let analysis = NetworkAnalysis(
            ruleStarts: starts, isFinal: isFinal, edges: edges, firstEdge: firstEdge, isRuleEnd: isRuleEnd)
        if let cycle = analysis.leftRecursion(from: root) {
            throw GrammarError.leftRecursion(rules: cycle.map { names[$0] })
        }
        neededDepth = analysis.neededDepths()
        if let endless = analysis.firstEndless(from: root, neededDepth: neededDepth) {
            throw GrammarError.endless(rule: names[endless])
        }
    }

    func edges(of node: Int32) -> ArraySlice<Edge> {
        edges[Int(firstEdge[Int(node)])..<Int(firstEdge[Int(node) + 1])]
    }

    /// Nodes from which nothing but the end of the rule can be reached, and by free edges alone.
    private static func ruleEnds(isFinal: [Bool], edges: [Edge], firstEdge: [Int32]) -> [Bool] {
        isFinal.indices.map { node in
            var node = node
            for _ in 0..<64 {
                let range = Int(firstEdge[node])..<Int(firstEdge[node + 1])
                if range.isEmpty { return isFinal[node] }
                guard range.count == 1, !isFinal[node], case .free(let target) = edges[range.lowerBound] else {
                    return false
                }
                node = Int(target)
            }
            return false
        }
    }

    private static func byteClasses(_ edges: [Edge]) -> (classOfByte: [UInt8], byteOfClass: [UInt8]) {
        var begins = [Bool](repeating: false, count: 257)
        begins[0] = true
        for case .bytes(let range, _) in edges {
            begins[Int(range.lowerBound)] = true
            begins[Int(range.upperBound) + 1] = true
        }
        var classes: [UInt8] = []
        var bytes: [UInt8] = []
        for byte in 0..<256 {
            if begins[byte] { bytes.append(UInt8(byte)) }
            classes.append(UInt8(bytes.count - 1))
        }
        return (classes, bytes)
    }
}

/// Unfolds rules into nodes and edges.
private struct NetworkBuilder {
    private(set) var isFinal: [Bool] = []
    private var sources: [Int32] = []
    private var edges: [GrammarNetwork.Edge] = []

    /// - Returns: the first node of the rule.
    mutating func add(_ rule: GrammarRule) throws -> Int32 {
        let start = addNode()
        do {
            let end = try add(rule.body, from: start)
            isFinal[Int(end)] = true
        } catch is TooLarge {
            throw GrammarError.tooLarge(rule: rule.name, most: GrammarNetwork.largest)
        }
        return start
    }

    private struct TooLarge: Error {}

    /// Adds the nodes and edges of an expression after a node.
    /// - Returns: a new node at the end of the expression.
    private mutating func add(_ expression: GrammarExpression, from start: Int32) throws -> Int32 {
        guard max(isFinal.count, edges.count) < GrammarNetwork.largest else { throw TooLarge() }
        switch expression {
        case .literal(let bytes):
            var node = start
            for byte in bytes {
                let next = addNode()
                addEdge(node, .bytes(byte...byte, to: next))
                node = next
            }
            return bytes.isEmpty ? free(from: node) : node
        case .oneOf(let set): return addSet(set, from: start)
        case .rule(let rule):
            let end = addNode()
            addEdge(start, .call(rule: Int32(rule), then: end))
            return end
        case .sequence(let items):
            var node = start
            for item in items { node = try add(item, from: node) }
            return items.isEmpty ? free(from: node) : node
        case .alternatives(let all):
            let end = addNode()
            for alternative in all { addEdge(try add(alternative, from: free(from: start)), .free(to: end)) }
            return end
        case .repetition(let item, let least, let most):
            return try addRepetition(of: item, least: least, most: most, from: start)
        }
    }

    private mutating func addRepetition(
        of item: GrammarExpression, least: Int, most: Int?, from start: Int32
    ) throws -> Int32 {
        var node = start
        for _ in 0..<least { node = try add(item, from: node) }
        guard let most else {
            let loop = free(from: node)
            addEdge(try add(item, from: loop), .free(to: loop))
            // A new node, so that edges added later do not start from the loop.
            return free(from: loop)
        }
        let end = addNode()
        for _ in least..<most {
            addEdge(node, .free(to: end))
            node = try add(item, from: node)
        }
        addEdge(node, .free(to: end))
        return end
    }

    /// Adds edges for every UTF-8 sequence of the set; equal endings share their nodes.
    private mutating func addSet(_ set: ScalarRanges, from start: Int32) -> Int32 {
        let end = addNode()
        var nodes: [[ClosedRange<UInt8>]: Int32] = [[]: end]
        for sequence in set.byteSequences {
            var target = end
            for index in sequence.indices.reversed() where index > 0 {
                let rest = Array(sequence[index...])
                if let known = nodes[rest] {
                    target = known
                } else {
                    let node = addNode()
                    addEdge(node, .bytes(sequence[index], to: target))
                    nodes[rest] = node
                    target = node
                }
            }
            addEdge(start, .bytes(sequence[0], to: target))
        }
        return end
    }

    private mutating func free(from node: Int32) -> Int32 {
        let next = addNode()
        addEdge(node, .free(to: next))
        return next
    }

    private mutating func addNode() -> Int32 {
        isFinal.append(false)
        return Int32(isFinal.count - 1)
    }

    private mutating func addEdge(_ source: Int32, _ edge: GrammarNetwork.Edge) {
        sources.append(source)
        edges.append(edge)
    }

    /// The edges sorted by their source.
    func parts() -> (edges: [GrammarNetwork.Edge], firstEdge: [Int32]) {
        var firstEdge = [Int32](repeating: 0, count: isFinal.count + 1)
        for source in sources { firstEdge[Int(source) + 1] += 1 }
        for node in isFinal.indices { firstEdge[node + 1] += firstEdge[node] }
        var next = firstEdge
        var sorted = edges
        for (source, edge) in zip(sources, edges) {
            sorted[Int(next[Int(source)])] = edge
            next[Int(source)] += 1
        }
        return (sorted, firstEdge)
    }
}
