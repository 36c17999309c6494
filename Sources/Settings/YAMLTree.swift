import YAMLReading
import Yams

/// The content of a YAML text, apart from the way it is written: to compare a text before and after an edit.
///
/// Aliases are written out; `YAMLSource` bounds their number.
indirect enum YAMLTree: Equatable {
    case scalar(String, isNull: Bool)
    case list([YAMLTree])
    case map([Pair])

    struct Pair: Equatable {
        var key: YAMLTree
        var value: YAMLTree
    }

    init(_ mapping: Node.Mapping?) {
        self = .map((mapping?.map { Pair(key: YAMLTree($0.key), value: YAMLTree($0.value)) }) ?? [])
    }

    private init(_ node: Node) {
        switch node {
        case .scalar(let scalar): self = .scalar(scalar.string, isNull: node.isNull)
        case .mapping(let mapping): self.init(mapping)
        case .sequence(let sequence): self = .list(sequence.map { YAMLTree($0) })
        case .alias: self = .scalar("", isNull: true)
        }
    }

    private var isEmpty: Bool {
        switch self {
        case .scalar(let text, let isNull): isNull && text.isEmpty
        case .map(let pairs): pairs.isEmpty
        case .list: false
        }
    }

    /// Without the value at a path, and without the maps on the way to it that are empty then.
    func removing(_ path: [String]) -> YAMLTree {
        guard let name = path.first, case .map(var pairs) = self else { return self }
        guard let index = pairs.firstIndex(where: { $0.key.text == name }) else { return self }
        let rest = Array(path.dropFirst())
        if !rest.isEmpty { pairs[index].value = pairs[index].value.removing(rest) }
        if rest.isEmpty || pairs[index].value.isEmpty { pairs.remove(at: index) }
        return .map(pairs)
    }

    /// The elements of the list under a key of the root; empty if there is none.
    func elements(at name: String) -> [YAMLTree] {
        guard case .map(let pairs) = self, let pair = pairs.first(where: { $0.key.text == name }),
            case .list(let elements) = pair.value
        else { return [] }
        return elements
    }

    private var text: String? { if case .scalar(let text, _) = self { text } else { nil } }
}
