// After every message, each pane and the dialog fit the screen again.

extension StudioState {
    mutating func settle() {
        draft.forgetGenerations()
        settleFieldNotice()
        settleFollowingNotice()
        guard !layout.isTooSmall else { return }
        templates.settle(in: surroundings(of: .templates))
        ask(history.settle(in: surroundings(of: .history), isVisible: layout.panes[.history] != nil))
        draft.settle(in: surroundings(of: .draft))
        settleDialog()
    }
}

/// The new first visible row if a certain row has to be visible. It moves as little as possible.
func scrolled(_ top: Int, toShow row: Int, count: Int, visible: Int) -> Int {
    guard visible > 0 else { return 0 }
    var top = top
    if row < top { top = row }
    if row >= top + visible { top = row - visible + 1 }
    return top.clamped(to: 0...max(0, count - visible))
}
