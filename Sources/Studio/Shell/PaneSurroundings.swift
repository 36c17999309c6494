import Generation

// The facts of the studio that a pane may see.

struct PaneSurroundings: Sendable {
    /// The pane's place; for a pane that is not visible, the place that it would have.
    let place: Rect
    /// True if keys go to this pane, or will once the dialog in front of it closes.
    let isFocused: Bool
    /// True if keys go to this pane now.
    let hasCursor: Bool
    /// True if the first row names all panes, because only one is visible.
    let hasTabs: Bool
    let clock: Clock
    /// Changes that the store has not confirmed.
    let pendingWrites: [PendingWrite]
    let jobs: JobList

    /// The look of a list's row: selected in the focused pane, selected elsewhere, or not selected.
    func rowStyle(isSelected: Bool, failed: Bool = false) -> Style {
        if isSelected && isFocused { return Style(.accent, bold: true) }
        if failed { return Style(.failure) }
        return isSelected ? Style(bold: true) : .plain
    }

    /// The place of a side pane's list: without the line of filter or search above it.
    var listPlace: Rect { place.inset(left: 1, top: place.rows >= 20 ? 2 : place.rows >= 4 ? 1 : 0) }
}

/// The time, as the last tick told it.
struct Clock: Sendable, Hashable {
    /// Seconds since 1970.
    var now: Double
    /// Seconds by which local time is ahead of UTC.
    var utcOffsetSeconds: Int

    func date(_ secondsSince1970: Double) -> CivilDate {
        CivilDate(secondsSince1970: secondsSince1970, utcOffsetSeconds: utcOffsetSeconds)
    }
}

extension StudioState {
    var layout: ScreenLayout { ScreenLayout(size: size, focus: focus, isZoomed: isZoomed) }

    func surroundings(of pane: Pane) -> PaneSurroundings {
        let layout = layout
        let place =
            layout.panes[pane] ?? ScreenLayout(size: size, focus: pane, isZoomed: isZoomed).panes[pane]
            ?? Rect(row: 0, column: 0, rows: 0, columns: 0)
        return PaneSurroundings(
            place: place, isFocused: focus == pane, hasCursor: focus == pane && dialog == nil, hasTabs: layout.hasTabs,
            clock: clock, pendingWrites: pendingWrites, jobs: jobs)
    }
}
