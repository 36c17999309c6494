// Flags, skin tones and joined emoji, drawn whole over what ncurses drew.
// - A cell of ncurses holds one code point with combining marks, so ncurses draws a stand-in: the first part.
// - The whole cluster goes to the terminal directly, at its place; cursor and attributes are saved and restored, so
//   ncurses need not know. What ncurses later draws at that place replaces it.
// - Only on terminals that are known to join these clusters; elsewhere the parts would stand side by side.

/// A cluster that ncurses cannot draw, and its place.
struct WholeCluster: Equatable {
    var row: Int
    var column: Int
    var text: String
    var isReverse: Bool

    /// The bytes that draw it and leave the cursor where it was (DECSC, CUP, SGR, DECRC).
    var bytes: [UInt8] {
        Array("\u{1B}7\u{1B}[\(row + 1);\(column + 1)H\u{1B}[0\(isReverse ? ";7" : "")m\(text)\u{1B}8".utf8)
    }

    /// True if a cluster is an emoji of several code points that is more than its first part.
    /// - Parameter drawnCount: the code points that ncurses draws.
    static func isNeeded(for cluster: String, drawnCount: Int) -> Bool {
        let scalars = cluster.unicodeScalars
        guard scalars.count > drawnCount, let first = scalars.first, first.properties.isEmoji else { return false }
        return scalars.dropFirst().contains { scalar in
            switch scalar.value {
            case 0x200D, 0x1F1E6...0x1F1FF, 0x1F3FB...0x1F3FF, 0xE0020...0xE007F: true
            case 0xFE0F: first.value > 0x7F
            default: false
            }
        }
    }

    /// True if the terminal of an environment is known to draw such clusters in two columns.
    static func areDrawn(environment: [String: String]) -> Bool {
        let term = environment["TERM"] ?? ""
        // Between us and the terminal, tmux and screen count columns in their own way.
        let isInside = ["TMUX", "STY"].contains { environment[$0]?.isEmpty == false }
        guard !isInside, !term.hasPrefix("screen"), !term.hasPrefix("tmux") else { return false }
        return ["xterm-kitty", "xterm-ghostty", "foot", "foot-direct", "wezterm", "contour"].contains(term)
            || ["WezTerm", "iTerm.app", "ghostty", "kitty", "contour"].contains(environment["TERM_PROGRAM"] ?? "")
            || environment["KITTY_WINDOW_ID"] != nil
    }
}
