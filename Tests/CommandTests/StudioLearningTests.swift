// What was learned, between the studio and its record: items and pairs made of records, and a comparison in a terminal
// that ends in a verdict although its window was killed.

import Foundation
import Generation
import Store
import Studio
import Testing
import Training

@testable import copydesk

@Suite struct `What the studio is told of a learning` {
    @Test func `pairs have a left and a right draft, as the record's seed drew them`() throws {
        let learn = try LearnHome(stars: 31)
        let folder = try learn.ready()
        let comparison = try #require(try folder.record().comparison)
        let pairs = BlindPairs(comparison, name: "style-1")
        #expect(pairs.pairs.count == 12 && pairs.next == 0 && pairs.answeredCount == 0)
        for (index, pair) in pairs.pairs.enumerated() {
            #expect(pair.left == (comparison.blind.isAdaptedLeft(index) ? "other" : "plain") + " text \(index)")
            #expect(pair.right == (comparison.blind.isAdaptedLeft(index) ? "plain" : "other") + " text \(index)")
        }
        #expect(Set(pairs.pairs.map { String($0.left.prefix(5)) }).count == 2)
    }

    @Test func `no result is told before the last answer, and all of it after`() throws {
        let learn = try LearnHome(stars: 31)
        let folder = try learn.ready()
        for (index, answer) in try learn.answers(folder, wins: 11).enumerated() {
            let item = LearningItem(folder, current: nil)
            #expect(item.state == .ready && item.answeredPairs == index && item.verdict == nil)
            #expect(!item.facts.joined().contains("preferred") && !item.facts.joined().contains("Copied"))
            try folder.answer(answer == "1" ? .left : .right, pair: index)
        }
        let item = LearningItem(folder, current: nil)
        #expect(item.state == .compared && item.verdict == .better && item.neededWins == 10)
        let facts = item.facts.joined(separator: "\n")
        for words in ["the adapter in 11 of 12", "10 were needed", "adapter 25.0%", "held-out loss 2.5000 → 2.0000"] {
            #expect(facts.contains(words), "\(facts)")
        }
        #expect(!facts.contains("copydesk ") && !facts.contains("--"))
    }

    @Test func `a damaged record says why, and does not hide the others`() throws {
        let learn = try LearnHome(stars: 31)
        let folder = try learn.ready()
        let broken = try learn.ready("broken")
        try "{\"version\": 1".write(toFile: broken.recordPath, atomically: true, encoding: .utf8)
        let item = LearningItem(broken, current: nil)
        #expect(item.state == .damaged && item.facts.joined().contains("cut short"))
        #expect(LearningItem(folder, current: nil).state == .ready)
    }

    @Test func `a draft that lost its star makes it stale`() throws {
        let learn = try LearnHome(stars: 31)
        let folder = try learn.ready()
        let store = try learn.store()
        #expect(LearningItem(folder, current: try StarredKeeps.hashes(store)).stale == nil)
        try store.setStarred(false, draftIds: [1])
        #expect(
            LearningItem(folder, current: try StarredKeeps.hashes(store)).stale == "1 has no star any more or is gone")
        try store.close()
    }

    @Test func `the words of a program that failed are told without its name`() {
        let output = "copydesk: You have kept 12 drafts; learning begins at 30.\n"
        #expect(LearningStart.sentence(of: output) == "You have kept 12 drafts; learning begins at 30.")
        #expect(!LearningStart.sentence(of: "").isEmpty)
    }

    @Test(arguments: [(20_000, 8.1e6, 1), (20_000, 5e8, 14), (Int.max, 1e12, nil), (0, .nan, nil)])
    func `the guess of the time grows with model and drafts, and is none beyond reason`(
        bytes: Int, parameters: Double, minutes: Int?
    ) {
        #expect(LearningStart.minutes(textBytes: bytes, parameters: parameters) == minutes)
    }
}

@Suite(.enabled(if: tmuxPath != nil, "tmux is not installed"))
struct `A blind comparison in a terminal` {
    private func open(_ learn: LearnHome, rows: Int, columns: Int) throws -> StudioSession {
        let studio = try StudioSession(home: learn.home, rows: rows, columns: columns)
        try studio.wait(for: "built-in")
        try studio.press("L")
        try studio.wait(for: "learn from stars")
        try studio.press("*")
        try studio.wait(for: "pairs answered")
        try studio.press("c")
        return studio
    }

    @Test(arguments: [(24, 80), (45, 160)])
    func `goes on at the same pair after the studio was killed, and ends with a verdict`(
        rows: Int, columns: Int
    ) throws {
        let learn = try LearnHome(stars: 31)
        let folder = try learn.ready()
        let keys = try learn.answers(folder, wins: 11).map { $0 == "1" ? "a" : "b" }
        let first = try open(learn, rows: rows, columns: columns)
        for index in 0..<5 {
            try first.wait(for: "Pair \(index + 1) of 12")
            try first.press(keys[index])
        }
        try first.wait(for: "Pair 6 of 12")
        try first.signal(SIGKILL)
        #expect(try folder.record().comparison?.answeredCount == 5)

        let second = try open(learn, rows: rows, columns: columns)
        for index in 5..<12 {
            let screen = try second.wait(for: "Pair \(index + 1) of 12")
            #expect(!screen.contains("adapter") && !screen.contains("better"))
            try second.press(keys[index])
        }
        try second.wait(for: "It is better.")
        try second.wait(for: "a adopt")
        #expect(try folder.record().state == .compared)
    }
}
