// Finds faults of a grammar in its network: rules that begin with themselves and rules without an end.

struct NetworkAnalysis {
    let ruleStarts: [Int32]
    let isFinal: [Bool]
    let edges: [GrammarNetwork.Edge]
    let firstEdge: [Int32]
    let isRuleEnd: [Bool]

    /// The needed depth of a node from which the end cannot be reached.
    static let endless = Int32.max

    private func edges(of node: Int32) -> ArraySlice<GrammarNetwork.Edge> {
        edges[Int(firstEdge[Int(node)])..<Int(firstEdge[Int(node) + 1])]
    }

    // MARK: Rules that begin with themselves

    /// Rules each of which can begin with the next, with the first again at the end; unused rules are ignored.
    func leftRecursion(from root: Int) -> [Int]? {
        let firsts = firstRules()
        let used = usedRules(from: root)
        var isDone = [Bool](repeating: false, count: ruleStarts.count)
        for start in ruleStarts.indices where used[start] && !isDone[start] {
            var path: [(rule: Int, next: Int)] = [(start, 0)]
            var isOnPath = Set([start])
            while let (rule, next) = path.last {
                guard next < firsts[rule].count else {
                    isDone[rule] = true
                    isOnPath.remove(rule)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let first = firsts[rule][next]
                if isOnPath.contains(first) {
                    return path.map(\.rule).drop { $0 != first } + [first]
                }
                if !isDone[first] {
                    path.append((first, 0))
                    isOnPath.insert(first)
                }
            }
        }
        return nil
    }

    /// For each rule, the rules that it may call before it reads a byte.
    private func firstRules() -> [[Int]] {
        var firsts: [Set<Int>] = Array(repeating: [], count: ruleStarts.count)
        let rules = ruleOfNode()
        for node in reachedForNothing(rules) {
            for case .call(let called, _) in edges(of: node) { firsts[rules[Int(node)]].insert(Int(called)) }
        }
        return firsts.map { $0.sorted() }
    }

    /// The nodes that are reached from their rule's start before a byte is read.
    ///
    /// A call is passed without a byte as soon as the called rule is known to have an empty text.
    private func reachedForNothing(_ rules: [Int]) -> [Int32] {
        var isReached = [Bool](repeating: false, count: isFinal.count)
        var isNullable = [Bool](repeating: false, count: ruleStarts.count)
        var waiting: [[Int32]] = Array(repeating: [], count: ruleStarts.count)
        var reached: [Int32] = []
        var open = ruleStarts
        while let node = open.popLast() {
            guard !isReached[Int(node)] else { continue }
            isReached[Int(node)] = true
            reached.append(node)
            let rule = rules[Int(node)]
            if isFinal[Int(node)], !isNullable[rule] {
                isNullable[rule] = true
                open += waiting[rule]
            }
            for edge in edges(of: node) {
                switch edge {
                case .bytes: break
                case .free(let target): open.append(target)
                case .call(let called, let target):
                    if isNullable[Int(called)] { open.append(target) } else { waiting[Int(called)].append(target) }
                }
            }
        }
        return reached
    }

    /// The rule of each node. A rule has the nodes from its start to that of the next.
    private func ruleOfNode() -> [Int] {
        var rules: [Int] = []
        for rule in ruleStarts.indices {
            let end = rule + 1 < ruleStarts.count ? Int(ruleStarts[rule + 1]) : isFinal.count
            rules += repeatElement(rule, count: end - Int(ruleStarts[rule]))
        }
        return rules
    }

    private func usedRules(from root: Int) -> [Bool] {
        var isUsed = [Bool](repeating: false, count: ruleStarts.count)
        isUsed[root] = true
        var open = [root]
        while let rule = open.popLast() {
            for called in rulesCalled(by: rule) where !isUsed[called] {
                isUsed[called] = true
                open.append(called)
            }
        }
        return isUsed
    }

    private func rulesCalled(by rule: Int) -> [Int] {
        let end = rule + 1 < ruleStarts.count ? Int(ruleStarts[rule + 1]) : isFinal.count
        let range = Int(firstEdge[Int(ruleStarts[rule])])..<Int(firstEdge[end])
        return edges[range].compactMap { if case .call(let called, _) = $0 { Int(called) } else { nil } }
    }

    // MARK: Rules without an end

    /// How many rules, besides the node's own, must be open to reach the end of its rule; `endless` if it has no end.
    ///
    /// Knuth's generalisation of Dijkstra's algorithm (Information Processing Letters 6, 1977): the cheapest open node
    /// is
    /// final, and its cost is passed to the nodes before it.
    func neededDepths() -> [Int32] {
        var needed = [Int32](repeating: Self.endless, count: isFinal.count)
        let before = edgesBefore()
        var levels: [[Int32]] = [[]]
        for node in isFinal.indices where isFinal[node] { levels[0].append(Int32(node)) }
        var level = 0
        while level < levels.count {
            while let node = levels[level].popLast() {
                guard needed[Int(node)] == Self.endless else { continue }
                needed[Int(node)] = Int32(level)
                for (source, edge) in before[Int(node)] where needed[Int(source)] == Self.endless {
                    guard let cost = cost(of: edge, needed), cost >= level else { continue }
                    while levels.count <= cost { levels.append([]) }
                    levels[cost].append(source)
                }
            }
            level += 1
        }
        return needed
    }

    private func cost(of edge: GrammarNetwork.Edge, _ needed: [Int32]) -> Int? {
        let cost: Int32
        switch edge {
        case .bytes(_, let target), .free(let target): cost = needed[Int(target)]
        case .call(let rule, let then):
            let inside = needed[Int(ruleStarts[Int(rule)])]
            guard inside != Self.endless, needed[Int(then)] != Self.endless else { return nil }
            cost = max(isRuleEnd[Int(then)] ? inside : inside + 1, needed[Int(then)])
        }
        return cost == Self.endless ? nil : Int(cost)
    }

    /// The edges that depend on each node's cost, with their sources.
    private func edgesBefore() -> [[(source: Int32, edge: GrammarNetwork.Edge)]] {
        var before: [[(source: Int32, edge: GrammarNetwork.Edge)]] = Array(repeating: [], count: isFinal.count)
        for source in isFinal.indices {
            for edge in edges(of: Int32(source)) {
                switch edge {
                case .bytes(_, let target), .free(let target): before[Int(target)].append((Int32(source), edge))
                case .call(let rule, let then):
                    before[Int(then)].append((Int32(source), edge))
                    before[Int(ruleStarts[Int(rule)])].append((Int32(source), edge))
                }
            }
        }
        return before
    }

    /// A rule that is used and has no end.
    func firstEndless(from root: Int, neededDepth: [Int32]) -> Int? {
        let used = usedRules(from: root)
        return ruleStarts.indices.first { used[$0] && neededDepth[Int(ruleStarts[$0])] == Self.endless }
    }
}
