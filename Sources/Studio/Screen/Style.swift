/// The look of a cell, in roles. The terminal maps them to 256 colours, 16 colours or none.
public struct Style: Sendable, Hashable {
    public enum Colour: Sendable, Hashable, CaseIterable {
        /// The terminal's own foreground.
        case standard
        /// The one accent: the focused title, the selected row, keys.
        case accent
        /// Quiet grey: rules, hints, labels.
        case secondary
        case success, warning, failure, star
    }

    public var colour: Colour
    public var bold: Bool
    public var dim: Bool
    public var underline: Bool
    public var reverse: Bool
    public var italic: Bool

    public init(
        _ colour: Colour = .standard, bold: Bool = false, dim: Bool = false, underline: Bool = false,
        reverse: Bool = false, italic: Bool = false
    ) {
        self.colour = colour
        self.bold = bold
        self.dim = dim
        self.underline = underline
        self.reverse = reverse
        self.italic = italic
    }

    public static let plain = Style()
    /// Rules, hints and labels.
    static let quiet = Style(.secondary)
}
