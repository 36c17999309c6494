// Finds the names that a template reads: those it expects from its caller, and those a macro's body mentions.
// - A name is the template's own if it is set earlier in the same or an enclosing scope, in any branch.

struct VariableFinder {
    private var expected: Set<String> = []
    private var own: [Set<String>] = [[]]

    /// The names that `body` reads without setting them first.
    static func expectedNames(in body: [Statement]) -> Set<String> {
        var finder = VariableFinder()
        finder.visit(body)
        return finder.expected.subtracting(Globals.names)
    }

    /// All names that `body` reads, including those in nested macros.
    static func mentionedNames(in body: [Statement]) -> Set<String> {
        var finder = VariableFinder()
        finder.recordsAll = true
        finder.visit(body)
        return finder.expected
    }

    private var recordsAll = false

    private func isOwn(_ name: String) -> Bool { own.contains { $0.contains(name) } }

    private mutating func set(_ names: [String]) { own[own.count - 1].formUnion(names) }

    private mutating func visit(_ body: [Statement]) {
        for statement in body { visit(statement) }
    }

    private mutating func inScope(_ names: [String] = [], _ run: (inout VariableFinder) -> Void) {
        own.append(Set(names))
        run(&self)
        own.removeLast()
    }

    private mutating func visit(_ expression: Expression?) {
        guard let expression else { return }
        if case .name(let name) = expression.kind, recordsAll || !isOwn(name) { expected.insert(name) }
        for child in expression.kind.children { visit(child) }
    }

    private mutating func assign(to target: Target) {
        switch target {
        case .name(let name): set([name])
        case .field(let name, _): if recordsAll || !isOwn(name) { expected.insert(name) }
        case .tuple(let items): for item in items { assign(to: item) }
        }
    }

    private mutating func visit(_ statement: Statement) {
        switch statement {
        case .text, .breakLoop, .continueLoop: break
        case .output(let expression): visit(expression)
        case .conditional(let branches, let otherwise):
            for branch in branches {
                visit(branch.test)
                visit(branch.body)
            }
            visit(otherwise)
        case .loop(let loop): visit(loop)
        case .set(let target, let value):
            visit(value)
            assign(to: target)
        case .setBlock(let target, let filter, let body, _):
            inScope { finder in
                finder.visit(body)
                finder.visit(filter)
            }
            assign(to: target)
        case .macro(let macro):
            // A macro may call itself.
            if let name = macro.name { set([name]) }
            visit(macro)
        case .callBlock(let call, let caller):
            visit(call)
            visit(caller)
        case .filterBlock(let filter, let body):
            visit(filter)
            inScope { $0.visit(body) }
        case .with(let assignments, let body):
            for (_, value) in assignments { visit(value) }
            inScope(assignments.flatMap { $0.0.names }) { $0.visit(body) }
        case .scope(let body): inScope { $0.visit(body) }
        }
    }

    private mutating func visit(_ loop: LoopStatement) {
        visit(loop.items)
        inScope(loop.target.names) { $0.visit(loop.test) }
        inScope(loop.target.names + ["loop"]) { $0.visit(loop.body) }
        inScope { $0.visit(loop.otherwise) }
    }

    private mutating func visit(_ macro: MacroStatement) {
        for parameter in macro.parameters { visit(parameter.fallback) }
        inScope(macro.parameters.map(\.name) + ["caller", "kwargs", "varargs"]) { $0.visit(macro.body) }
    }
}
