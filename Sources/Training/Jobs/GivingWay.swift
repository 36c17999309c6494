// A run that gives way: it computes nothing while an activity goes on, for example while a draft is written.
// - It looks between two batches, so it stops computing within the time of one.

import Files
import Foundation
import Generation

/// Waits for an activity to end.
struct GivingWay: Sendable {
    let activity: ActivityFile
    private static let pollSeconds = 0.1
    /// The activity has to be over for so many looks, because one draft is often followed by the next.
    private static let quietLooks = 8

    /// Holds the thread while the activity goes on, and until the signal is raised at most.
    func wait(_ stopSignal: StopSignal) {
        guard activity.isActive else { return }
        var looks = 0
        while looks < Self.quietLooks, !stopSignal.isRaised {
            Thread.sleep(forTimeInterval: Self.pollSeconds)
            looks = activity.isActive ? 0 : looks + 1
        }
    }
}
