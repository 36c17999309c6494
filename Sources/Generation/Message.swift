/// One turn of a conversation, for chat templates and chat endpoints.
public struct Message: Sendable, Hashable, Codable {
    public enum Role: String, Sendable, Hashable, Codable, CaseIterable {
        case system, user, assistant
    }

    public var role: Role
    public var content: String
    /// True for a turn that a template shows as an example. A generator without room for it leaves it out.
    public var isExample: Bool

    public init(_ role: Role, _ content: String, isExample: Bool = false) {
        self.role = role
        self.content = content
        self.isExample = isExample
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        role = try values.decode(Role.self, forKey: .role)
        content = try values.decode(String.self, forKey: .content)
        isExample = try values.decodeIfPresent(Bool.self, forKey: .isExample) ?? false
    }
}

extension [Message] {
    /// The contents one after another, without examples: the prompt for a reader who knows no turns.
    public var plainText: String { filter { !$0.isExample }.map(\.content).joined(separator: "\n\n") }
}
