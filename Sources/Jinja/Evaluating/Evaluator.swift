// Evaluates the statements of a template and writes its text.
// - One evaluator renders once, on one thread.
// - Each turn of a loop, each call of a macro, and `with`, `filter` and block `set` open a scope; `if` does not.
// - Every error has the place of the innermost node that failed.

final class Evaluator {
    enum Flow { case next, leaveLoop, nextTurn }

    // Limits nested nodes, not calls: the stack stays below four megabytes in a debug build, far below in a release
    // build.
    static let deepestNodes = 500

    let source: SourceText
    let options: JinjaOptions
    let budget: Budget
    var scope: Scope
    var output = ""
    var depth = 0
    private var callDepth = 0
    // Objects can refer to each other in cycles and long chains. They are kept here and emptied one by one when the
    // render ends, so they neither leak nor release each other recursively.
    private var objects: [JinjaObject] = []

    init(_ source: SourceText, options: JinjaOptions, context: [String: JinjaValue]) {
        self.source = source
        self.options = options
        budget = Budget(options)
        let globals = Scope(parent: nil, values: Globals.functions)
        scope = Scope(parent: Scope(parent: globals, values: context))
    }

    func render(_ body: [Statement]) throws(JinjaError) -> String {
        let root = scope
        defer {
            for object in objects { object.releaseContents() }
            root.removeAll()
        }
        do throws(JinjaError) {
            _ = try execute(body)
        } catch {
            throw source.placed(error, at: 0)
        }
        return output
    }

    /// Registers an object that refers to values.
    func keep<Object: JinjaObject>(_ object: Object) -> Object {
        objects.append(object)
        return object
    }

    // MARK: Statements

    func execute(_ body: [Statement]) throws(JinjaError) -> Flow {
        depth += 1
        defer { depth -= 1 }
        for statement in body {
            try budget.charge()
            let flow = try execute(statement)
            if flow != .next { return flow }
        }
        return .next
    }

    private func execute(_ statement: Statement) throws(JinjaError) -> Flow {
        switch statement {
        case .text(let text): try write(text)
        case .output(let expression): try write(expression)
        case .set(let target, let value): try assign(try evaluate(value), to: target, at: value.offset)
        case .conditional(let branches, let otherwise): return try execute(branches, otherwise: otherwise)
        case .loop(let loop): return try execute(loop)
        case .setBlock(let target, let filter, let body, let offset):
            return try execute(set: target, filter: filter, body: body, at: offset)
        case .macro(let statement): define(statement)
        case .callBlock(let call, let caller): try execute(call: call, caller: caller)
        case .filterBlock(let filter, let body): return try execute(filter: filter, body: body)
        case .with(let assignments, let body): return try execute(with: assignments, body: body)
        case .scope(let body): return try inScope { evaluator throws(JinjaError) in try evaluator.execute(body) }
        case .breakLoop: return .leaveLoop
        case .continueLoop: return .nextTurn
        }
        return .next
    }

    func write(_ text: String) throws(JinjaError) {
        try budget.charge(adding: text.utf8.count, to: output.utf8.count)
        output += text
    }

    private func write(_ expression: Expression) throws(JinjaError) {
        let value = try evaluate(expression)
        do throws(JinjaError) {
            try write(try text(of: value))
        } catch {
            throw source.placed(error, at: expression.offset)
        }
    }

    /// Runs statements and returns the text that they write.
    func capture(_ body: [Statement]) throws(JinjaError) -> (text: String, flow: Flow) {
        let outer = output
        output = ""
        defer { output = outer }
        let flow = try execute(body)
        return (output, flow)
    }

    /// Runs `body` in a new scope.
    func inScope<Result>(
        of parent: Scope? = nil, _ run: (Evaluator) throws(JinjaError) -> Result
    ) throws(JinjaError) -> Result {
        let outer = scope
        scope = Scope(parent: parent ?? outer)
        defer { scope = outer }
        return try run(self)
    }

    private func execute(
        _ branches: [(test: Expression, body: [Statement])], otherwise: [Statement]
    ) throws(JinjaError) -> Flow {
        for branch in branches where try isTrue(branch.test) { return try execute(branch.body) }
        return try execute(otherwise)
    }

    func assign(_ value: JinjaValue, to target: Target, at offset: Int) throws(JinjaError) {
        switch target {
        case .name(let name): scope.set(name, value)
        case .field(let name, let field):
            guard case .object(let object)? = scope.value(name), let namespace = object as? NamespaceObject else {
                throw source.error("'\(name)' is not a namespace, so its fields cannot be set.", at: offset)
            }
            namespace.fields[field] = value
        case .tuple(let targets):
            do throws(JinjaError) {
                let items = try iterate(value)
                guard items.count == targets.count else {
                    throw JinjaError("expected \(targets.count) values to unpack, found \(items.count).")
                }
                for (item, target) in zip(items, targets) { try assign(item, to: target, at: offset) }
            } catch {
                throw source.placed(error, at: offset)
            }
        }
    }

    private func execute(
        set target: Target, filter: Expression?, body: [Statement], at offset: Int
    ) throws(JinjaError) -> Flow {
        let (value, flow) = try inScope { evaluator throws(JinjaError) in
            let (text, flow) = try evaluator.capture(body)
            guard flow == .next else { return (JinjaValue.none, flow) }
            return (try evaluator.apply(filter, to: .string(text)), flow)
        }
        if flow == .next { try assign(value, to: target, at: offset) }
        return flow
    }

    private func execute(filter: Expression, body: [Statement]) throws(JinjaError) -> Flow {
        let (value, flow) = try inScope { evaluator throws(JinjaError) in
            let (text, flow) = try evaluator.capture(body)
            guard flow == .next else { return (JinjaValue.none, flow) }
            return (try evaluator.apply(filter, to: .string(text)), flow)
        }
        if flow == .next { try write(try text(of: value)) }
        return flow
    }

    private func execute(with assignments: [(Target, Expression)], body: [Statement]) throws(JinjaError) -> Flow {
        var values: [JinjaValue] = []
        for (_, expression) in assignments { values.append(try evaluate(expression)) }
        return try inScope { evaluator throws(JinjaError) in
            for (index, (target, expression)) in assignments.enumerated() {
                try evaluator.assign(values[index], to: target, at: expression.offset)
            }
            return try evaluator.execute(body)
        }
    }

    // MARK: Loops

    private func execute(_ loop: LoopStatement) throws(JinjaError) -> Flow {
        let value = try evaluate(loop.items)
        guard loop.isRecursive else {
            try run(loop, over: value, in: scope, depth: 1)
            return .next
        }
        try write(try recurse(loop, over: value, in: scope, depth: 1))
        return .next
    }

    /// The text of one level of a recursive loop.
    private func recurse(
        _ loop: LoopStatement, over value: JinjaValue, in outer: Scope, depth: Int
    ) throws(JinjaError) -> String {
        try enterCall()
        defer { callDepth -= 1 }
        let text = output
        output = ""
        defer { output = text }
        try run(loop, over: value, in: outer, depth: depth)
        return output
    }

    private func run(
        _ loop: LoopStatement, over value: JinjaValue, in outer: Scope, depth: Int
    ) throws(JinjaError) {
        let items = try chosenItems(of: loop, from: value, in: outer)
        let previous = scope
        defer { scope = previous }
        var recurse: ((Evaluator, JinjaValue, Int) throws(JinjaError) -> JinjaValue)?
        if loop.isRecursive {
            recurse = { evaluator, value, depth throws(JinjaError) in
                .string(try evaluator.recurse(loop, over: value, in: outer, depth: depth))
            }
        }
        let object = keep(LoopObject(items, depth: depth, recurse: recurse))
        // As in jinja2, a turn that ends by `break` or `continue` does not count, so `else` can still run.
        var hasFinishedTurn = false
        for (index, item) in items.enumerated() {
            try budget.charge()
            object.index = index
            scope = Scope(parent: outer)
            scope.set("loop", .object(object))
            try assign(item, to: loop.target, at: loop.items.offset)
            let flow = try execute(loop.body)
            if flow == .next { hasFinishedTurn = true }
            if flow == .leaveLoop { break }
        }
        if !hasFinishedTurn {
            scope = Scope(parent: outer)
            _ = try execute(loop.otherwise)
        }
    }

    private func chosenItems(
        of loop: LoopStatement, from value: JinjaValue, in outer: Scope
    ) throws(JinjaError) -> [JinjaValue] {
        let items: [JinjaValue]
        do throws(JinjaError) { items = try iterate(value) } catch { throw source.placed(error, at: loop.items.offset) }
        guard let test = loop.test else { return items }
        let previous = scope
        defer { scope = previous }
        var chosen: [JinjaValue] = []
        for item in items {
            scope = Scope(parent: outer)
            try assign(item, to: loop.target, at: loop.items.offset)
            if try isTrue(test) { chosen.append(item) }
        }
        return chosen
    }

    // MARK: Macros

    private func define(_ statement: MacroStatement) {
        guard let name = statement.name else { return }
        scope.set(name, .object(makeMacro(statement)))
    }

    private func makeMacro(_ statement: MacroStatement) -> MacroObject {
        keep(MacroObject(statement, scope: scope))
    }

    private func execute(call: Expression, caller: MacroStatement) throws(JinjaError) {
        guard case .call(let function, let list) = call.kind else { return }
        do throws(JinjaError) {
            var arguments = try evaluate(list)
            arguments.keyword.append(("caller", .object(makeMacro(caller))))
            let value = try self.call(function, arguments)
            try write(try text(of: value))
        } catch {
            throw source.placed(error, at: call.offset)
        }
    }

    private func enterCall() throws(JinjaError) {
        guard callDepth < options.recursionLimit else {
            throw JinjaError("macros or recursive loops call each other more than \(options.recursionLimit) deep.")
        }
        callDepth += 1
    }

    func call(_ macro: MacroObject, _ arguments: CallArguments) throws(JinjaError) -> JinjaValue {
        guard let outer = macro.scope else { return .string("") }
        try enterCall()
        defer { callDepth -= 1 }
        return try inScope(of: outer) { evaluator throws(JinjaError) in
            try evaluator.bind(macro.statement, arguments)
            return .string(try evaluator.capture(macro.statement.body).text)
        }
    }

    /// Sets a macro's parameters in the scope that was opened for its call.
    private func bind(_ macro: MacroStatement, _ arguments: CallArguments) throws(JinjaError) {
        let label = macro.name.map { "macro '\($0)'" } ?? "the text of the call block"
        try budget.charge(macro.parameters.count + arguments.keyword.count)
        let places = Dictionary(
            arguments.keyword.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        var used: Set<Int> = []
        func named(_ name: String) -> JinjaValue? {
            guard let place = places[name] else { return nil }
            used.insert(place)
            return arguments.keyword[place].value
        }
        for (index, parameter) in macro.parameters.enumerated() {
            if index < arguments.positional.count {
                scope.set(parameter.name, arguments.positional[index])
            } else if let value = named(parameter.name) {
                scope.set(parameter.name, value)
            } else if let fallback = parameter.fallback {
                scope.set(parameter.name, try evaluate(fallback))
            } else {
                scope.set(parameter.name, .undefined("parameter '\(parameter.name)' was not provided"))
            }
        }
        if macro.usesCaller, !macro.parameterNames.contains("caller") {
            scope.set("caller", named("caller") ?? .undefined("no caller is defined"))
        }
        let keyword = arguments.keyword.enumerated().filter { !used.contains($0.offset) }.map(\.element)
        if macro.usesKeywords {
            var dictionary = JinjaDictionary()
            for (name, value) in keyword { dictionary[name] = value }
            scope.set("kwargs", .dictionary(dictionary))
        } else if let extra = keyword.first {
            if extra.name == "caller" { throw JinjaError("\(label) uses no caller(), so it takes no call block.") }
            throw JinjaError("\(label) takes no argument '\(extra.name)'.")
        }
        let extras = arguments.positional.dropFirst(macro.parameters.count)
        if macro.usesExtras {
            scope.set("varargs", .tuple(Array(extras)))
        } else if !extras.isEmpty {
            throw JinjaError(
                "\(label) takes at most \(macro.parameters.count) arguments, not \(arguments.positional.count).")
        }
    }
}
