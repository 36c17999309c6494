/// The names that one part of a template sets; other names are looked up in the enclosing scopes.
final class Scope {
    let parent: Scope?
    /// The number of enclosing scopes, including this one.
    let depth: Int
    private var values: [String: JinjaValue]

    init(parent: Scope?, values: [String: JinjaValue] = [:]) {
        self.parent = parent
        depth = (parent?.depth ?? 0) + 1
        self.values = values
    }

    func set(_ name: String, _ value: JinjaValue) { values[name] = value }

    func value(_ name: String) -> JinjaValue? {
        var scope: Scope? = self
        while let current = scope {
            if let value = current.values[name] { return value }
            scope = current.parent
        }
        return nil
    }

    func removeAll() { values = [:] }
}
