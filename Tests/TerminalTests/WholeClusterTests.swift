// Emoji of several code points: drawn whole where the terminal can, and by their first part elsewhere.

import Testing

@testable import Terminal

@Suite struct `Clusters that ncurses cannot draw` {
    @Test(arguments: [
        ("🇯🇵", 1), ("👍🏽", 1), ("👩‍👩‍👧‍👦", 1), ("❤️", 1), ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 1), ("👩🏾‍🚀", 1),
    ])
    func `are drawn whole over their first part`(cluster: String, drawnCount: Int) {
        #expect(cluster.count == 1)
        #expect(WholeCluster.isNeeded(for: cluster, drawnCount: drawnCount))
    }

    @Test(arguments: [("灯", 1), ("e\u{301}", 2), ("한", 1), ("👍", 1), ("#\u{FE0F}\u{20E3}", 1), ("a", 1), ("", 0)])
    func `are no plain characters, marks or emoji of one code point`(cluster: String, drawnCount: Int) {
        #expect(!WholeCluster.isNeeded(for: cluster, drawnCount: drawnCount))
    }

    @Test func `are drawn at their place, and the cursor stays where it was`() {
        let cluster = WholeCluster(row: 2, column: 10, text: "🇯🇵", isReverse: true)
        #expect(String(decoding: cluster.bytes, as: UTF8.self) == "\u{1B}7\u{1B}[3;11H\u{1B}[0;7m🇯🇵\u{1B}8")
    }

    @Test func `are drawn only by terminals that are known to join them, and never inside tmux`() {
        #expect(WholeCluster.areDrawn(environment: ["TERM": "xterm-kitty"]))
        #expect(WholeCluster.areDrawn(environment: ["TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"]))
        #expect(!WholeCluster.areDrawn(environment: ["TERM": "xterm-256color"]))
        #expect(!WholeCluster.areDrawn(environment: ["TERM": "tmux-256color", "TERM_PROGRAM": "WezTerm"]))
        #expect(!WholeCluster.areDrawn(environment: ["TERM": "xterm-kitty", "TMUX": "/tmp/t,1,0"]))
    }
}
