import CNcurses
import Studio

/// Maps the roles of styles to attributes and colours of this terminal.
///
/// The colours are mid tones, readable on light and on dark. The terminal's palette is never redefined.
struct Palette {
    enum Depth { case none, basic, extended }

    let depth: Depth

    /// Attributes (`CN_…`) and foreground colour (-1: the terminal's own) of a style.
    func look(of style: Style) -> (attributes: Int32, foreground: Int32) {
        var attributes: Int32 = 0
        if style.bold { attributes |= Int32(CN_BOLD.rawValue) }
        if style.dim { attributes |= Int32(CN_DIM.rawValue) }
        if style.underline { attributes |= Int32(CN_UNDERLINE.rawValue) }
        if style.reverse { attributes |= Int32(CN_REVERSE.rawValue) }
        if style.italic { attributes |= Int32(CN_ITALIC.rawValue) }
        switch (depth, style.colour) {
        case (_, .standard): return (attributes, -1)
        case (.extended, .accent): return (attributes, 33)
        case (.extended, .secondary): return (attributes, 244)
        case (.extended, .success): return (attributes, 35)
        case (.extended, .warning): return (attributes, 172)
        case (.extended, .failure): return (attributes, 167)
        case (.extended, .star): return (attributes, 178)
        case (.basic, .accent): return (attributes, 6)
        case (.basic, .success): return (attributes, 2)
        case (.basic, .warning), (.basic, .star): return (attributes, 3)
        case (.basic, .failure): return (attributes, 1)
        case (_, .secondary): return (attributes | Int32(CN_DIM.rawValue), -1)
        case (.none, _): return (attributes | Int32(CN_BOLD.rawValue), -1)
        }
    }
}
