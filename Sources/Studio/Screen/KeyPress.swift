/// A key as the terminal decoded it; a paste is one key press.
public enum KeyPress: Sendable, Hashable {
    /// A printed character, space included.
    case character(Character)
    /// With Ctrl held; the lower-case letter, or `" "`, `"\\"`, `"]"`, `"_"`. Enter, Tab and Escape have their own cases.
    case control(Character)
    /// With Alt held, or preceded by Escape.
    case alt(Character)
    case enter, tab, backTab, escape, backspace, delete, insert
    /// Enter with Alt held: a line break even if Enter alone would leave the field.
    case altEnter
    case up, down, left, right, home, end, pageUp, pageDown
    case shiftUp, shiftDown, shiftLeft, shiftRight
    /// With Ctrl (or Alt) held: by word and by paragraph.
    case controlUp, controlDown, controlLeft, controlRight, controlHome, controlEnd
    /// Backspace with Alt or Ctrl held, if the terminal tells it apart.
    case wordBackspace
    /// F1 is 1.
    case function(Int)
    /// Pasted text, line breaks as `\n`.
    case paste(String)
}
